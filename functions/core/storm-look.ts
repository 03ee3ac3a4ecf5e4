/**
 * In a storm of all services nothing is stopped, whatever the tasks are like: a look that would only confirm it is not
 * taken, because a thousand of them would use up the account's calls just when people need them.
 *
 * What is left out could not change the verdict; wherever it could, everything is read.
 */
import { type AccountState, stormAt } from './account.ts';
import { type Delivery, isLate } from './delivery.ts';
import { isOpen } from './incident.ts';
import type { LockState } from './lock.ts';
import type { Observation, Reading } from './observation.ts';
import { pauseOver } from './pause.ts';
import { type EpochMillis, later, seconds } from './time.ts';

/** What is known without a look at the service. */
export interface StormContext {
  readonly lock: LockState;
  readonly account: AccountState;
  readonly delivery: Delivery;
  readonly now: EpochMillis;
}

/** The storm must still be on when it is decided. */
const LASTS = seconds(10);
const WHY = 'a storm of all services is on';
const UNREAD: Reading<never> = { kind: 'unread', why: WHY };

/** All that may be left out of an observation; what tells whether the alarm rings and tasks are wanted may not. */
type Evidence = Pick<Observation, 'tasks' | 'stopped' | 'targets' | 'traffic'>;
type State = Omit<Observation, keyof Evidence | 'at'>;

/** In place of the evidence. */
export const NO_EVIDENCE: Evidence = {
  tasks: UNREAD,
  stopped: UNREAD,
  targets: UNREAD,
  traffic: UNREAD,
};

/**
 * Whether the storm may be all that decides: there is no claim to complete, no pause that comes before it, no person
 * who asked or has the incident already, and the delivery does not say that something ended.
 */
export function mayHoldByStorm({ lock, account, delivery, now }: StormContext): boolean {
  if (stormAt(account, later(now, LASTS)) === undefined) return false;
  if (lock.intent !== undefined || pauseOver(lock, account, now) !== undefined) return false;
  const { incident } = lock;
  const called = isOpen(incident) ? incident.escalated?.reason : undefined;
  return (called === undefined || called === 'account-storm') && tellsOfNow(delivery, now);
}

function tellsOfNow(delivery: Delivery, now: EpochMillis): boolean {
  if (delivery.kind !== 'alarm') return delivery.kind === 'recheck';
  return delivery.alarm.state === 'ALARM' && !isLate(delivery, now);
}

/** Whether it decides indeed: an alarm rings that people want to hear, of a service that is meant to run. */
export function isHeldByStorm({ alarms, service }: State): boolean {
  if (alarms.kind !== 'read' || service.kind !== 'read') return false;
  const isHeard = alarms.value.some(({ state, suppressed }) => state === 'ALARM' && !suppressed);
  return isHeard && service.value.desired > 0;
}
