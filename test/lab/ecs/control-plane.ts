/**
 * ECS for services on Fargate, simulated: its tasks are real processes, its scheduler follows AWS's
 * order of steps.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { TargetGroup } from '../elb/target-group.ts';
import type { LabEvents } from '../events.ts';
import { LoopbackAddresses } from '../process/addresses.ts';
import { ChildProcesses } from '../process/child-processes.ts';
import type { TimeFactor } from '../time-factor.ts';
import { type AwsPlace, clusterArn, serviceArn, taskDefinitionArn } from './arns.ts';
import { beginDeployment } from './deployment.ts';
import type { MemoryLimit } from './memory-limit.ts';
import type {
  ServiceRecord,
  TaskDefinitionRecord,
  TaskDefinitionSpec,
  TaskRecord,
} from './model.ts';
import { ServiceScheduler } from './scheduler.ts';
import { type LogLineSink, TaskLifecycle } from './task-lifecycle.ts';
import { type EcsTimings, FARGATE_TIMINGS } from './timings.ts';
import { makeTaskMetadataHandler } from './workload-environment.ts';

export interface EcsOptions {
  readonly time: TimeFactor;
  readonly events: LabEvents;
  /** Takes each line a task prints. */
  readonly onLogLine?: LogLineSink;
  /** Entry module of the workload. @default the repository's own */
  readonly workload?: URL;
  /** Port every task listens on. */
  readonly containerPort?: number;
  readonly timings?: Partial<EcsTimings>;
  readonly account?: string;
  readonly region?: string;
}

export interface NewService {
  readonly name: string;
  readonly cluster: string;
  readonly desiredCount: number;
  /** A registered revision's ARN, or one to register. */
  readonly taskDefinition: string | TaskDefinitionSpec;
  readonly targetGroup?: TargetGroup;
  readonly healthCheckGracePeriodSeconds?: number;
  readonly deploymentConfiguration?: DeploymentConfiguration;
  readonly controller?: 'ECS' | 'CODE_DEPLOY';
  readonly availabilityZones?: readonly string[];
  /** False: the scheduler leaves tasks that fail their health checks alone. @default true */
  readonly replacesUnhealthy?: boolean;
}

const WORKLOAD = new URL('../../../workload/src/main.ts', import.meta.url);
const CONTAINER_PORT = 8080;

interface Parts {
  readonly place: AwsPlace;
  readonly containerPort: number;
  readonly children: ChildProcesses;
  readonly addresses: LoopbackAddresses;
  readonly metadata: Server;
}

export class EcsControlPlane {
  readonly place: AwsPlace;
  readonly #parts: Parts;
  readonly #options: EcsOptions;
  readonly #timings: EcsTimings;
  readonly #lifecycle: TaskLifecycle;
  readonly #scheduler: ServiceScheduler;
  readonly #services: ServiceRecord[] = [];
  readonly #clusters = new Set<string>();
  readonly #taskDefinitions: TaskDefinitionRecord[] = [];
  readonly #ticker: NodeJS.Timeout;

  private constructor(options: EcsOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.place = parts.place;
    this.#timings = { ...FARGATE_TIMINGS, ...options.timings };
    const { time, events } = options;
    const shared = { place: this.place, time, timings: this.#timings, events };
    this.#lifecycle = new TaskLifecycle({
      ...shared,
      children: parts.children,
      addresses: parts.addresses,
      workload: options.workload ?? WORKLOAD,
      metadataUrl: `http://127.0.0.1:${(parts.metadata.address() as AddressInfo).port}`,
      onLogLine: options.onLogLine ?? (() => {}),
      onStartFailed: (task) => this.#scheduler.backOff(task),
      onRunning: ({ service }) => {
        service.startBackOff.failures = 0;
      },
    });
    this.#scheduler = new ServiceScheduler({ ...shared, lifecycle: this.#lifecycle });
    const everyMs = time.seconds(this.#timings.schedulerTick);
    this.#ticker = setInterval(() => this.#tick(), everyMs);
  }

  /**
   * Reserves addresses and opens the task metadata endpoint; services come with `createService`.
   */
  static async start(options: EcsOptions): Promise<EcsControlPlane> {
    const { account = '123456789012', region = 'eu-west-1' } = options;
    const { containerPort = CONTAINER_PORT } = options;
    let plane: EcsControlPlane | undefined;
    const metadata = createServer(makeTaskMetadataHandler((taskId) => plane?.findTask(taskId)));
    metadata.listen(0, '127.0.0.1');
    await once(metadata, 'listening');
    plane = new EcsControlPlane(options, {
      place: { account, region },
      containerPort,
      children: new ChildProcesses(),
      addresses: await LoopbackAddresses.open(containerPort),
      metadata,
    });
    return plane;
  }

  /** Registers the next revision of a family. @returns its ARN. */
  registerTaskDefinition(spec: TaskDefinitionSpec): string {
    const revision = this.#nextRevision(spec.family);
    const record: TaskDefinitionRecord = {
      ...spec,
      arn: taskDefinitionArn(this.place, spec.family, revision),
      revision,
      image: spec.image ?? this.nextImage(spec.family),
      logGroup: spec.logGroup ?? `/ecs/${spec.family}`,
      registeredAt: new Date(),
    };
    this.#taskDefinitions.push(record);
    return record.arn;
  }

  /** What the image of the next revision of a family is called. */
  nextImage(family: string): string {
    const { account, region } = this.place;
    return `${account}.dkr.ecr.${region}.amazonaws.com/${family}:${this.#nextRevision(family)}`;
  }

  /** Creates a service; its tasks start with the next scheduler pass. */
  createService(made: NewService): ServiceRecord {
    const { name, cluster, taskDefinition } = made;
    if (this.findService(cluster, name) !== undefined) throw new Error(`service ${name} exists`);
    const arn =
      typeof taskDefinition === 'string'
        ? taskDefinition
        : this.registerTaskDefinition(taskDefinition);
    const revision = this.findTaskDefinition(arn);
    if (revision === undefined) throw new Error(`task definition ${arn} is not registered`);
    const zones = made.availabilityZones ?? ['a', 'b', 'c'].map((z) => `${this.place.region}${z}`);
    const service: ServiceRecord = {
      name,
      arn: serviceArn(this.place, cluster, name),
      cluster,
      clusterArn: clusterArn(this.place, cluster),
      controller: made.controller ?? 'ECS',
      containerName: 'app',
      containerPort: this.#parts.containerPort,
      targetGroup: made.targetGroup,
      availabilityZones: zones,
      createdAt: new Date(),
      replacesUnhealthy: made.replacesUnhealthy ?? true,
      takesTargets: true,
      nextFaults: [],
      desiredCount: made.desiredCount,
      healthCheckGracePeriodSeconds: made.healthCheckGracePeriodSeconds ?? 0,
      deploymentConfiguration: {
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        ...made.deploymentConfiguration,
      },
      deployments: [],
      tasks: [],
      events: [],
      unreported: new Map(),
      startBackOff: { failures: 0, notBeforeMs: 0 },
      steadySinceMs: undefined,
    };
    beginDeployment(service, revision);
    this.#clusters.add(cluster);
    this.#services.push(service);
    this.#scheduler.tick(service);
    return service;
  }

  /** Starts a rolling deployment of a registered revision. */
  deploy(service: ServiceRecord, taskDefinition: TaskDefinitionRecord): void {
    beginDeployment(service, taskDefinition);
    this.#scheduler.tick(service);
  }

  scale(service: ServiceRecord, desiredCount: number): void {
    service.desiredCount = desiredCount;
    for (const deployment of service.deployments) {
      if (deployment.status !== 'DRAINING') deployment.desiredCount = desiredCount;
    }
  }

  stopTask(task: TaskRecord, reason: string | undefined): void {
    this.#lifecycle.stopByUser(task, reason);
  }

  /** The limit on memory that ends tasks. */
  get memory(): MemoryLimit {
    return this.#lifecycle.memory;
  }

  get containerPort(): number {
    return this.#parts.containerPort;
  }

  /** When a task protection of so many AWS minutes ends. */
  protectionEnd(minutes: number): Date {
    return new Date(Date.now() + this.#options.time.seconds(minutes * 60));
  }

  hasCluster(name: string): boolean {
    return this.#clusters.has(name);
  }

  services(cluster: string): readonly ServiceRecord[] {
    return this.#services.filter((service) => service.cluster === cluster);
  }

  findService(cluster: string, name: string): ServiceRecord | undefined {
    return this.#services.find((service) => service.cluster === cluster && service.name === name);
  }

  tasks(cluster: string): readonly TaskRecord[] {
    return this.services(cluster).flatMap(({ tasks }) => tasks);
  }

  findTask(taskId: string): TaskRecord | undefined {
    return this.#services.flatMap(({ tasks }) => tasks).find(({ id }) => id === taskId);
  }

  /** By ARN, `family:revision`, or the newest of a `family`. */
  findTaskDefinition(name: string): TaskDefinitionRecord | undefined {
    return this.#taskDefinitions.findLast(
      ({ arn, family, revision }) =>
        arn === name || `${family}:${revision}` === name || family === name,
    );
  }

  /** Ends every task at once and waits until no process is left. */
  async close(): Promise<void> {
    clearInterval(this.#ticker);
    this.#lifecycle.close();
    await this.#parts.children.close();
    this.#parts.metadata.close();
    this.#parts.metadata.closeAllConnections();
    await this.#parts.addresses.close();
  }

  #nextRevision(family: string): number {
    return this.#taskDefinitions.filter((known) => known.family === family).length + 1;
  }

  #tick(): void {
    for (const service of this.#services) this.#scheduler.tick(service);
  }
}
