/** What is kept of each step of a drill that was done. */
import { describe, expect, test } from 'vitest';
import type { Step } from '../../functions/core/drill/definition.ts';
import type { EffectResult } from '../../functions/core/drill/effect.ts';
import { advanceMethod, finishStep } from '../../functions/core/drill/method.ts';
import { recordDrill } from '../../functions/core/drill/record.ts';
import type { DrillState } from '../../functions/core/drill/state.ts';
import { anAlarm, taskId } from './builders.ts';
import { aDrill, aPatient, aSight, FAULT, plus, RUNG } from './drill-builders.ts';

const RING: Step = { do: 'set-alarm-state', name: 'ring', is: 'ALARM' };

const BACK: Step = { do: 'set-alarm-state', name: 'take back', is: 'OK' };

const MEND: Step = { do: 'clear-faults', name: 'mend', on: { all: true } };

const WAIT: Step = { do: 'wait', name: 'wait', seconds: 30 };

const HELD: Step = { do: 'wait-for-incident', name: 'held', is: 'holding', seconds: 300 };

const OK = anAlarm({ state: 'OK', reason: 'evaluated' });

const RINGING = { arn: OK.arn, name: OK.name, rungAt: plus(0), rings: 1 };

/** At the first step of a method, which was begun at once. */
function at(step: Step, state: Partial<DrillState> = {}): DrillState {
  return aDrill({ phase: 'method', ...state }, { method: [step, FAULT] });
}

describe('a step that is over', () => {
  test('is kept with what became of it', () => {
    const state = aDrill({ phase: 'method', trouble: 'denied', run: [] });
    const well = finishStep(state, RING, plus(7));

    expect(well.run).toEqual([
      { type: 'action', name: 'ring', status: 'succeeded', start: plus(0), end: plus(7) },
    ]);
    expect(well).toMatchObject({ step: 1, stepSince: plus(7) });
    expect(well).not.toHaveProperty('trouble');
    expect(finishStep(well, WAIT, plus(9), 'too late').run[1]).toEqual({
      type: 'probe',
      name: 'wait',
      status: 'failed',
      start: plus(7),
      end: plus(9),
      exception: 'too late',
    });
  });

  test('that rang, or that others rang, is known by its alarm', () => {
    const { next } = advanceMethod(at(RING), aSight({ alarms: [RUNG], at: plus(9) }));

    expect(next).toMatchObject({ alarm: RINGING, faultAt: plus(9) });
    const begun = at(RING, { faultAt: plus(4) });
    expect(advanceMethod(begun, aSight({ alarms: [RUNG], at: plus(9) })).next.faultAt).toBe(
      plus(4),
    );
  });
});

describe('what was done', () => {
  const ring = (is: 'ALARM' | 'OK') =>
    ({ kind: 'ring', alarmArn: OK.arn, alarmName: OK.name, is, reason: '' }) as const;
  const on = {
    kind: 'fault-on',
    taskId: taskId(2),
    fault: FAULT.fault,
    endsAt: plus(60),
    triesMax: 9,
  } as const;
  const off = { kind: 'fault-off', taskId: taskId(2), triesMax: 9 } as const;
  const mark = { kind: 'unmark', scope: 'x', id: 'y' } as const;
  const record = (
    state: DrillState,
    effect: EffectResult['effect'],
    rest: Partial<EffectResult> = {},
  ) => recordDrill(state, [{ effect, at: plus(8), ok: true, ...rest }]);

  test('ends the step that it was done for, and no other', () => {
    expect(record(at(RING), ring('ALARM'))).toMatchObject({
      step: 1,
      faultAt: plus(8),
      alarm: { arn: OK.arn, name: OK.name, rungAt: plus(8), rings: 1 },
    });
    expect(record(at(HELD, { alarm: RINGING, faultAt: plus(1) }), ring('ALARM'))).toMatchObject({
      step: 0,
      faultAt: plus(1),
      alarm: { ...RINGING, rings: 2 },
    });
    expect(record(at(BACK, { alarm: RINGING }), ring('OK'))).toMatchObject({
      step: 1,
      alarm: { ...RINGING, backAt: plus(8) },
    });
    expect(record(at(RING), ring('OK'))).toEqual(at(RING));
    const later = { ...at(RING), phase: 'rolling-back' } as const;
    expect(record(later, ring('ALARM')).step).toBe(0);
  });

  test('of a task is counted, whether it was met or not', () => {
    const state = at(FAULT, { target: aPatient({ tries: 3 }) });

    expect(record(state, on, { tries: 4 })).toMatchObject({
      step: 1,
      faultAt: plus(8),
      target: { tries: 7, onAt: plus(8) },
    });
    const missed = record(state, on, { ok: false, tries: 4, detail: 'not met' });
    expect(missed).toEqual({ ...state, trouble: 'not met', target: aPatient({ tries: 7 }) });
    expect(record(at(FAULT), on)).toEqual(at(FAULT));
    expect(record({ ...state, phase: 'rolling-back' }, on).step).toBe(0);
    expect(record({ ...state, faultAt: plus(2) }, on).faultAt).toBe(plus(2));
    expect(record(at(WAIT, { target: aPatient() }), on)).toMatchObject({
      step: 0,
      target: { tries: 0 },
    });
  });

  test('to mend it is over when it answers', () => {
    const state = at(MEND, { target: aPatient() });

    expect(record(state, off)).toEqual({ ...state, target: aPatient({ offAt: plus(8) }) });
    expect(record(state, off, { ok: false })).toEqual(state);
    expect(record(at(MEND), off)).toEqual(at(MEND));
  });

  test('for people is told once, and a mark needs no record', () => {
    const tell = { kind: 'tell', what: 'end', notice: {} as never } as const;

    expect(record(at(RING), tell).told).toEqual({ start: false, end: true });
    expect(record(at(RING), tell, { ok: false, detail: 'down' })).toEqual(
      at(RING, { trouble: 'down' }),
    );
    expect(record(at(RING), mark)).toEqual(at(RING));
    expect(
      record(
        at(RING),
        { ...mark, kind: 'mark', mark: {} as never },
        { ok: false, detail: 'denied' },
      ).trouble,
    ).toBe('denied');
    expect(record(at(RING), ring('ALARM'), { ok: false, detail: 'denied' })).toEqual(
      at(RING, { trouble: 'denied' }),
    );
  });
});
