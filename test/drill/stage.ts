/** The waiting that a drill does, in one place: bounded, and ended by an interruption. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TimeFactor } from '../lab/time-factor.ts';

/** How often a condition is looked at; the machine's own milliseconds. */
const POLL_MS = 100;

/** What did not happen as it should: the drill failed, the tool did not. */
export class DrillFailure extends Error {
  override readonly name: string = 'DrillFailure';
}

/** What did not happen in time. */
export class DrillTimeout extends DrillFailure {
  override readonly name = 'DrillTimeout';
}

export async function waitFor(
  time: TimeFactor,
  awsSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  await sleep(time.seconds(awsSeconds), undefined, { signal });
}

/** @throws DrillTimeout when the condition does not hold in time, AbortError when the drill is interrupted. */
export async function waitUntil(
  time: TimeFactor,
  what: string,
  condition: () => boolean | Promise<boolean>,
  awsSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  const endAt = Date.now() + time.seconds(awsSeconds);
  while (!(await condition())) {
    if (Date.now() > endAt) throw new DrillTimeout(`${what}: not within ${awsSeconds} AWS seconds`);
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** @throws DrillFailure when the condition holds at any time within these seconds. */
export async function neverWithin(
  time: TimeFactor,
  what: string,
  condition: () => boolean | Promise<boolean>,
  awsSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    await waitUntil(time, what, condition, awsSeconds, signal);
  } catch (error) {
    if (error instanceof DrillTimeout) return;
    throw error;
  }
  throw new DrillFailure(`${what}: within ${awsSeconds} AWS seconds`);
}
