/** What the simulated ECS control plane remembers. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { TaskFault } from '../../drill/definition.ts';
import type { TargetGroup } from '../elb/target-group.ts';
import type { Child } from '../process/child-processes.ts';
import { type AwsPlace, containerArn, newTaskId, taskArn } from './arns.ts';

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated';

/** Makes every task of a revision fail before RUNNING, as a missing image or secret does. */
interface StartFailure {
  /** Becomes `stoppedReason`, such as `CannotPullContainerError: …`. */
  readonly stoppedReason: string;
}

export interface TaskDefinitionSpec {
  readonly family: string;
  /** Environment of the workload beside what the platform sets. */
  readonly env: Readonly<Record<string, string>>;
  /** How long the workload's own initialisation takes, in AWS seconds. */
  readonly startupSeconds?: number;
  readonly image?: string;
  readonly logGroup?: string;
  /** SIGKILL follows SIGTERM after this. */
  readonly stopTimeoutSeconds?: number;
  readonly startFailure?: StartFailure;
  /** What is wrong with every task of it, from its start. */
  readonly fault?: TaskFault;
}

export interface TaskDefinitionRecord extends TaskDefinitionSpec {
  readonly arn: string;
  readonly revision: number;
  readonly image: string;
  readonly logGroup: string;
  readonly registeredAt: Date;
}

/** A rolling deployment, or a task set of a CODE_DEPLOY service. */
export interface Deployment {
  readonly id: string;
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  readonly taskDefinition: TaskDefinitionRecord;
  /** Where its tasks are registered; task sets of one service have different ones. */
  readonly targetGroup: TargetGroup | undefined;
  desiredCount: number;
  /** Tasks that failed in a row; a healthy one resets it. */
  failedTasks: number;
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  rolloutStateReason: string;
  readonly createdAt: Date;
  updatedAt: Date;
}

interface ServiceEvent {
  readonly id: string;
  readonly createdAt: Date;
  readonly message: string;
}

export interface ServiceRecord {
  readonly name: string;
  readonly arn: string;
  readonly cluster: string;
  readonly clusterArn: string;
  readonly controller: 'ECS' | 'CODE_DEPLOY';
  readonly containerName: string;
  readonly containerPort: number;
  /** The one that gets the production traffic. */
  targetGroup: TargetGroup | undefined;
  readonly availabilityZones: readonly string[];
  readonly createdAt: Date;
  /** False: tasks that fail their health checks are left alone. */
  readonly replacesUnhealthy: boolean;
  /** False while the service is taken out of its target group. */
  takesTargets: boolean;
  /** What the next tasks that start are ill with, the next one first. */
  readonly nextFaults: TaskFault[];
  desiredCount: number;
  healthCheckGracePeriodSeconds: number;
  deploymentConfiguration: DeploymentConfiguration;
  /** Newest first, like AWS's answer; a single one once a rollout is complete. */
  deployments: Deployment[];
  /** In the order of creation, stopped ones included. */
  readonly tasks: TaskRecord[];
  /** Newest first. */
  readonly events: ServiceEvent[];
  /** What happened at each target group (by ARN) since the last tick, told as one event each. */
  readonly unreported: Map<string, { registered: number; deregistered: number }>;
  /** Starts in a row that never reached RUNNING, and when the next may be tried. */
  startBackOff: { failures: number; notBeforeMs: number };
  /** Epoch milliseconds of the last "steady state" event since something changed. */
  steadySinceMs: number | undefined;
}

export interface TaskRecord {
  readonly id: string;
  readonly arn: string;
  readonly service: ServiceRecord;
  readonly deployment: Deployment;
  readonly availabilityZone: string;
  readonly attachmentId: string;
  readonly networkInterfaceId: string;
  readonly containerArn: string;
  readonly createdAt: Date;
  /** Id of the unhealthy task this one was started to replace. */
  readonly replaces: string | undefined;
  /** What it is ill with from its start. */
  readonly fault: TaskFault | undefined;
  /** Aborted when the task is to stop, so that a start under way ends. */
  readonly starting: AbortController;
  version: number;
  lastStatus: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  address: string | undefined;
  /** Stands for the task's own 127.0.0.1, which nobody else reaches; set if it listens there. */
  innerAddress: string | undefined;
  child: Child | undefined;
  registered: boolean;
  pullStartedAt?: Date;
  pullStoppedAt?: Date;
  startedAt?: Date;
  stoppingAt?: Date;
  executionStoppedAt?: Date;
  stoppedAt?: Date;
  stopCode?: StopCode;
  stoppedReason?: string;
  /** Why its container ended, where the platform knows. */
  containerReason?: string;
  exitCode?: number;
  protectedUntil?: Date;
  /** The scheduler has seen it fail its health checks and will replace it. */
  condemned: boolean;
  /** Whether "is unhealthy" was told since it last was healthy. */
  unhealthyTold: boolean;
}

export interface NewTask {
  readonly place: AwsPlace;
  readonly service: ServiceRecord;
  readonly deployment: Deployment;
  readonly availabilityZone: string;
  readonly replaces?: string;
  readonly fault?: TaskFault;
}

export function newTaskRecord(made: NewTask): TaskRecord {
  const { place, service, deployment, availabilityZone, replaces, fault } = made;
  const id = newTaskId();
  return {
    id,
    arn: taskArn(place, service.cluster, id),
    service,
    deployment,
    availabilityZone,
    attachmentId: randomUUID(),
    networkInterfaceId: `eni-0${randomBytes(8).toString('hex')}`,
    containerArn: containerArn(place, service.cluster, id, randomUUID()),
    createdAt: new Date(),
    replaces,
    fault,
    starting: new AbortController(),
    version: 1,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    address: undefined,
    innerAddress: undefined,
    child: undefined,
    registered: false,
    condemned: false,
    unhealthyTold: false,
  };
}

/** Tasks the service still wants; those being stopped are not among them. */
export function liveTasks(service: ServiceRecord): readonly TaskRecord[] {
  return service.tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
}

export function primaryOf(service: ServiceRecord): Deployment {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  if (primary === undefined) throw new Error(`service ${service.name} has no primary deployment`);
  return primary;
}

/** Serving: running, and healthy in the target group if there is one. */
export function isHealthy(task: TaskRecord): boolean {
  if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING') return false;
  const { targetGroup } = task.deployment;
  const { containerPort } = task.service;
  if (targetGroup === undefined) return true;
  if (task.address === undefined || !task.registered) return false;
  return targetGroup.healthOf({ id: task.address, port: containerPort }).state === 'healthy';
}

export function isProtected(task: TaskRecord, now: Date): boolean {
  return task.protectedUntil !== undefined && task.protectedUntil > now;
}
