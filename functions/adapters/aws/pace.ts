/**
 * AWS's rate limits are the account's, and people, deployments and autoscaling live by them too: most of all while
 * something is wrong. So reads that may be many go at a pace of their own, and one that is refused asks again later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { calling, isThrottled } from './errors.ts';

/** Milliseconds since any beginning, and a wait that ends early when the signal does. */
export interface Time {
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const SYSTEM_TIME: Time = {
  now: () => performance.now(),
  wait: (ms, signal) => sleep(ms, undefined, { signal }),
};

export interface PaceLimits {
  /** Calls that may be made at once. */
  readonly burst: number;
  /** Calls in a second after that. */
  readonly perSecond: number;
}

/** A refusal halves the rate, down to this share; it is whole again after two minutes without one. */
const SHARE_MIN = 1 / 4;
const WHOLE_AFTER_MS = 120_000;
/** Calls that were on their way together are refused together, and that is one refusal. */
const ONE_REFUSAL_MS = 1_000;

/** A token bucket for the calls of one process, which gives way to those of others. */
export class Pace {
  readonly #limits: PaceLimits;
  readonly #time: Time;
  /** Below zero by those who wait already. */
  #tokens: number;
  /** Of the rate that the limits allow. */
  #share = 1;
  #at: number;
  #refusedAt = Number.NEGATIVE_INFINITY;

  constructor(limits: PaceLimits, time: Time = SYSTEM_TIME) {
    this.#limits = limits;
    this.#time = time;
    this.#tokens = limits.burst;
    this.#at = time.now();
  }

  /** Returns when it is this call's turn, in the order of asking. Whoever gives up leaves its turn to others. */
  async turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#refill();
    this.#tokens -= 1;
    if (this.#tokens >= 0) return;
    try {
      await this.#time.wait((-this.#tokens / this.#perSecond()) * 1_000, signal);
    } catch (error) {
      this.#tokens += 1;
      throw error;
    }
  }

  /** AWS refused a call: the account has nothing left to burst with, and others are at it. */
  refused(): void {
    this.#refill();
    this.#tokens = Math.min(this.#tokens, 0);
    if (this.#at - this.#refusedAt < ONE_REFUSAL_MS) return;
    this.#refusedAt = this.#at;
    this.#share = Math.max(SHARE_MIN, this.#share / 2);
  }

  #perSecond(): number {
    return this.#limits.perSecond * this.#share;
  }

  #refill(): void {
    const now = this.#time.now();
    const since = now - this.#at;
    this.#tokens = Math.min(this.#limits.burst, this.#tokens + (since / 1_000) * this.#perSecond());
    this.#share = Math.min(1, this.#share + since / WHOLE_AFTER_MS);
    this.#at = now;
  }
}

/**
 * A refused read asks again for this long, and so often at the least; what needs more is unreadable, and told. No more
 * messages are handled at once than any documented limit serves within it.
 */
const PATIENCE_MS = 5_000;
const ROUNDS_MIN = 3;
/** On top of the client's own waits between its tries; from half of it on, so that not all ask again at once. */
const PAUSE_MS = 1_000;

export interface ReadOptions {
  readonly signal: AbortSignal;
  readonly pace?: Pace;
  /** @default - the machine's */
  readonly time?: Time | undefined;
  /** 0 to 1; spreads those who wait. */
  readonly chance?: () => number;
}

/** The client says how often it tried. */
export interface Answer {
  readonly $metadata: { readonly attempts?: number | undefined };
}

/**
 * Runs one read, and repeats it while AWS says that it is asked too much.
 *
 * @throws {dependency.unavailable} when it still says so after five seconds, and whatever {@link calling} throws, at
 *   once.
 */
export async function patiently<T extends Answer>(
  what: string,
  read: () => Promise<T>,
  { signal, pace, time = SYSTEM_TIME, chance = Math.random }: ReadOptions,
): Promise<T> {
  const until = time.now() + PATIENCE_MS;
  for (let round = 1; ; round += 1) {
    await calling(what, async () => pace?.turn(signal));
    try {
      const answer = await calling(what, read);
      if ((answer.$metadata.attempts ?? 1) > 1) pace?.refused();
      return answer;
    } catch (error) {
      const isOver = round >= ROUNDS_MIN && time.now() >= until;
      if (isOver || !isThrottled(error)) throw error;
    }
    pace?.refused();
    await calling(what, () => time.wait(PAUSE_MS * (0.5 + chance()), signal));
  }
}
