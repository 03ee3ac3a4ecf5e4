/** Where a drill's rules begin and end: how long it waits, for what, and how many tasks it needs. */
import { describe, expect, test } from 'vitest';
import { advanceDrill } from '../../functions/core/drill/advance.ts';
import type { Step } from '../../functions/core/drill/definition.ts';
import { journalOf } from '../../functions/core/drill/journal.ts';
import { choose } from '../../functions/core/drill/method.ts';
import { spellRefusal } from '../../functions/core/drill/refusal.ts';
import { refusalsOf } from '../../functions/core/drill/refusals.ts';
import { summaryOf } from '../../functions/core/drill/result.ts';
import type { Row } from '../../functions/core/drill/verdict.ts';
import { aLock, anAlarm, anIncident, aTask, NOW } from './builders.ts';
import {
  aDrill,
  aRequest,
  aSight,
  FAULT,
  plus,
  RUNG,
  SETTING,
  spellDrill,
  TOLD,
  WELL,
} from './drill-builders.ts';

const OTHER = { id: 'other', by: 'cat', since: NOW, until: plus(99_999) };

test('the calendar waits six hours for its turn, and no longer', () => {
  const waits = (at: number) => {
    const sight = aSight({ lock: aLock(), shared: aLock({ drill: OTHER }), at: plus(at) });
    return advanceDrill(aDrill({ scheduled: true }), sight, SETTING).next.phase;
  };

  expect(waits(6 * 3_600 - 1)).toBe('starting');
  expect(waits(6 * 3_600)).toBe('ending');
});

test('a drill that is refused says by what, once, and then all that speaks against it', () => {
  const steps: readonly Step[] = [
    { do: 'scale', name: 'scale', desired: 9 },
    { do: 'traffic', name: 'push', perSecond: 9 },
    FAULT,
  ];
  const { next } = advanceDrill(aDrill({}, { method: steps }), aSight(), SETTING);

  expect(summaryOf(next)).toBe(
    'lab-only: got scale, wanted ecs:UpdateService by hand; ' +
      'lab-only: got traffic, wanted a load test of your own; ' +
      'too-wide: got a fault at level wiring, wanted level fault',
  );
});

describe('a fault', () => {
  test('needs a second task that is well', () => {
    const tasks = [aTask(1), aTask(2)];

    expect(choose(aDrill(), FAULT, aSight({ scene: { tasks } }))?.taskId).toBe(aTask(2).id);
    expect(choose(aDrill(), FAULT, aSight({ scene: { tasks: [aTask(1)] } }))).toBeUndefined();
  });

  test('of all tasks, twice, is too wide in both ways', () => {
    const wide = { ...FAULT, on: { all: true } } as const;
    const refused = refusalsOf(aSight(), aRequest({ method: [wide, wide] }), SETTING, aDrill().id);

    expect(refused.map(spellRefusal)).toContain(
      'too-wide: got 2 faults, not of one task each, wanted one fault of one task',
    );
  });
});

describe('a drill whose ringing nobody saw', () => {
  const alarm = { arn: RUNG.arn, name: RUNG.name, rungAt: plus(1), rings: 1 };
  const at = (step: Step) =>
    aDrill({ phase: 'method', ...TOLD, alarm }, { method: [step], until: 'recovered' });
  const follows = (step: Step) =>
    spellDrill(advanceDrill(at(step), aSight({ at: plus(9) }), SETTING));

  test('rings again where it waits for the incident, and where it waits for alarms does not', () => {
    expect(follows({ do: 'wait-for-incident', name: 'x', is: 'holding', seconds: 60 })).toBe(
      'method 0, ring ALARM',
    );
    expect(follows({ do: 'wait-for-alarms', name: 'x', are: 'ALARM', seconds: 60 })).toBe(
      'method 0',
    );
  });
});

test('an incident that was escalated is not the hold that is waited for', () => {
  const method: readonly Step[] = [
    { do: 'wait-for-incident', name: 'x', is: 'holding', seconds: 60 },
  ];
  const state = aDrill({ phase: 'method', ...TOLD }, { method });
  const stepOf = (is: 'holding' | 'escalated' | 'recovered') => {
    const drill = { id: state.id, by: 'ana', since: NOW, until: plus(3_600) };
    const lock = aLock({ drill, incident: anIncident({ state: is, openedAt: plus(1) }) });
    const sight = aSight({ lock, alarms: [anAlarm()], at: plus(9) });
    return advanceDrill(state, sight, SETTING).next.step;
  };

  expect([stepOf('holding'), stepOf('recovered'), stepOf('escalated')]).toEqual([1, 1, 0]);
});

test('all steps that failed are named, each with why', () => {
  const run = [
    { ...WELL, name: 'ring', status: 'failed', exception: 'denied' } as const,
    { ...WELL, name: 'mend', status: 'failed' } as const,
  ];

  expect(summaryOf(aDrill({ verdict: 'fail', run }))).toBe('failed: ring (denied), mend');
});

test('a journal names what was not measured, and nothing else', () => {
  const row = { name: 'x', meaning: 'x', unit: 'count' };
  const rows: readonly Row[] = [
    { ...row, measure: 'stops', value: 1 },
    { ...row, measure: 'entries', unmeasured: 'its timeline could not be read' },
  ];

  expect(journalOf(aDrill({ rows }), []).drill.unmeasured).toStrictEqual({
    entries: 'its timeline could not be read',
  });
});
