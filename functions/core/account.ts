/**
 * What all guarded services of one healer share: how many incidents opened lately, and how many stops were made.
 *
 * Ten services that alarm at once have one cause, and it is not ten ill tasks. The item never grows with the number
 * of services: it holds no more openings and stops than the limits count.
 */
import type { AccountLimits } from './account-limits.ts';
import type { Pause } from './lock.ts';
import { durationMillis, type EpochMillis, earlier, earliest, later } from './time.ts';

/** Something that happened to one of the services. */
export interface ServiceMoment {
  readonly serviceId: string;
  readonly at: EpochMillis;
}

export interface Storm {
  /** When the first of its incidents opened. */
  readonly since: EpochMillis;
  readonly until: EpochMillis;
}

export interface AccountState {
  /** 0 when there is no item yet. */
  readonly version: number;
  /** Stops of the budget window, oldest first. */
  readonly stops: readonly ServiceMoment[];
  /** The last opening of each service within the storm window, oldest first; never more than make a storm. */
  readonly opened: readonly ServiceMoment[];
  /** The last storm; on until its end. */
  readonly storm?: Storm;
  /** Quiet that a person asked for, for all services. */
  readonly pause?: Pause;
}

export function emptyAccount(): AccountState {
  return { version: 0, stops: [], opened: [] };
}

/** The storm that is on, if one is. */
export function stormAt({ storm }: AccountState, now: EpochMillis): Storm | undefined {
  return storm !== undefined && now < storm.until ? storm : undefined;
}

/**
 * An incident of the service opened. The one that makes it enough different services begins a storm.
 *
 * @returns the same account when there is nothing to write.
 */
export function noteOpened(
  account: AccountState,
  serviceId: string,
  now: EpochMillis,
  limits: AccountLimits,
): AccountState {
  const start = earlier(now, limits.stormWindow);
  const recent = account.opened.filter(({ at }) => at > start);
  const others = recent.filter((opening) => opening.serviceId !== serviceId);
  const isKnown = others.length < recent.length;
  const opened = [...others, { serviceId, at: now }].slice(-limits.stormServices);
  const on = stormAt(account, now);
  if (on !== undefined) {
    // A thousand services in a storm must not contend for one item; and one that flaps must not prolong it.
    return isKnown || !isHalfOver(on, now, limits)
      ? account
      : { ...account, opened, storm: { ...on, until: later(now, limits.stormWindow) } };
  }
  const { storm: _over, ...calm } = account;
  if (opened.length < limits.stormServices) return { ...calm, opened };
  const since = earliest(...opened.map(({ at }) => at));
  return { ...calm, opened, storm: { since, until: later(now, limits.stormWindow) } };
}

function isHalfOver(storm: Storm, now: EpochMillis, limits: AccountLimits): boolean {
  return now >= earlier(storm.until, durationMillis(limits.stormWindow / 2));
}

/** A stop of the service is claimed: it counts against the budget of all. */
export function noteStop(
  account: AccountState,
  serviceId: string,
  now: EpochMillis,
  limits: AccountLimits,
): AccountState {
  return {
    ...account,
    stops: [...accountStopsInWindow(account, limits, now), { serviceId, at: now }],
  };
}

export function accountStopsInWindow(
  { stops }: AccountState,
  limits: AccountLimits,
  now: EpochMillis,
): readonly ServiceMoment[] {
  const start = earlier(now, limits.budgetWindow);
  return stops.filter(({ at }) => at > start);
}
