/** How a drill is undone, again and again until it is seen to be. */
import { describe, expect, test } from 'vitest';
import { advanceDrill } from '../../functions/core/drill/advance.ts';
import type { Definition } from '../../functions/core/drill/definition.ts';
import { abort, type DrillState } from '../../functions/core/drill/state.ts';
import { anAlarm, aTask, NOW, taskId } from './builders.ts';
import { aDrill, aPatient, aSight, plus, RUNG, SETTING, TOLD, UNREAD } from './drill-builders.ts';
import { FAULTY, follows, open, type Sight } from './drill-table.ts';

const undoing = (state: Partial<DrillState> = {}, definition: Partial<Definition> = {}) =>
  aDrill({ phase: 'rolling-back', ...TOLD, ...state }, definition);

const RINGING = { arn: RUNG.arn, name: RUNG.name, rungAt: plus(1), rings: 1 };

follows('a drill that is undone', [
  { when: 'there is nothing to undo', state: undoing(), follows: 'ending' },
  {
    when: 'a task is ill',
    state: undoing({ target: aPatient() }, FAULTY),
    follows: 'rolling-back, fault-off',
  },
  {
    when: 'the task is mended',
    state: undoing({ target: aPatient({ offAt: plus(9) }) }, FAULTY),
    follows: 'ending',
  },
  {
    when: 'the task is gone',
    state: undoing({ target: aPatient() }, FAULTY),
    sight: { scene: { tasks: [aTask(1)] } },
    follows: 'ending',
  },
  {
    when: 'the task ends',
    state: undoing({ target: aPatient() }, FAULTY),
    sight: { scene: { tasks: [aTask(2, { lastStatus: 'STOPPING' })] } },
    follows: 'ending',
  },
  {
    when: 'its fault ended',
    state: undoing({ target: aPatient({ endsAt: plus(9) }) }, FAULTY),
    sight: { at: plus(9) },
    follows: 'ending',
  },
  {
    when: 'nobody can tell',
    state: undoing({ target: aPatient() }, FAULTY),
    sight: { tasks: UNREAD },
    follows: 'rolling-back, fault-off',
  },
  {
    when: 'the alarm rings by our hand',
    state: undoing({ alarm: RINGING }),
    sight: { alarms: [RUNG] },
    follows: 'rolling-back, ring OK',
  },
  {
    when: 'it rang before that was recorded',
    state: undoing(),
    sight: { alarms: [RUNG] },
    follows: 'rolling-back, ring OK',
  },
  {
    when: 'it rings by itself',
    state: undoing({ alarm: RINGING }),
    sight: { alarms: [anAlarm()] },
    follows: 'ending',
  },
  {
    when: 'it cannot be read',
    state: undoing({ alarm: RINGING }),
    sight: { alarms: UNREAD },
    follows: 'rolling-back',
  },
  {
    when: 'it cannot be read, and never rang',
    state: undoing({}, FAULTY),
    sight: { alarms: UNREAD },
    follows: 'ending',
  },
  {
    when: 'it was seen back',
    state: undoing({ alarm: { ...RINGING, backAt: plus(5) } }),
    sight: { alarms: UNREAD },
    follows: 'ending',
  },
  {
    when: 'it was tried for long',
    state: undoing({ target: aPatient({ endsAt: plus(9_999) }) }, FAULTY),
    sight: { at: plus(2_699) },
    follows: 'rolling-back, fault-off',
  },
  {
    when: 'it was tried for too long',
    state: undoing({ target: aPatient({ endsAt: plus(9_999) }) }, FAULTY),
    sight: { at: plus(2_700) },
    follows: 'ending',
  },
  {
    when: 'its timeline cannot be read',
    state: undoing(),
    sight: { entries: undefined },
    follows: 'rolling-back',
  },
  {
    when: 'its timeline could not be read',
    state: undoing({ endsBy: plus(9_999) }),
    sight: { entries: undefined, at: plus(2_700) },
    follows: 'ending',
  },
  {
    when: 'its incident is open',
    state: undoing(),
    sight: { lock: open() },
    follows: 'rolling-back',
  },
  {
    when: 'its incident is over',
    state: undoing(),
    sight: { lock: open({ state: 'recovered' }) },
    follows: 'ending',
  },
  {
    when: 'its incident stays open',
    state: undoing(),
    sight: { lock: open(), at: plus(600) },
    follows: 'ending',
  },
  {
    when: 'its time is over',
    state: undoing({ endsBy: plus(60) }),
    sight: { lock: open(), at: plus(60) },
    follows: 'ending',
  },
  {
    when: 'it was ended early',
    state: abort(undoing(), 'paused', 'by ben', NOW),
    sight: { lock: open() },
    follows: 'ending, aborted paused: by ben',
  },
]);

describe('what was undone', () => {
  const rollbacksOf = (state: DrillState, sight?: Sight) =>
    advanceDrill(state, aSight(sight), SETTING).next.rollbacks;

  test('is told line by line, whether the definition named it or not', () => {
    const state = undoing({ target: aPatient(), alarm: RINGING }, { rollbacks: [] });
    const named = undoing({
      target: aPatient({ offAt: plus(5) }),
      alarm: { ...RINGING, backAt: plus(6) },
    });
    const seen = { scene: { tasks: [aTask(1)] }, at: plus(9) };

    expect(rollbacksOf(state, seen)).toEqual([
      { type: 'action', name: 'mend the task', status: 'succeeded', start: plus(0), end: plus(9) },
      {
        type: 'action',
        name: 'the alarm is not rung by hand',
        status: 'succeeded',
        start: plus(0),
        end: plus(9),
      },
    ]);
    expect(rollbacksOf(named, { at: plus(9) })).toEqual([
      { type: 'action', name: 'mend the task', status: 'succeeded', start: plus(0), end: plus(5) },
      {
        type: 'action',
        name: 'the alarm is OK again',
        status: 'succeeded',
        start: plus(0),
        end: plus(6),
      },
    ]);
  });

  test('and never confirmed, has failed', () => {
    const endless = aPatient({ endsAt: plus(99_999) });
    const state = undoing({ target: endless, alarm: RINGING, endsBy: plus(99_999) });

    expect(rollbacksOf(state, { at: plus(2_700), alarms: UNREAD })).toMatchObject([
      { status: 'failed', end: plus(2_700), exception: 'not confirmed' },
      { status: 'failed', end: plus(2_700), exception: 'not confirmed' },
    ]);
  });

  test('asks the task, and the alarm, by their names', () => {
    const state = undoing({ target: aPatient() });

    expect(advanceDrill(state, aSight({ alarms: [anAlarm(), RUNG] }), SETTING)).toMatchObject({
      next: { alarm: { arn: RUNG.arn, name: RUNG.name, rungAt: RUNG.since, rings: 1 } },
      effects: [
        { kind: 'fault-off', taskId: taskId(2), triesMax: 40 },
        { kind: 'ring', alarmArn: RUNG.arn, alarmName: RUNG.name, is: 'OK', reason: RUNG.reason },
      ],
    });
  });
});
