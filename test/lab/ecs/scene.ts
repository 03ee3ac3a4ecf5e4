/**
 * One guarded service on loopback for tests: catalog, target group, load balancer, metrics, tasks.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MetricStore } from '../cloudwatch/metric-store.ts';
import { LoadBalancer } from '../elb/load-balancer.ts';
import { TargetGroup } from '../elb/target-group.ts';
import { type LabEvent, LabEvents } from '../events.ts';
import { callSwitch } from '../site/fault-calls.ts';
import { TimeFactor } from '../time-factor.ts';
import { EcsControlPlane, type NewService } from './control-plane.ts';
import { isHealthy, liveTasks, type ServiceRecord, type TaskRecord } from './model.ts';

const DRILL_TOKEN = 'drill-token';
export const CLUSTER = 'shop';

export interface SceneOptions extends Partial<NewService> {
  readonly timeFactor: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface LogLine {
  readonly taskArn: string;
  readonly streamName: string;
  readonly line: string;
}

export class Scene implements AsyncDisposable {
  readonly time: TimeFactor;
  readonly events = new LabEvents();
  readonly metrics: MetricStore;
  readonly targetGroup: TargetGroup;
  readonly loadBalancer: LoadBalancer;
  readonly plane: EcsControlPlane;
  readonly service: ServiceRecord;
  readonly logLines: LogLine[];
  readonly catalogUrl: string;
  readonly #catalog: Server;

  private constructor(
    parts: Pick<
      Scene,
      | 'time'
      | 'metrics'
      | 'targetGroup'
      | 'loadBalancer'
      | 'plane'
      | 'service'
      | 'logLines'
      | 'catalogUrl'
      | 'events'
    >,
    catalog: Server,
  ) {
    this.time = parts.time;
    this.events = parts.events;
    this.metrics = parts.metrics;
    this.targetGroup = parts.targetGroup;
    this.loadBalancer = parts.loadBalancer;
    this.plane = parts.plane;
    this.service = parts.service;
    this.logLines = parts.logLines;
    this.catalogUrl = parts.catalogUrl;
    this.#catalog = catalog;
  }

  /** Opens everything and creates the service `checkout`; its tasks come up in the background. */
  static async open({ timeFactor, env, ...service }: SceneOptions): Promise<Scene> {
    const time = new TimeFactor(timeFactor);
    const events = new LabEvents();
    const metrics = new MetricStore(time);
    const targetGroup = new TargetGroup({ name: 'checkout', time, events });
    const loadBalancer = new LoadBalancer({ name: 'shop', targetGroup, metrics, time });
    await loadBalancer.listen();
    const catalog = createServer((_request, response) => response.end('{"price":1}'));
    catalog.listen(0, '127.0.0.1');
    await once(catalog, 'listening');
    const catalogUrl = `http://127.0.0.1:${(catalog.address() as AddressInfo).port}`;
    const logLines: LogLine[] = [];
    const plane = await EcsControlPlane.start({
      time,
      events,
      onLogLine: ({ arn }, streamName, line) => logLines.push({ taskArn: arn, streamName, line }),
    });
    const created = plane.createService({
      name: 'checkout',
      cluster: CLUSTER,
      desiredCount: 4,
      targetGroup,
      taskDefinition: {
        family: 'checkout',
        env: { CATALOG_URL: catalogUrl, DRILLS_ENABLED: 'true', DRILL_TOKEN, ...env },
      },
      ...service,
    });
    const parts = { time, events, metrics, targetGroup, loadBalancer, plane, logLines, catalogUrl };
    return new Scene({ ...parts, service: created }, catalog);
  }

  /** Tasks that serve now. */
  healthyTasks(): readonly TaskRecord[] {
    return liveTasks(this.service).filter(isHealthy);
  }

  /** Sends one request to a task's fault switch; without a fault, to switch it off. */
  async setFault(task: TaskRecord, fault?: object): Promise<void> {
    const url = `http://${task.address}:${this.service.containerPort}`;
    const response = await callSwitch({ url, taskId: task.id, secret: DRILL_TOKEN }, fault);
    if (response.status !== 202) throw new Error(`fault refused: ${response.status}`);
  }

  /** Statuses one task went through, oldest first. */
  statusesOf(task: TaskRecord): readonly string[] {
    return this.events
      .all()
      .filter((event: LabEvent) => event.kind === 'task-status')
      .filter(({ taskArn }) => taskArn === task.arn)
      .map(({ status }) => status);
  }

  /** Messages of the service's events, oldest first. */
  messages(): readonly string[] {
    return this.service.events.map(({ message }) => message).toReversed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.plane.close();
    this.targetGroup.close();
    await this.loadBalancer.close();
    this.#catalog.close();
    this.#catalog.closeAllConnections();
  }
}
