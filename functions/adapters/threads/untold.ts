import type { Entry } from '../../core/entry.ts';
import { HealerError, isHealerError } from '../../core/errors.ts';
import { between, minutes } from '../../core/time.ts';
import type { Thread } from '../../ports/threads.ts';
import { type TurnOptions, waitFor } from './turn.ts';

/** Whoever published an entry keeps it, and those before it, at the same time; after this it has died. */
const KEEPING = minutes(2);
/** So long one waits for that here; then the queue does. */
const KEEPING_MS = 2_000;

/**
 * What is to be told before an entry: a queue keeps no order, the timeline does.
 *
 * @returns nothing when the thread is complete up to the step before it; else the steps since then, oldest first: some
 * may have been told, by a turn that came no further.
 * @throws {store.contended} while the timeline is not complete, and may be soon.
 */
export async function untoldBefore(
  options: TurnOptions,
  entry: Entry,
  { upTo = 0 }: Thread,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const { timeline, clock, waitMaxMs = KEEPING_MS } = options;
  const range = { first: upTo + 1, last: entry.seq - 1 };
  if (range.first > range.last) return [];
  const wanted = range.last - range.first + 1;
  let kept: readonly Entry[] = [];
  const isComplete = async (): Promise<true | undefined> => {
    kept = await timeline.between(entry.incidentId, range, signal);
    const isYoung = between(entry.at, clock.now()) < KEEPING;
    return kept.length >= wanted || !isYoung ? true : undefined;
  };
  const patience = { waitMaxMs: Math.min(waitMaxMs, KEEPING_MS) };
  if ((await waitFor(isComplete, patience, signal)) === undefined) {
    const message = `${entry.id}: got ${kept.length} of the ${wanted} steps before it, wanted all`;
    throw new HealerError('store.contended', message, { retryable: true });
  }
  return kept.filter(({ announce, quiet }) => announce || quiet === true);
}

/** It is in nobody's way: it comes by its own message, which is given up at last. */
export function isRefusedForGood(error: unknown): boolean {
  return isHealerError(error) && error.code === 'chat.refused' && !error.retryable;
}
