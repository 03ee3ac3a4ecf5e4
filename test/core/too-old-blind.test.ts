/** An old alarm is measured by what rings, also while the tasks cannot be read. */
import { expect, test } from 'vitest';
import { advance } from '../../functions/core/advance.ts';
import { decide } from '../../functions/core/decide.ts';
import type { Delivery } from '../../functions/core/delivery.ts';
import { type EpochMillis, earlier, minutes } from '../../functions/core/time.ts';
import { aLock, anAlarm, anAlarmDelivery, NOW } from './builders.ts';
import { stepOf } from './steps.ts';

const CHANGED_AT = earlier(NOW, minutes(7 * 60));
const FAILED = { kind: 'unreadable', code: 'dependency.unavailable', message: 'down' } as const;

function anOldAlarm(): Delivery {
  const delivery = anAlarmDelivery();
  if (delivery.kind !== 'alarm') throw new Error('no alarm');
  return { ...delivery, alarm: { ...delivery.alarm, changedAt: CHANGED_AT } };
}

function blindStep(state: 'ALARM' | 'OK', since: EpochMillis) {
  const alarms = [anAlarm({ state, since })];
  const seen = stepOf({ lock: aLock(), delivery: anOldAlarm(), scene: { alarms } });
  const input = { ...seen, observation: { ...seen.observation, tasks: FAILED } };
  return { ...input, decision: decide(input) };
}

test.each([
  ['what rings does so since later', 'ALARM', earlier(NOW, minutes(1))],
  ['nothing rings', 'OK', CHANGED_AT],
] as const)('an old alarm opens no incident when %s', (_name, state, since) => {
  const step = blindStep(state, since);

  expect(step.decision.verdict).toMatchObject({ kind: 'settled', reason: 'too-old' });
  expect(advance(step)).toBeUndefined();
});

test('an old alarm that rings still opens one, in which nothing is stopped unasked', () => {
  const change = advance(blindStep('ALARM', CHANGED_AT));

  expect(change?.next.incident).toMatchObject({ late: true, hold: { reason: 'unreadable' } });
});
