/**
 * One second of requests: who gets how many, how each answers, what is logged and what users see.
 */
import type { EpochMillis } from '../../../functions/core/time.ts';
import { isReachable, routesOf } from './load-balancer.ts';
import type { Metrics } from './metrics.ts';
import type { Random } from './random.ts';
import type { WorldService } from './service.ts';
import { hangs, type WorldTask, writeError } from './task.ts';

/** What is behind the service in this second, as each of its requests meets it. */
export interface Behind {
  /** Chance that it answers with an error, or not at all. */
  readonly failing: number;
  readonly isRefusing: boolean;
  readonly delayMs: number;
}

/** What users of the service got in this second. */
export interface Served {
  readonly requests: number;
  readonly failed: number;
  readonly slow: number;
}

const BASE_MS = 30;
/** The workload asks its dependency for no longer than this. */
const DEPENDENCY_TIMEOUT_MS = 1_000;
/** Users go away after this time. */
const USER_TIMEOUT_MS = 10_000;
/** A request that takes longer than this is slow, for users and for the log. */
const SLOW_MS = 1_000;
const KEPT_SECONDS = 900;

export class Traffic {
  readonly #service: WorldService;
  readonly #metrics: Metrics;
  readonly #random: Random;
  #turn = 0;

  constructor(service: WorldService, metrics: Metrics, random: Random) {
    this.#service = service;
    this.#metrics = metrics;
    this.#random = random;
  }

  second(requests: number, behind: Behind, now: EpochMillis): Served {
    const parts = routesOf(this.#service).map(({ weight, tasks }) => {
      const share =
        weight === 1 ? requests : this.#random.fork(`share ${now}`).binomial(requests, weight);
      // 503 by the load balancer itself, because nobody is registered.
      if (tasks.length === 0) return { requests: share, failed: share, slow: 0 };
      return this.#spread(tasks, share, behind, now);
    });
    const served = parts.reduce(add, { requests: 0, failed: 0, slow: 0 });
    this.#metrics.seconds.push({ at: now, ...served });
    return served;
  }

  #spread(tasks: readonly WorldTask[], requests: number, behind: Behind, now: EpochMillis): Served {
    const each = Math.floor(requests / tasks.length);
    const rest = requests % tasks.length;
    const parts = tasks.map((task, index) => {
      const turn = (index - this.#turn + tasks.length) % tasks.length;
      return this.#answer(task, each + (turn < rest ? 1 : 0), behind, now);
    });
    this.#turn = (this.#turn + rest) % tasks.length;
    return parts.reduce(add, { requests: 0, failed: 0, slow: 0 });
  }

  #answer(task: WorldTask, requests: number, behind: Behind, now: EpochMillis): Served {
    if (requests === 0) return { requests, failed: 0, slow: 0 };
    if (!isReachable(this.#service, task) || hangs(task, now)) {
      // 502 or 504 by the load balancer: neither the task nor the target's count knows of it.
      this.#metrics.answered(requests, 0);
      return { requests, failed: requests, slow: 0 };
    }
    const isReady = task.readyAt !== undefined && task.readyAt <= now;
    const { errors, durationMs } = isReady
      ? this.#work(task, requests, behind, now)
      : { errors: requests, durationMs: 1 };
    const isSlow = durationMs > SLOW_MS;
    const good = requests - errors;
    this.#metrics.answered(requests, errors);
    this.#metrics.took(durationMs, requests);
    log(task, { at: now, requests, errors, slow: isSlow ? requests : 0 });
    const isGivenUp = durationMs > USER_TIMEOUT_MS;
    const failed = isGivenUp ? requests : errors;
    return { requests, failed, slow: isSlow && !isGivenUp ? good : 0 };
  }

  #work(
    task: WorldTask,
    requests: number,
    behind: Behind,
    now: EpochMillis,
  ): { readonly errors: number; readonly durationMs: number } {
    const fault = task.illness?.fault;
    // Of the task and the moment: the same task meets the same chance with every strategy.
    const random = this.#random.fork(`${task.id} ${now}`);
    const own = fault?.kind === 'grey' ? random.binomial(requests, fault.errorShare) : 0;
    const tooSlow = behind.delayMs >= DEPENDENCY_TIMEOUT_MS;
    const failing = tooSlow ? 1 : behind.failing;
    const theirs = random.binomial(requests - own, failing);
    if (own > 0) writeError(task, now, POOL_EXHAUSTED);
    if (theirs > 0) writeError(task, now, dependencyError(behind, tooSlow));
    const waited = Math.min(behind.delayMs, DEPENDENCY_TIMEOUT_MS);
    const lag = fault?.kind === 'latency' ? fault.ms : 0;
    return { errors: own + theirs, durationMs: BASE_MS + waited + lag };
  }
}

const POOL_EXHAUSTED =
  '500 timed out acquiring a connection: pool exhausted (size 10, in use 10, idle 0, waiting 7)';

function dependencyError({ isRefusing }: Behind, tooSlow: boolean): string {
  if (tooSlow) return `500 catalog request failed: no answer within ${DEPENDENCY_TIMEOUT_MS} ms`;
  return isRefusing ? '500 catalog request failed: connection failed' : '500 catalog answered 500';
}

function log(task: WorldTask, second: WorldTask['seconds'][number]): void {
  task.seconds.push(second);
  if (task.seconds.length > KEPT_SECONDS) task.seconds.shift();
}

function add(a: Served, b: Served): Served {
  return {
    requests: a.requests + b.requests,
    failed: a.failed + b.failed,
    slow: a.slow + b.slow,
  };
}
