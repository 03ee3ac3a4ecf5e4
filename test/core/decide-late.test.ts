/** What a decision makes of a late delivery, and of the person who was called. */
import { describe, expect, test } from 'vitest';

import type { AlarmReading } from '../../functions/core/observation.ts';
import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';

import { anAlarm, anAlarmDelivery, NOW, traffic } from './builders.ts';
import {
  ASKED,
  CHANGED_AT,
  decided,
  type Given,
  LATE,
  SUPPRESSED,
  said,
  spell,
} from './decide-said.ts';
import { four } from './decide-table.ts';

const ILL = "80.0 % of its 100 requests failed, 1.0 % of its peers'";
const ringingSince = (...ago: readonly number[]) => ({
  alarms: ago.map((at) => anAlarm({ since: earlier(NOW, seconds(at)) })),
});
const called = (reason: 'too-old' | 'account-storm' | 'storm' | 'cooling-down') => ({
  escalated: { reason, at: earlier(NOW, minutes(9)) },
});

describe('what cannot be read', () => {
  const down = { kind: 'unreadable', code: 'dependency.unavailable', message: 'down' } as const;
  const seen = { tasks: down, targets: down };

  test('is told source by source', () => {
    expect(said({ seen })).toBe(
      'hold unreadable: cannot read tasks: dependency.unavailable: down; ' +
        'targets: dependency.unavailable: down',
    );
  });

  test('is nothing to do when all was well', () => {
    expect(said({ seen, delivery: anAlarmDelivery('OK') })).toMatch(/^nothing-to-do unreadable: /);
  });

  test('may be left out, or be missing', () => {
    const unread = { kind: 'unread', why: 'no alarm rings' } as const;
    expect(said({ seen: { tasks: unread, stopped: { kind: 'absent' } } })).toBe(
      'hold unreadable: cannot read tasks: not read: no alarm rings; stopped: absent',
    );
  });
});

describe('a delivery that came too late', () => {
  test.each<[string, Given, string]>([
    [
      'and rings still, is told',
      { scene: ringingSince(7 * 3_600) },
      `escalate too-old: its alarm was heard of too late; task 02020202 is ill: ${ILL}`,
    ],
    [
      'and was spelt a second apart, is told',
      { scene: ringingSince(7 * 3_600 - 1) },
      `escalate too-old: its alarm was heard of too late; task 02020202 is ill: ${ILL}`,
    ],
    [
      'and rings still beside a newer one, is told',
      { scene: ringingSince(60, 7 * 3_600) },
      `escalate too-old: its alarm was heard of too late; task 02020202 is ill: ${ILL}`,
    ],
    [
      'and rings since later, is over',
      { scene: ringingSince(7 * 3_600 - 2) },
      'nothing-to-do too-old: checkout-api-5xx-rate changed 7 h ago; nothing that rings now has rung since then',
    ],
    [
      'in an open incident stops nothing',
      { incident: {}, scene: ringingSince(7 * 3_600) },
      'hold too-old: this delivery of checkout-api-5xx-rate came too late',
    ],
  ])('%s', (_how, given, verdict) => {
    expect(said({ ...given, delivery: LATE })).toBe(verdict);
  });

  test('by a person is told as well', () => {
    const delivery = { ...ASKED, askedAt: CHANGED_AT };
    expect(said({ delivery, scene: ringingSince(60) })).toMatch(/^escalate too-old: /);
  });
});

describe('a delivery that came too late, of a service that cannot be read,', () => {
  const down = { kind: 'unreadable', code: 'dependency.unavailable', message: 'down' } as const;
  const old = anAlarm({ since: CHANGED_AT });
  const recent = anAlarm({ since: earlier(NOW, minutes(1)) });

  test.each<[string, readonly AlarmReading[], string]>([
    ['is over when what rings does so since later', [recent], 'nothing-to-do too-old: '],
    ['is over when its own alarm is OK', [{ ...old, state: 'OK' }, recent], 'nothing-to-do too-'],
    ['is told while its alarm rings', [old], 'hold unreadable: cannot read service: '],
  ])('%s', (_what, alarms, verdict) => {
    const seen = { service: down, alarms: { kind: 'read', value: alarms } as const };
    expect(said({ seen, delivery: LATE }).startsWith(verdict)).toBe(true);
  });

  test('is told when nobody knows what rings', () => {
    expect(said({ seen: { alarms: down }, delivery: LATE })).toMatch(/^hold unreadable: /);
  });
});

test('an alarm whose actions are suppressed stops nothing', () => {
  expect(said({ delivery: SUPPRESSED })).toBe(
    'hold alarm-suppressed: actions of checkout-api-5xx-rate are suppressed by shop-maintenance',
  );
});

describe('an incident that opened late', () => {
  const late = { late: true } as const;

  test.each<[string, Given, string]>([
    ['calls a person', { incident: late }, 'escalate too-old: its alarm was heard of too late'],
    [
      'calls one whom only the storm had called',
      { incident: { ...late, ...called('account-storm') } },
      'escalate too-old: its alarm was heard of too late',
    ],
    [
      'stops one task for the person who asks',
      { incident: { ...late, state: 'escalated', ...called('too-old') }, delivery: ASKED },
      'act 02',
    ],
    [
      'stops one for who was called for the storm, and asks',
      { incident: { ...late, state: 'escalated', ...called('account-storm') }, delivery: ASKED },
      'act 02',
    ],
    [
      'calls that person again after the stop',
      { incident: { ...late, state: 'verifying', stopped: 1, ...called('too-old') } },
      `escalate too-old: after the stop that was asked for, task 02020202 is ill: ${ILL}`,
    ],
  ])('%s', (_what, given, verdict) => {
    expect(said(given).startsWith(verdict)).toBe(true);
  });
});

describe('a person who was called', () => {
  const after = { state: 'verifying', stopped: 1, ...called('storm') } as const;

  test('is called again when the stop that they asked for did not end it', () => {
    expect(said({ incident: after })).toBe(
      `escalate storm: after the stop that was asked for, task 02020202 is ill: ${ILL}`,
    );
  });

  test('may ask for another stop', () => {
    expect(said({ incident: after, delivery: ASKED })).toBe('act 02');
  });

  test('has it, and it is followed', () => {
    const incident = { state: 'escalated', ...called('storm') } as const;
    expect(said({ incident })).toBe('hold storm: a human has it; still followed');
  });

  test('is not called twice for what they ask about', () => {
    const all = { traffic: four.map((n) => traffic(n, 100, 80)) };
    const incident = { state: 'escalated', ...called('storm') } as const;
    const { verdict } = decided({ incident, scene: all, delivery: ASKED });

    expect(spell(verdict)).toMatch(/^hold storm: 4 of 4 tasks are ill/);
    expect(verdict).toMatchObject({ until: later(NOW, seconds(30)) });
  });

  test('hears of a rest that ends sooner at its end', () => {
    const incident = { state: 'escalated', ...called('cooling-down') } as const;
    const cooldownUntil = later(NOW, seconds(10));
    const { verdict } = decided({ incident, lock: { cooldownUntil }, delivery: ASKED });

    expect(verdict).toMatchObject({ kind: 'hold', reason: 'cooling-down', until: cooldownUntil });
  });
});
