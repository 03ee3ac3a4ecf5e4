/** One at a time writes in a thread, however many deliveries there are. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HealerError } from '../../core/errors.ts';
import { later, minutes, seconds } from '../../core/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Thread, ThreadStore, Timeline, Turn } from '../../ports/threads.ts';

export interface TurnOptions {
  readonly threads: ThreadStore;
  readonly timeline: Timeline;
  readonly clock: Clock;
  /** How long to wait for others: who writes in the same thread, or keeps its steps. @default - 10 s */
  readonly waitMaxMs?: number;
}

/** Longer than one step may take; whoever dies holds the others up for so long. */
const TURN = seconds(30);
const STEP_MS = 25_000;
const PAUSE_MS = 200;
const WAIT_MS = 10_000;

/** How long it is remembered what was told. */
export const KEPT_FOR = minutes(365 * 24 * 60);

/**
 * Works in a thread while nobody else does.
 *
 * @throws {store.contended} when it stays another's for too long.
 */
export async function inTurn(
  options: TurnOptions,
  threadId: string,
  signal: AbortSignal,
  work: (turn: Turn, thread: Thread, limit: AbortSignal) => Promise<void>,
): Promise<void> {
  const turn = { id: threadId, holder: randomUUID() };
  const thread = await takeTurn(options, turn, signal);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(STEP_MS)]);
  try {
    await work(turn, thread, limit);
  } finally {
    // It ends by itself too, later; and what went wrong before is the better error.
    await options.threads.end(turn, AbortSignal.timeout(1_000)).catch(() => undefined);
  }
}

async function takeTurn(options: TurnOptions, turn: Turn, signal: AbortSignal): Promise<Thread> {
  const { threads, clock } = options;
  const find = (): Promise<Thread | undefined> => {
    const now = clock.now();
    return threads.begin(turn, { now, until: later(now, TURN) }, signal);
  };
  const thread = await waitFor(find, options, signal);
  if (thread !== undefined) return thread;
  const message = `thread of ${turn.id}: another writes in it`;
  throw new HealerError('store.contended', message, { retryable: true });
}

/** @returns what was found in time. */
export async function waitFor<T>(
  find: () => Promise<T | undefined>,
  { waitMaxMs = WAIT_MS }: Pick<TurnOptions, 'waitMaxMs'>,
  signal: AbortSignal,
): Promise<T | undefined> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    const found = await find();
    if (found !== undefined || waited >= waitMaxMs) return found;
    await sleep(PAUSE_MS, undefined, { signal });
  }
}
