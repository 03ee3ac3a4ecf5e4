/** What a delivery is called, when it happened, and what it is about. */
import { describe, expect, test } from 'vitest';
import {
  AHEAD_MAX,
  type Arrival,
  happenedAt,
  isAboutPause,
  isLate,
  LATE_AFTER,
  nameDelivery,
} from '../../functions/core/delivery.ts';
import { durationMillis, earlier, later, minutes } from '../../functions/core/time.ts';
import { isPatient, REASONS, spellVerdict } from '../../functions/core/verdict.ts';
import { anAlarmDelivery, anIncident, aVictim, NOW } from './builders.ts';

const serviceId = 'shop-prod/checkout-api';
const incidentId = anIncident().id;
const askedAt = earlier(NOW, minutes(9));

const ALARM: Arrival = anAlarmDelivery();
const RECHECK: Arrival = { kind: 'recheck', serviceId, incidentId, token: 7 };
const MANUAL: Arrival = {
  kind: 'manual',
  serviceId,
  requestedBy: 'ana',
  reason: 'one more',
  dryRun: false,
};
const PAUSE: Arrival = { kind: 'pause', serviceId, by: 'ana', why: 'load test', for: minutes(5) };
const RESUME: Arrival = { kind: 'resume', serviceId, by: 'ben' };
const CHECK: Arrival = { kind: 'pause-check', serviceId, pauseId: 'pause-1', until: NOW };
const ACKNOWLEDGE: Arrival = { kind: 'acknowledge', serviceId, incidentId, by: 'eve' };

test.each<[string, Arrival, boolean]>([
  ['alarm checkout-api-5xx-rate ALARM', ALARM, false],
  ['re-check 7', RECHECK, false],
  ['manual request by ana: one more', MANUAL, false],
  ['pause by ana: load test', PAUSE, true],
  ['resume by ben', RESUME, true],
  ['check of pause-1', CHECK, true],
  ['acknowledge inc-20261120-100241-0001 by eve', ACKNOWLEDGE, false],
])('a delivery is named "%s"', (name, delivery, isPause) => {
  expect(nameDelivery(delivery)).toBe(name);
  expect(isAboutPause(delivery)).toBe(isPause);
});

describe('what a delivery tells of happened', () => {
  const sentAt = earlier(NOW, minutes(4));
  const changedAt = earlier(NOW, minutes(1));

  test.each<[string, Arrival, typeof NOW | undefined, typeof NOW | undefined]>([
    ['when the alarm changed', ALARM, undefined, changedAt],
    ['when its message was sent, if that is earlier', ALARM, sentAt, sentAt],
    ['when the queue got it', { ...ALARM, sentAt } as Arrival, undefined, sentAt],
    ['when a person asked', { ...MANUAL, askedAt }, NOW, askedAt],
    ['when a pause was asked for', { ...PAUSE, askedAt }, NOW, askedAt],
    ['when it was taken', { ...ACKNOWLEDGE, askedAt }, undefined, askedAt],
    ['when the message of a person was sent', MANUAL, sentAt, sentAt],
    ['nobody knows when', MANUAL, undefined, undefined],
    ['at no time, when the healer sent it itself', RECHECK, sentAt, undefined],
    ['at no time, when it checks a pause', CHECK, sentAt, undefined],
  ])('%s', (_when, delivery, sent, at) => {
    expect(happenedAt(delivery, sent)).toBe(at);
  });

  test.each<[string, number, boolean]>([
    ['six hours ago', LATE_AFTER, false],
    ['more than six hours ago', LATE_AFTER + 1, true],
  ])('%s: late is %s', (_when, ago, late) => {
    const delivery = { ...MANUAL, askedAt: earlier(NOW, durationMillis(ago)) };
    expect(isLate(delivery, NOW)).toBe(late);
  });

  test('at an unknown time is never late', () => {
    expect(isLate(MANUAL, NOW)).toBe(false);
    expect(isLate(RECHECK, later(NOW, LATE_AFTER))).toBe(false);
  });

  test('six hours and five minutes are the limits', () => {
    expect([LATE_AFTER, AHEAD_MAX]).toEqual([21_600_000, 300_000]);
  });
});

test('who waits for what ends by itself, or was chosen, is patient', () => {
  expect(REASONS.filter(isPatient)).toEqual([
    'alarm-suppressed',
    'paused',
    'scaled-to-zero',
    'downstream',
    'account-storm',
    'settling',
    'lock-held',
    'observe-only',
  ]);
});

test('a verdict is spelt with its reason or its outcome', () => {
  const recovered = { kind: 'settled', outcome: 'recovered', detail: '' } as const;
  const held = { kind: 'hold', reason: 'settling', until: NOW, detail: '' } as const;
  expect([
    spellVerdict({ kind: 'act', victim: aVictim(), completing: false }),
    spellVerdict(held),
    spellVerdict({ kind: 'escalate', reason: 'storm', detail: '' }),
    spellVerdict({ ...recovered, effect: 'anyway', stableSince: NOW }),
  ]).toEqual(['act', 'hold settling', 'escalate storm', 'settled recovered']);
});
