/** What counts in a drill's measures, and what only looks as if it did. */
import { describe, expect, test } from 'vitest';
import { advanceDrill } from '../../functions/core/drill/advance.ts';
import { recordDrill } from '../../functions/core/drill/record.ts';
import { conclude } from '../../functions/core/drill/result.ts';
import { isOurs, rollBack } from '../../functions/core/drill/rollback.ts';
import { othersIll } from '../../functions/core/drill/sight.ts';
import type { DrillState } from '../../functions/core/drill/state.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { seconds } from '../../functions/core/time.ts';
import { aLock, anEntry, anIncident, aTask, NOW } from './builders.ts';
import {
  aDrill,
  aPatient,
  aSight,
  DRILL_ID,
  plus,
  RUNG,
  SETTING,
  spellDrill,
  TOLD,
  UNDER_WAY,
  UNREAD,
} from './drill-builders.ts';

function told(kind: Entry['kind'], at: number, part: Partial<Entry> = {}): Entry {
  const { reason: _none, victim: _nobody, ...entry } = anEntry({ kind, at: plus(at), ledger: {} });
  return { ...entry, ...part };
}

function measured(entries: readonly Entry[], state: Partial<DrillState> = {}, lock = aLock()) {
  const { rows = [] } = conclude(aDrill({ ...UNDER_WAY, ...state }), aSight({ entries, lock }));
  return new Map<string, number | string | undefined>(
    rows.map(({ measure, value }) => [measure, value]),
  );
}

const EPISODE = anIncident({ state: 'holding', openedAt: plus(70), alarmSince: plus(60) });

describe('the timeline comes before the lock', () => {
  test.each(['opened', 'reopened'] as const)('for when the incident was %s', (kind) => {
    const entries = [told('held', 71), told(kind, 75), told('held', 76)];

    expect(measured(entries, {}, aLock({ incident: EPISODE })).get('open')).toBe(65);
  });

  test('and what neither has is not told', () => {
    expect(measured([told('held', 71)]).get('open')).toBeUndefined();
  });
});

describe('of the timeline', () => {
  test('an entry of the moment that the drill begins counts', () => {
    expect(measured([told('opened', -1), told('opened', 0), told('held', 1)]).get('entries')).toBe(
      2,
    );
  });

  test('the first stop that says how long it took is the one that counts', () => {
    const taking = (took: number) => ({ ledger: { act: seconds(took) } });
    const entries = [
      told('claimed', 10, taking(5)),
      told('stopped', 20),
      told('stopped', 30, taking(7)),
      told('stopped', 40, taking(9)),
    ];

    expect(measured(entries).get('act')).toBe(7);
  });

  test('the last recovery counts, whatever is told after it', () => {
    const taking = (took: number) => ({ ledger: { replace: seconds(took) } });
    const entries = [
      told('recovered', 30, taking(5)),
      told('recovered', 40, taking(6)),
      told('explained', 50, taking(7)),
    ];

    expect(measured(entries).get('replace')).toBe(6);
    expect(measured(entries).get('recover')).toBe(30);
  });

  test.each(['alarm-cleared', 'settling', 'lock-held', 'starting', 'no-suspect'] as const)(
    'a hold that passes by itself, %s, is no reason',
    (reason) => {
      expect(measured([told('held', 10, { reason })]).has('held')).toBe(false);
      expect(
        measured([told('held', 10, { reason }), told('held', 11, { reason: 'storm' })]).get('held'),
      ).toBe('storm');
    },
  );

  test('a hold without a reason is none', () => {
    expect(measured([told('held', 10)]).has('held')).toBe(false);
  });

  test('a recovery is false by the stop of the ill task, and of no other', () => {
    const stops = [
      { incidentId: 'inc', taskArn: aTask(1).arn, at: plus(20) },
      { incidentId: 'inc', taskArn: aTask(2).arn, at: plus(90) },
    ];
    const target = aPatient({ onAt: plus(10) });
    const count = (at: number) => measured([told('recovered', at)], { target }, aLock({ stops }));

    expect(count(50).get('falseRecovered')).toBe(1);
    expect(count(90).get('falseRecovered')).toBe(0);
  });

  test('a recovery is not false where no task was made ill', () => {
    expect(measured([told('recovered', 50)]).get('falseRecovered')).toBe(0);
  });
});

test('a service is not counted among the others that fall ill', () => {
  const at = plus(5);
  const account = {
    ...aSight().account,
    opened: [
      { serviceId: 'shop-prod/checkout-api', at },
      { serviceId: 'shop-prod/stock', at },
    ],
  };

  expect(othersIll(aSight({ account }), NOW)).toEqual(['shop-prod/stock']);
});

describe('an alarm that we rang', () => {
  const RINGING = { arn: RUNG.arn, name: RUNG.name, rungAt: plus(1), rings: 2 };
  const undoing = (state: Partial<DrillState> = {}) =>
    aDrill({ phase: 'rolling-back', ...TOLD, ...state });

  test('is ours while it rings, and for our reason only', () => {
    expect(isOurs(RUNG, aDrill())).toBe(true);
    expect(isOurs({ ...RUNG, state: 'OK' }, aDrill())).toBe(false);
    expect(isOurs({ ...RUNG, reason: `${DRILL_ID}0: x` }, aDrill())).toBe(false);
    expect(isOurs({ ...RUNG, reason: `not ${RUNG.reason}` }, aDrill())).toBe(false);
  });

  test('stays as it was recorded', () => {
    const { next } = rollBack(undoing({ alarm: RINGING }), aSight({ alarms: [RUNG] }));

    expect(next.alarm).toEqual(RINGING);
    expect(rollBack(undoing(), aSight()).next).not.toHaveProperty('alarm');
  });

  test('is taken back once, even if its old state is read again', () => {
    const state = undoing({ alarm: { ...RINGING, backAt: plus(5) } });

    expect(rollBack(state, aSight({ alarms: [RUNG] })).effects).toEqual([]);
  });

  test('is taken back at the end of the drill too', () => {
    const state = aDrill({ phase: 'ending', verdict: 'fail', told: { start: true, end: true } });
    const sight = aSight({ alarms: [RUNG], lock: aLock(), shared: aLock() });

    expect(spellDrill(advanceDrill(state, sight, SETTING))).toBe('ending, ring OK');
  });
});

describe('what was undone', () => {
  const undoing = (state: Partial<DrillState> = {}, definition = {}) =>
    aDrill({ phase: 'rolling-back', ...TOLD, ...state }, definition);

  test('is nothing where nothing was done', () => {
    expect(rollBack(undoing(), aSight()).next.rollbacks).toEqual([]);
  });

  test('has the name that the definition gave it', () => {
    const rollbacks = [{ do: 'clear-faults', name: 'heal them all', on: { all: true } }] as const;
    const state = undoing({ target: aPatient({ offAt: plus(5) }) }, { rollbacks });
    const { next } = rollBack(state, aSight({ at: plus(9) }));

    expect(next.rollbacks.map(({ name }) => name)).toEqual(['heal them all']);
  });

  test('was undone when it was first seen so', () => {
    const state = undoing({ target: aPatient({ offAt: plus(5), endsAt: plus(7) }) });

    expect(rollBack(state, aSight({ at: plus(9) })).next.target?.offAt).toBe(plus(5));
  });
});

describe('what is recorded', () => {
  const mark = { kind: 'unmark', scope: 'x', id: 'y' } as const;
  const ring = { kind: 'ring', alarmArn: 'a', alarmName: 'a', is: 'ALARM', reason: '' } as const;

  test('is no trouble where it worked, or where nobody said why not', () => {
    const state = aDrill();
    const of = (ok: boolean, detail?: string) =>
      recordDrill(state, [
        { effect: mark, at: NOW, ok, ...(detail === undefined ? {} : { detail }) },
      ]);

    expect(of(true, 'at the second try')).toEqual(state);
    expect(of(false)).not.toHaveProperty('trouble');
    expect(of(false, 'denied').trouble).toBe('denied');
  });

  test('after the last step ends none', () => {
    const state = aDrill({ phase: 'method', step: 9, target: aPatient() });
    const on = {
      kind: 'fault-on',
      taskId: 'x',
      fault: { kind: 'exit', code: 1 },
      endsAt: plus(60),
      triesMax: 9,
    } as const;

    expect(recordDrill(state, [{ effect: ring, at: NOW, ok: true }]).step).toBe(9);
    expect(recordDrill(state, [{ effect: on, at: NOW, ok: true }]).step).toBe(9);
  });
});

test('a drill goes on with as many healthy tasks as it must have', () => {
  const state = aDrill(
    { phase: 'following', ...UNDER_WAY },
    { stopConditions: { healthyBelow: 4 } },
  );
  const three = { tasks: [aTask(1), aTask(2), aTask(3)], service: { desired: 4 } };

  expect(advanceDrill(state, aSight(), SETTING).next.phase).toBe('following');
  expect(advanceDrill(state, aSight({ scene: three }), SETTING).next.abort?.detail).toBe(
    '3 healthy tasks, wanted 4 or more',
  );
  expect(advanceDrill(state, aSight({ fleet: UNREAD }), SETTING).next.phase).toBe('following');
});
