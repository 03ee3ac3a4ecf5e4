/** Joins what each source says about a task, and finds who is ill and who stands out. Pure: data in, data out. */
import type {
  CompleteObservation,
  TargetReading,
  TaskReading,
  TaskTraffic,
} from './observation.ts';
import { chanceOfErrors, share } from './outlier.ts';
import { findPattern, type Pattern } from './pattern.ts';
import type { Policy } from './policy.ts';
import { durationMillis, later, seconds } from './time.ts';

/**
 * - `healthy`: running, past its grace, and no source says otherwise
 * - `young`: running and well, but within its grace: nothing is concluded from it
 * - `starting`: not yet running, still in its first load-balancer checks, or unwell within its grace
 * - `leaving`: being stopped
 * - `ill`: target or container unhealthy, past its grace
 * - `unknown`: running, but the load balancer does not know it or cannot tell
 */
export type Condition = 'healthy' | 'young' | 'starting' | 'leaving' | 'ill' | 'unknown';

export interface TaskView {
  readonly task: TaskReading;
  readonly targets: readonly TargetReading[];
  readonly condition: Condition;
  /** Why it is not healthy, in plain words. */
  readonly because?: string;
  readonly traffic?: TaskTraffic;
}

/** `health-check`: ECS sees it too and replaces it by itself. `error-share`: only the requests show it. */
export type SuspicionKind = 'health-check' | 'error-share';

export interface Suspect {
  readonly kind: SuspicionKind;
  readonly view: TaskView;
  readonly detail: string;
  /** Chance of this error share by accident, corrected for the number of tasks; only for `error-share`. */
  readonly chance?: number;
}

export interface Diagnosis {
  readonly views: readonly TaskView[];
  /** Worst first. */
  readonly suspects: readonly Suspect[];
  /** Tasks failing in any way, standing out or not. */
  readonly illIds: readonly string[];
  /** What the failing tasks have in common. */
  readonly pattern: Pattern;
  /** Tasks that are well, young ones included. */
  readonly healthy: number;
  readonly requests: number;
  readonly errors: number;
  /** Set when the worst cannot be told from the next: then nobody is acted on. */
  readonly inseparable?: string;
}

export function diagnose(observation: CompleteObservation, policy: Policy): Diagnosis {
  const views = observation.tasks
    .filter((task) => task.lastStatus !== 'STOPPED')
    .map((task) => viewTask(task, observation, policy));
  const served = views.filter((view) => view.condition !== 'leaving' && isMeasured(view, policy));
  const outliers = findOutliers(served, policy);
  const failing = served.filter((view) => errorShare(view) >= policy.minErrorShare);
  const unhealthy = views
    .filter((view) => view.condition === 'ill')
    .toSorted(worstFirst)
    .map(suspectByHealth);
  const illIds = new Set(
    [...unhealthy.map(({ view }) => view), ...failing].map(({ task }) => task.id),
  );
  const inseparable = findTie(outliers, served, policy);
  return {
    views,
    suspects: [...unhealthy, ...outliers],
    illIds: [...illIds],
    pattern: findPattern(views, [...illIds]),
    healthy: views.filter(isWell).length,
    requests: total(views, (traffic) => traffic.requests),
    errors: total(views, (traffic) => traffic.errors),
    ...(inseparable === undefined ? {} : { inseparable }),
  };
}

function viewTask(task: TaskReading, observation: CompleteObservation, policy: Policy): TaskView {
  const targets = (observation.targets ?? []).filter((target) => target.ip === task.ip);
  const traffic = observation.traffic?.tasks.find((entry) => entry.taskId === task.id);
  const [condition, because] = judge(task, targets, observation, policy);
  return {
    task,
    targets,
    condition,
    ...(because === undefined ? {} : { because }),
    ...(traffic === undefined ? {} : { traffic }),
  };
}

function judge(
  task: TaskReading,
  targets: readonly TargetReading[],
  observation: CompleteObservation,
  policy: Policy,
): readonly [Condition, string?] {
  if (task.desiredStatus === 'STOPPED') return ['leaving', `being stopped, ${task.lastStatus}`];
  if (task.lastStatus !== 'RUNNING' || task.startedAt === undefined) {
    return ['starting', `is ${task.lastStatus}`];
  }
  const grace = Math.max(policy.startGrace, seconds(observation.service.graceSeconds));
  const young = observation.at < later(task.startedAt, durationMillis(grace));
  const states = targets.map((target) => target.state);
  const sick = targets.find(isTasksFault);
  if (sick !== undefined) return [young ? 'starting' : 'ill', describeTarget(sick)];
  if (task.health === 'UNHEALTHY')
    return [young ? 'starting' : 'ill', 'container health check fails'];
  if (states.includes('initial')) return ['starting', 'first load-balancer checks in progress'];
  if (observation.targets !== undefined && !states.includes('healthy')) {
    return [young ? 'starting' : 'unknown', describeStates(targets)];
  }
  return young ? ['young', 'within its start-up grace'] : ['healthy'];
}

/** `Elb.InternalError` is the load balancer's trouble, not the task's. */
function isTasksFault(target: TargetReading): boolean {
  return target.state === 'unhealthy' && target.reason !== 'Elb.InternalError';
}

function describeTarget(target: TargetReading): string {
  const why = [target.reason, target.description].filter((part) => part !== undefined).join(': ');
  return `target ${target.ip}:${target.port} is ${target.state} (${why})`;
}

function describeStates(targets: readonly TargetReading[]): string {
  if (targets.length === 0) return 'not registered with the load balancer';
  return `target is ${targets.map((target) => target.state).join(', ')}`;
}

/** Serving as it should, however new. */
export function isWell(view: TaskView): boolean {
  return view.condition === 'healthy' || view.condition === 'young';
}

function suspectByHealth(view: TaskView): Suspect {
  return { kind: 'health-check', view, detail: view.because ?? 'unhealthy' };
}

function isMeasured(view: TaskView, policy: Policy): boolean {
  return view.traffic !== undefined && view.traffic.requests >= policy.minRequests;
}

function errorShare(view: TaskView): number {
  return view.traffic === undefined ? 0 : share(view.traffic);
}

function findOutliers(served: readonly TaskView[], policy: Policy): readonly Suspect[] {
  const requests = total(served, (traffic) => traffic.requests);
  const errors = total(served, (traffic) => traffic.errors);
  return served
    .flatMap((view): readonly Suspect[] => {
      const own = view.traffic;
      if (own === undefined || errorShare(view) < policy.minErrorShare) return [];
      const peers = { requests: requests - own.requests, errors: errors - own.errors };
      const chance = Math.min(1, chanceOfErrors(own, peers) * served.length);
      if (chance >= policy.falseAlarmRate) return [];
      const detail = `${percent(own)} of its ${own.requests} requests failed, ${percent(peers)} of its peers'`;
      return [{ kind: 'error-share', view, detail, chance }];
    })
    .toSorted((a, b) => worstFirst(a.view, b.view));
}

/** By error share, then by id: the same tasks in another order give the same answer. */
function worstFirst(a: TaskView, b: TaskView): number {
  return errorShare(b) - errorShare(a) || (a.task.id < b.task.id ? -1 : 1);
}

function findTie(
  outliers: readonly Suspect[],
  served: readonly TaskView[],
  policy: Policy,
): string | undefined {
  const worst = outliers[0];
  if (worst === undefined) return undefined;
  const shares = served.filter((view) => view !== worst.view).map(errorShare);
  const next = Math.max(0, ...shares);
  if (errorShare(worst.view) - next >= policy.minMargin) return undefined;
  const top = (errorShare(worst.view) * 100).toFixed(1);
  return `the worst error share is ${top} %, the next ${(next * 100).toFixed(1)} %: too close to single one out`;
}

function total(views: readonly TaskView[], pick: (traffic: TaskTraffic) => number): number {
  return views.reduce(
    (sum, view) => sum + (view.traffic === undefined ? 0 : pick(view.traffic)),
    0,
  );
}

export function percent(tally: { readonly requests: number; readonly errors: number }): string {
  return `${(share(tally) * 100).toFixed(1)} %`;
}
