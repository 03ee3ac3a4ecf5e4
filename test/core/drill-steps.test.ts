/** Step by step through the method of a drill: what each does, what it waits for, and when it gives up. */
import { describe, expect, test } from 'vitest';
import type { Step } from '../../functions/core/drill/definition.ts';
import { advanceMethod } from '../../functions/core/drill/method.ts';
import type { DrillState } from '../../functions/core/drill/state.ts';
import { aTarget, aTask, taskId } from './builders.ts';
import { aPatient, aSight, FAULT, plus, RUNG, UNREAD } from './drill-builders.ts';
import { at, LOUD, OK, RINGING, steps, whileIt } from './drill-table.ts';

const RING: Step = { do: 'set-alarm-state', name: 'ring', is: 'ALARM' };

const BACK: Step = { do: 'set-alarm-state', name: 'take back', is: 'OK' };

const MEND: Step = { do: 'clear-faults', name: 'mend', on: { all: true } };

steps('to ring the alarm', [
  { when: 'it is OK', state: at(RING), follows: 'method 0, ring ALARM' },
  { when: 'there is none', state: at(RING), sight: { alarms: [] }, follows: 'method 0' },
  {
    when: 'it cannot be read',
    state: at(RING),
    sight: { alarms: UNREAD, at: plus(179) },
    follows: 'method 0',
  },
  {
    when: 'it could not be read in time',
    state: at(RING),
    sight: { alarms: UNREAD, at: plus(180) },
    follows: 'rolling-back, aborted step-failed: no answer in time',
  },
  {
    when: 'it is not rung in time',
    state: at(RING, { trouble: 'denied' }),
    sight: { at: plus(180) },
    follows: 'rolling-back, aborted step-failed: denied',
  },
  { when: 'it rings by our hand', state: at(RING), sight: { alarms: [RUNG] }, follows: 'method 0' },
  {
    when: 'it rings by itself',
    state: at(RING),
    sight: { alarms: [LOUD] },
    follows: 'method 0, ring ALARM',
  },
  {
    when: 'an incident is open already',
    state: at(RING),
    sight: { lock: whileIt() },
    follows: 'method 0',
  },
  {
    when: 'an older one is',
    state: at(RING),
    sight: { lock: whileIt('holding', plus(-5)) },
    follows: 'method 0, ring ALARM',
  },
  { when: 'that is recorded', state: at(RING, { alarm: RINGING }), follows: 'method 1, fault-on' },
]);

steps('to take the alarm back', [
  {
    when: 'it rings by our hand',
    state: at(BACK),
    sight: { alarms: [RUNG] },
    follows: 'method 0, ring OK',
  },
  {
    when: 'it rings by itself',
    state: at(BACK),
    sight: { alarms: [LOUD] },
    follows: 'method 1, fault-on',
  },
  { when: 'it is OK', state: at(BACK), follows: 'method 1, fault-on' },
  { when: 'it cannot be read', state: at(BACK), sight: { alarms: UNREAD }, follows: 'method 0' },
  {
    when: 'not in time',
    state: at(BACK),
    sight: { alarms: [RUNG], at: plus(180) },
    follows: 'rolling-back, aborted step-failed: no answer in time',
  },
  {
    when: 'nor seen in time',
    state: at(BACK),
    sight: { alarms: UNREAD, at: plus(180) },
    follows: 'rolling-back, aborted step-failed: no answer in time',
  },
]);

steps('to make a task ill', [
  { when: 'all are well', state: at(FAULT), follows: 'method 0, fault-on' },
  { when: 'it is chosen', state: at(FAULT, { target: aPatient() }), follows: 'method 0, fault-on' },
  {
    when: 'it is gone',
    state: at(FAULT, { target: aPatient() }),
    sight: { scene: { tasks: [aTask(1), aTask(3)] } },
    follows:
      'rolling-back, aborted target-gone: task 02020202020202020202020202020202 is not healthy any more',
  },
  {
    when: 'nobody can tell',
    state: at(FAULT, { target: aPatient() }),
    sight: { tasks: UNREAD },
    follows: 'method 0, fault-on',
  },
  { when: 'nobody can be chosen', state: at(FAULT), sight: { tasks: UNREAD }, follows: 'method 0' },
  {
    when: 'nobody could be chosen',
    state: at(FAULT),
    sight: { tasks: UNREAD, at: plus(180) },
    follows: 'rolling-back, aborted step-failed: no answer in time',
  },
  {
    when: 'one is alone',
    state: at(FAULT),
    sight: { scene: { tasks: [aTask(1)] } },
    follows: 'method 0',
  },
  {
    when: 'it was nearly asked too often',
    state: at(FAULT, { target: aPatient({ tries: 59 }) }),
    follows: 'method 0, fault-on',
  },
  {
    when: 'it was asked too often',
    state: at(FAULT, { target: aPatient({ tries: 60 }) }),
    follows:
      'rolling-back, aborted fault-not-taken: task 02020202020202020202020202020202 was not reached in 60 requests',
  },
  {
    when: 'it refused',
    state: at(FAULT, { target: aPatient({ tries: 60 }), trouble: 'it said 403' }),
    follows: 'rolling-back, aborted fault-not-taken: it said 403',
  },
  {
    when: 'it took too long',
    state: at(FAULT, { target: aPatient() }),
    sight: { at: plus(180) },
    follows:
      'rolling-back, aborted fault-not-taken: task 02020202020202020202020202020202 was not reached in 0 requests',
  },
  {
    when: 'it is',
    state: at(FAULT, { target: aPatient({ onAt: plus(1) }) }),
    follows: 'following',
  },
]);

steps('to mend it', [
  {
    when: 'it is ill',
    state: at(MEND, { target: aPatient({ onAt: plus(1) }) }),
    follows: 'method 0, fault-off',
  },
  {
    when: 'it is mended',
    state: at(MEND, { target: aPatient({ offAt: plus(1) }) }),
    follows: 'method 1, fault-on',
  },
  { when: 'none is ill', state: at(MEND), follows: 'method 1, fault-on' },
  {
    when: 'not in time',
    state: at(MEND, { target: aPatient() }),
    sight: { at: plus(180) },
    follows: 'rolling-back, aborted step-failed: no answer in time',
  },
]);

describe('what a step asks for', () => {
  const effectOf = (state: DrillState, sight?: Parameters<typeof aSight>[0]) =>
    advanceMethod(state, aSight(sight)).effects[0];

  test('is to set the alarm, by a reason that the drill knows again', () => {
    expect(effectOf(at(RING))).toEqual({
      kind: 'ring',
      alarmArn: OK.arn,
      alarmName: OK.name,
      is: 'ALARM',
      reason: 'drill-20261120-100341-0001: drill by ana; nothing is wrong',
    });
    expect(effectOf(at(BACK), { alarms: [LOUD, RUNG] })).toMatchObject({
      is: 'OK',
      reason: RUNG.reason,
    });
  });

  test('is to make the named task ill, for a while, in so many requests', () => {
    const { next, effects } = advanceMethod(at(FAULT), aSight());

    expect(next.target).toEqual(aPatient());
    expect(effects).toEqual([
      {
        kind: 'fault-on',
        taskId: taskId(2),
        fault: { kind: 'grey', errorShare: 0.8 },
        endsAt: plus(29 * 60),
        triesMax: 40,
      },
    ]);
    expect(effectOf(at(FAULT, { target: aPatient({ tries: 55 }) }))).toMatchObject({ triesMax: 5 });
    expect(effectOf(at(MEND, { target: aPatient() }))).toEqual({
      kind: 'fault-off',
      taskId: taskId(2),
      triesMax: 40,
    });
  });

  test('is never longer than the drill itself', () => {
    const { next } = advanceMethod(at(FAULT, { endsBy: plus(60) }), aSight());

    expect(next.target?.endsAt).toBe(plus(60));
  });

  test('counts the tasks from the oldest on, and begins anew after the last', () => {
    const tasks = [1, 2, 3].map((n) => aTask(n, { startedAt: plus(-60 * 10 * n) }));
    const targets = tasks.map((_, n) => aTarget(n + 1));
    const targetOf = (numbers: readonly number[]) => {
      const step = { ...FAULT, on: { tasks: numbers } };
      return advanceMethod(at(step), aSight({ scene: { tasks, targets } })).next.target?.taskId;
    };

    expect([[0], [2], [3], []].map(targetOf)).toEqual([taskId(3), taskId(1), taskId(3), taskId(3)]);
    const everywhere = at({ ...FAULT, on: { all: true } });
    const scene = { tasks, targets };
    expect(advanceMethod(everywhere, aSight({ scene })).next.target?.taskId).toBe(taskId(3));
  });

  test('tries a large fleet more often, up to a thousand times', () => {
    const numbers = Array.from({ length: 100 }, (_, n) => n + 1);
    const scene = { tasks: numbers.map((n) => aTask(n)), targets: numbers.map((n) => aTarget(n)) };
    const phaseOf = (tries: number) =>
      advanceMethod(at(FAULT, { target: aPatient({ tries }) }), aSight({ scene })).next.phase;

    expect([999, 1_000].map(phaseOf)).toEqual(['method', 'rolling-back']);
    const two = { tasks: [aTask(1), aTask(2)], targets: [aTarget(1), aTarget(2)] };
    const ofTwo = (tries: number) =>
      advanceMethod(at(FAULT, { target: aPatient({ tries }) }), aSight({ scene: two })).next.phase;
    expect([39, 40].map(ofTwo)).toEqual(['method', 'rolling-back']);
  });
});
