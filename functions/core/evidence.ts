/** Joins what each source says about a task, and finds who is ill and who stands out. Pure: data in, data out. */
import { type Attribution, attribute, type Measure } from './attribution.ts';
import type {
  CompleteObservation,
  TargetReading,
  TaskReading,
  TaskTraffic,
} from './observation.ts';
import { share, type Tally } from './outlier.ts';
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

/**
 * - `health-check`: ECS sees it too and replaces it by itself
 * - `error-share`, `latency`: only the requests show it
 * - `anomaly`: the load balancer says that this target answers worse than the others, and no log contradicts it
 * - `only-task`: it fails, and there is nobody to compare it with
 */
export type SuspicionKind = 'health-check' | 'error-share' | 'latency' | 'anomaly' | 'only-task';

export interface Suspect {
  readonly kind: SuspicionKind;
  readonly view: TaskView;
  readonly detail: string;
  /** Chance of this share by accident, corrected for the number of tests; only where requests show it. */
  readonly chance?: number;
}

export interface Diagnosis {
  readonly views: readonly TaskView[];
  /** In the order of the kinds above, within a kind the worst first. */
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
  /** Why a failure that health checks do not see could not be seen here either. */
  readonly blind?: string;
}

export function diagnose(observation: CompleteObservation, policy: Policy): Diagnosis {
  const views = viewTasks(observation, policy);
  const present = views.filter((view) => view.condition !== 'leaving');
  const { suspects, inseparable } = findSuspects(present, observation, policy);
  const illIds = present.filter((view) => isIll(view, policy)).map(({ task }) => task.id);
  const blind = whyBlind(observation);
  return {
    views,
    suspects,
    illIds,
    pattern: findPattern(
      present.filter((view) => isJudged(view, policy)),
      illIds,
    ),
    healthy: views.filter(isWell).length,
    requests: total(views, (traffic) => traffic.requests),
    errors: total(views, (traffic) => traffic.errors),
    ...(inseparable === undefined ? {} : { inseparable }),
    ...(blind === undefined ? {} : { blind }),
  };
}

function findSuspects(
  present: readonly TaskView[],
  observation: CompleteObservation,
  policy: Policy,
): Attribution {
  const byHealth = present
    .filter((view) => view.condition === 'ill')
    .toSorted((a, b) => share(tallyOf(b)) - share(tallyOf(a)) || (a.task.id < b.task.id ? -1 : 1))
    .map((view): Suspect => ({ kind: 'health-check', view, detail: view.because ?? 'unhealthy' }));
  const measures = measuresOf(observation, policy);
  const tests = measures
    .map(({ tally }) => present.filter((view) => tally(view) !== undefined).length)
    .reduce((sum, count) => sum + count, 0);
  const found = measures.map((measure) => attribute(measure, present, tests, policy));
  const inseparable = found.find((one) => one.suspects.length > 0)?.inseparable;
  const byRequests = found.flatMap(({ suspects }) => suspects);
  const others = [...findAnomaly(present, policy), ...findOnlyTask(present, observation, policy)];
  return {
    suspects: [...byHealth, ...byRequests, ...(byRequests.length > 0 ? [] : others)],
    ...(inseparable === undefined ? {} : { inseparable }),
  };
}

function measuresOf(observation: CompleteObservation, policy: Policy): readonly Measure[] {
  const unit = observation.traffic?.basis === 'level' ? 'log lines are errors' : 'requests failed';
  return [
    {
      kind: 'error-share',
      minShare: policy.minErrorShare,
      tally: ({ traffic }) => enough(traffic?.requests, traffic?.errors, policy),
      describe: (own, peers) =>
        `${percent(own)} of its ${own.requests} ${unit}, ${percent(peers)} of its peers'`,
    },
    {
      kind: 'latency',
      minShare: policy.minSlowShare,
      tally: ({ traffic }) => enough(traffic?.timed, traffic?.slow, policy),
      describe: (own, peers) => {
        const slow = `requests took over ${policy.slowMs} ms`;
        return `${percent(own)} of its ${own.requests} ${slow}, ${percent(peers)} of its peers'`;
      },
    },
  ];
}

function enough(
  requests: number | undefined,
  errors: number | undefined,
  policy: Policy,
): Tally | undefined {
  if (requests === undefined || errors === undefined) return undefined;
  return requests >= policy.minRequests ? { requests, errors } : undefined;
}

/**
 * The load balancer compares its targets by itself. Its word is taken where the logs are silent, for one target only:
 * it gives no numbers by which two could be ranked.
 */
function findAnomaly(present: readonly TaskView[], policy: Policy): readonly Suspect[] {
  const odd = present.filter(({ targets }) => targets.some(({ anomaly }) => anomaly?.anomalous));
  const [view, ...others] = odd;
  if (view === undefined || others.length > 0) return [];
  if (view.traffic !== undefined && view.traffic.requests >= policy.minRequests) return [];
  const mitigated = view.targets.some(({ anomaly }) => anomaly?.mitigated);
  const meanwhile = mitigated ? ', and routes around it meanwhile' : '';
  const detail = `the load balancer finds its answers anomalous against its peers'${meanwhile}`;
  return [{ kind: 'anomaly', view, detail }];
}

/** A service of one task has no peers: what it shows is all there is, and policy says what may follow. */
function findOnlyTask(
  present: readonly TaskView[],
  observation: CompleteObservation,
  policy: Policy,
): readonly Suspect[] {
  const [view, ...others] = present;
  if (observation.service.desired !== 1 || view === undefined || others.length > 0) return [];
  const tally = enough(view.traffic?.requests, view.traffic?.errors, policy);
  if (tally === undefined || share(tally) < policy.minErrorShare) return [];
  const detail = `${percent(tally)} of its ${tally.requests} requests failed, and it has no peers`;
  return [{ kind: 'only-task', view, detail }];
}

function isIll(view: TaskView, policy: Policy): boolean {
  if (view.condition === 'ill') return true;
  const errors = enough(view.traffic?.requests, view.traffic?.errors, policy);
  const slow = enough(view.traffic?.timed, view.traffic?.slow, policy);
  return (
    (errors !== undefined && share(errors) >= policy.minErrorShare) ||
    (slow !== undefined && share(slow) >= policy.minSlowShare)
  );
}

/** A task that is going, or has not shown anything yet, speaks neither for its group nor against it. */
export function isJudged(view: TaskView, policy: Policy): boolean {
  if (view.condition === 'starting' || view.condition === 'leaving') return false;
  return view.condition !== 'young' || isMeasured(view, policy);
}

/** It has served enough for its share to count. */
export function isMeasured({ traffic }: TaskView, policy: Policy): boolean {
  return traffic !== undefined && traffic.requests >= policy.minRequests;
}

function whyBlind({ traffic }: CompleteObservation): string | undefined {
  if (traffic === undefined) return 'the service has no log group';
  return traffic.basis === 'none' ? 'its log lines carry neither a status nor a level' : undefined;
}

function tallyOf({ traffic }: TaskView): Tally {
  return { requests: traffic?.requests ?? 0, errors: traffic?.errors ?? 0 };
}

/** Joins by address and by stream, in time that grows with the fleet and not with its square. */
function viewTasks(observation: CompleteObservation, policy: Policy): readonly TaskView[] {
  const byIp = Map.groupBy(observation.targets ?? [], ({ ip }) => ip);
  const byTask = new Map(observation.traffic?.tasks.map((entry) => [entry.taskId, entry]));
  return observation.tasks
    .filter((task) => task.lastStatus !== 'STOPPED')
    .map((task) => {
      const targets = task.ip === undefined ? [] : (byIp.get(task.ip) ?? []);
      const traffic = byTask.get(task.id);
      const [condition, because] = judge(task, targets, observation, policy);
      return {
        task,
        targets,
        condition,
        ...(because === undefined ? {} : { because }),
        ...(traffic === undefined ? {} : { traffic }),
      };
    });
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
  return `target ${target.ip}:${target.port} is ${target.state}${why === '' ? '' : ` (${why})`}`;
}

function describeStates(targets: readonly TargetReading[]): string {
  if (targets.length === 0) return 'not registered with the load balancer';
  return `target is ${targets.map((target) => target.state).join(', ')}`;
}

/** Serving as it should, however new. */
export function isWell(view: TaskView): boolean {
  return view.condition === 'healthy' || view.condition === 'young';
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
