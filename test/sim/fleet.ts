/**
 * The tasks of one service, as facts with times: what was true, or was shown, at any moment can be told afterwards.
 *
 * Nothing here is the healer's opinion. Facts are only added; a fact about the future may be overtaken by a later one.
 */
export interface Illness {
  readonly kind: 'errors' | 'slow' | 'unhealthy';
  readonly share: number;
  readonly from: number;
  to: number;
}

export interface SimTask {
  readonly n: number;
  readonly arn: string;
  readonly id: string;
  readonly ip: string;
  readonly zone: string;
  readonly revision: string;
  readonly createdAt: number;
  /** When it runs, and when the load balancer finds it healthy; never when it is stopped before. */
  readonly runningAt: number;
  readonly healthyAt: number;
  readonly illnesses: Illness[];
  /** Task ids whose place it takes while they still run. */
  readonly replaces?: string;
  protectedFrom?: number;
  protectedUntil?: number;
  /** Somebody wants it stopped since then; shown a little later; gone later still. */
  stop?: {
    readonly at: number;
    readonly shownAt: number;
    readonly goneAt: number;
    readonly code: string;
    readonly reason: string;
    readonly exitCode?: number;
  };
}

export interface Rollout {
  readonly id: string;
  readonly revision: string;
  readonly from: number;
  to: number;
}

/** A value that changes now and then. */
export interface Step<T> {
  readonly at: number;
  readonly value: T;
}

export class Fleet {
  readonly tasks: SimTask[] = [];
  readonly desired: Step<number>[];
  readonly rollouts: Rollout[] = [];
  /** What the scheduler says, newest first. */
  readonly events: { readonly at: number; readonly message: string }[] = [];

  constructor(start: number, desired: number, revision: string) {
    this.desired = [{ at: start, value: desired }];
    this.rollouts.push({ id: 'ecs-svc/1', revision, from: start, to: start });
  }

  desiredAt(at: number): number {
    return valueAt(this.desired, at);
  }

  /** The newest rollout that had begun. */
  rolloutAt(at: number): Rollout {
    const found = this.rollouts.findLast(({ from }) => from <= at) ?? this.rollouts[0];
    if (found === undefined) throw new Error('a service without a deployment');
    return found;
  }

  isDeployingAt(at: number): boolean {
    return this.rolloutAt(at).to > at;
  }

  /** Tasks that are meant to run, whatever is shown of them. */
  liveAt(at: number): readonly SimTask[] {
    return this.tasks.filter((task) => isLive(task, at));
  }
}

export function valueAt<T>(steps: readonly Step<T>[], at: number): T {
  const found = steps.findLast((step) => step.at <= at) ?? steps[0];
  if (found === undefined) throw new Error('a value without a beginning');
  return found.value;
}

export function isLive({ createdAt, stop }: SimTask, at: number): boolean {
  return createdAt <= at && (stop === undefined || stop.at > at);
}

/** The load balancer sends it requests, and it is not told to stop. */
export function isServing(task: SimTask, at: number): boolean {
  return isLive(task, at) && task.healthyAt <= at && !isIll(task, at, ['unhealthy']);
}

export function isIll(
  { illnesses }: SimTask,
  at: number,
  kinds: readonly Illness['kind'][] = ['errors', 'slow', 'unhealthy'],
): boolean {
  return illnesses.some(({ kind, from, to }) => kinds.includes(kind) && from <= at && at < to);
}

/** Whether it was ill at any time of a window. */
export function wasIll({ illnesses }: SimTask, from: number, to: number): boolean {
  return illnesses.some((illness) => illness.from <= to && illness.to >= from);
}

/** Requests that one task serves in a second. */
const RATE = 2;

/** What it served in the window, of these how many failed, and how many were slow. */
export function served(
  task: SimTask,
  from: number,
  to: number,
): { readonly requests: number; readonly errors: number; readonly slow: number } {
  const start = Math.max(from, task.healthyAt);
  const end = Math.min(to, task.stop?.at ?? to);
  const requests = Math.floor((RATE * Math.max(0, end - start)) / 1_000);
  const hit = (kind: Illness['kind']): number =>
    task.illnesses
      .filter((illness) => illness.kind === kind)
      .reduce((sum, illness) => {
        const span = Math.min(end, illness.to) - Math.max(start, illness.from);
        return sum + Math.max(0, span) * illness.share;
      }, 0);
  const count = (kind: Illness['kind']): number =>
    Math.min(requests, Math.round((RATE * hit(kind)) / 1_000));
  return { requests, errors: count('errors'), slow: count('slow') };
}
