/** The change of an alarm that a delivery tells of, held against the state that CloudWatch shows. */
import type { Alarm, Delivery } from './delivery.ts';
import type { AlarmReading, Observation } from './observation.ts';
import { between, later, minutes, seconds } from './time.ts';

/** An alarm says its change and reads it back with the same time, but for how each spells it. */
const SAME_CHANGE = seconds(1);

/**
 * What a look does not show by then never was: the message was made up. Less than a message stays invisible, and
 * counted until the look, for who looked may have stood still since.
 */
const SHOWN_WITHIN = minutes(1);

/** Whether the alarm has had its state since that change, or since before. */
export function hasHadSince({ since }: AlarmReading, { changedAt }: Alarm): boolean {
  return since <= later(changedAt, SAME_CHANGE);
}

interface Seen {
  readonly delivery: Delivery;
  readonly observation: Pick<Observation, 'at' | 'alarms'>;
}

/**
 * Whether the look is older than the change that woke us: CloudWatch shows the state that the alarm had before it rang.
 *
 * To believe it would be to lose the alarm, for nothing else tells of it: a new incident would not begin, and one that
 * was about to recover would end.
 *
 * @returns what it shows; nothing when there is nothing to wait for.
 */
export function notShownYet({ delivery, observation }: Seen): AlarmReading | undefined {
  const { at, alarms } = observation;
  if (delivery.kind !== 'alarm' || alarms.kind !== 'read') return undefined;
  const { arn, state, changedAt } = delivery.alarm;
  if (state !== 'ALARM' || between(changedAt, at) > SHOWN_WITHIN) return undefined;
  if (alarms.value.some((alarm) => alarm.state === 'ALARM')) return undefined;
  return alarms.value.find(
    (alarm) => alarm.arn === arn && later(alarm.since, SAME_CHANGE) < changedAt,
  );
}
