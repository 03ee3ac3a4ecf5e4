/**
 * What the healer asks of itself between incidents: could I read all that a decision needs?
 *
 * An alarm in the template rings when nothing has answered yes for a while, so that a healer that does not
 * run at all is heard too.
 */
import type { GuardedService } from './guarded-service.ts';
import type { Observation } from './observation.ts';
import { type EpochMillis, minutes, seconds } from './time.ts';

/** Put into the inbox by the clock. */
export interface WatchDelivery {
  readonly kind: 'watchdog';
}

/** How often it looks; the schedule in the template is made of it. */
export const WATCH_EVERY = minutes(5);

/**
 * Lines are looked at for this long: that they can be read is what counts, and a busy service must not be
 * charged for it.
 */
const LINES_OF = seconds(10);

/** What could not be read, with the code that it failed with. */
export interface Unreadable {
  readonly source: string;
  readonly code: string;
  readonly message: string;
}

/** What a look of the watchdog found. */
export interface Look {
  readonly service: string;
  readonly unreadable: readonly Unreadable[];
}

/** @returns one service, the next one at each turn: so that the cost does not grow with the services. */
export function serviceOfTurn(
  services: readonly GuardedService[],
  now: EpochMillis,
): GuardedService | undefined {
  const turn = Math.floor(now / WATCH_EVERY);
  const service = services[turn % Math.max(1, services.length)];
  if (service === undefined) return undefined;
  return { ...service, policy: { ...service.policy, evidenceWindow: LINES_OF } };
}

/** Sources of one observation that failed. */
export function unreadableIn({ at: _at, ...sources }: Observation): readonly Unreadable[] {
  return Object.entries(sources).flatMap(([source, reading]) =>
    reading.kind === 'unreadable' ? [{ source, code: reading.code, message: reading.message }] : [],
  );
}
