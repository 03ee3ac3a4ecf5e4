/** An alarm that rang, and what CloudWatch shows of it so far. */
import { describe, expect, test } from 'vitest';
import { notShownYet } from '../../functions/core/alarm-change.ts';
import type { Delivery } from '../../functions/core/delivery.ts';
import type { AlarmReading, Reading } from '../../functions/core/observation.ts';
import {
  durationMillis,
  type EpochMillis,
  earlier,
  later,
  minutes,
  seconds,
} from '../../functions/core/time.ts';
import { anAlarm, anAlarmDelivery, NOW } from './builders.ts';

const RANG = earlier(NOW, seconds(2));

function rang(changedAt = RANG, state: 'ALARM' | 'OK' = 'ALARM'): Delivery {
  const delivery = anAlarmDelivery(state);
  if (delivery.kind !== 'alarm') throw new Error('no alarm');
  return { ...delivery, alarm: { ...delivery.alarm, changedAt } };
}

/** What is shown instead of the ring, by the alarm's name. */
function shown(
  value: readonly AlarmReading[],
  { delivery = rang(), at = NOW }: { delivery?: Delivery; at?: EpochMillis } = {},
): string | undefined {
  const observation = { at, alarms: { kind: 'read', value } as const };
  return notShownYet({ delivery, observation })?.name;
}

const ok = (since: EpochMillis, part: Partial<AlarmReading> = {}) =>
  anAlarm({ state: 'OK', since, ...part });
const BEFORE = earlier(RANG, minutes(30));
const OTHER = { arn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:other', name: 'other' };

describe('a ring that CloudWatch does not show', () => {
  test.each<readonly [string, readonly AlarmReading[]]>([
    ['is the state of before', [ok(BEFORE)]],
    ['may be of no data', [ok(BEFORE, { state: 'INSUFFICIENT_DATA' })]],
    ['is told by its own alarm', [ok(NOW, OTHER), ok(BEFORE)]],
    ['is more than a second older', [ok(earlier(RANG, durationMillis(1_001)))]],
  ])('%s', (_what, alarms) => {
    expect(shown(alarms)).toBe('checkout-api-5xx-rate');
  });

  test('is waited for a minute', () => {
    expect(shown([ok(BEFORE)], { at: later(RANG, minutes(1)) })).toBeDefined();
    expect(shown([ok(BEFORE)], { at: later(RANG, durationMillis(60_001)) })).toBeUndefined();
  });
});

describe('there is nothing to wait for', () => {
  test.each<readonly [string, readonly AlarmReading[]]>([
    ['when it rings', [anAlarm({ since: RANG })]],
    ['when it was over as fast as it came', [ok(later(RANG, seconds(1)))]],
    ['when both spell the same change', [ok(earlier(RANG, seconds(1)))]],
    ['when another rings, which opens the incident as well', [ok(BEFORE), anAlarm(OTHER)]],
    ['when nobody named that alarm, such as a composite', [ok(BEFORE, OTHER)]],
  ])('%s', (_when, alarms) => {
    expect(shown(alarms)).toBeUndefined();
  });

  test('when it says that it ended', () => {
    expect(shown([ok(BEFORE)], { delivery: rang(RANG, 'OK') })).toBeUndefined();
  });

  test('when it is no alarm', () => {
    const delivery = { kind: 'recheck', serviceId: 's', incidentId: 'i', token: 1 } as const;
    expect(shown([ok(BEFORE)], { delivery })).toBeUndefined();
  });

  test('when nothing could be read, which holds by itself', () => {
    const alarms: Reading<never> = { kind: 'unreadable', code: 'c', message: 'm' };
    expect(notShownYet({ delivery: rang(), observation: { at: NOW, alarms } })).toBeUndefined();
  });
});
