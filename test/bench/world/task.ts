/**
 * One task of the virtual world: what ECS shows of it, what its process does, and what is truly
 * wrong with it.
 */
import type { EpochMillis } from '../../../functions/core/time.ts';
import type { Revision, TaskFault } from '../../drill/definition.ts';
import type { CheckedTarget } from '../../lab/elb/health-state.ts';

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

/**
 * Who made a task ill.
 * - `task`: the scenario chose this very task, or a newcomer; another in its place is well
 * - `group`: it shares the fault with its zone or with everybody
 * - `revision`: it runs a release that is ill from the start
 */
export type Origin = 'task' | 'group' | 'revision';

export interface Illness {
  readonly fault: TaskFault;
  readonly origin: Origin;
  readonly since: EpochMillis;
}

export interface TaskRevision extends Revision {
  /** `checkout-api:42`. */
  readonly name: string;
}

export interface LogLine {
  readonly at: EpochMillis;
  readonly text: string;
}

/** Requests of one second, as the task's own log lines tell of them. */
export interface LoggedSecond {
  readonly at: number;
  readonly requests: number;
  readonly errors: number;
  readonly slow: number;
}

export interface WorldTask {
  readonly id: string;
  readonly arn: string;
  readonly zone: string;
  readonly ip: string;
  readonly revision: TaskRevision;
  readonly deploymentId: string;
  readonly createdAt: EpochMillis;
  /** Id of the unhealthy task that it is to replace. */
  readonly replaces: string | undefined;
  status: TaskStatus;
  desired: 'RUNNING' | 'STOPPED';
  startedAt?: EpochMillis;
  stoppedAt?: EpochMillis;
  stopCode?: StopCode;
  stoppedReason?: string;
  exitCode?: number;
  containerReason?: string;
  /** Its process runs, from the start of its container to its end. */
  isUp: boolean;
  /** When its initialisation is over; until then it answers 503. */
  readyAt?: EpochMillis;
  illness?: Illness;
  /** Absent while it is in no target group. */
  target?: CheckedTarget;
  /** Failed its health checks: the scheduler replaces it. */
  condemned: boolean;
  nextCheckAt: number;
  readonly seconds: LoggedSecond[];
  readonly lines: LogLine[];
  readonly lastErrors: string[];
}

export function isLive(task: WorldTask): boolean {
  return task.desired === 'RUNNING';
}

/** In service: the load balancer sends it requests. */
export function isHealthy(task: WorldTask): boolean {
  return isLive(task) && task.status === 'RUNNING' && task.target?.health.state === 'healthy';
}

/** Its event loop is blocked. */
export function hangs(task: WorldTask, now: EpochMillis): boolean {
  const { illness } = task;
  if (illness?.fault.kind !== 'hang') return false;
  return now < illness.since + illness.fault.seconds * 1_000;
}

/** Something is wrong with it now, whoever made it so. */
export function isIll(task: WorldTask, now: EpochMillis): boolean {
  const { illness } = task;
  if (illness === undefined) return false;
  return illness.fault.kind !== 'hang' || hangs(task, now);
}

const LINES_MAX = 60;
const LAST_ERRORS_MAX = 5;

export function writeLine(task: WorldTask, at: EpochMillis, text: string): void {
  task.lines.push({ at, text });
  if (task.lines.length > LINES_MAX) task.lines.shift();
}

export function writeError(task: WorldTask, at: EpochMillis, text: string): void {
  writeLine(task, at, text);
  task.lastErrors.push(text);
  if (task.lastErrors.length > LAST_ERRORS_MAX) task.lastErrors.shift();
}
