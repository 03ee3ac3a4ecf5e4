import { expect, test } from 'vitest';
import { advance } from '../../functions/core/advance.ts';
import { decide } from '../../functions/core/decide.ts';
import type { LockState } from '../../functions/core/lock.ts';
import { NO_EVIDENCE } from '../../functions/core/storm-look.ts';
import {
  between,
  durationMillis,
  earlier,
  later,
  minutes,
  seconds,
} from '../../functions/core/time.ts';
import { aLock, anAlarm, anIncident, aService, aTarget, aTask, NOW, traffic } from './builders.ts';
import { changeOf, stepOf } from './steps.ts';

const SERVICE = aService();
const WELL = [1, 2, 3, 4].map((n) => traffic(n, 100, 0));
const TARGETS = [1, 2, 3, 4].map((n) => aTarget(n));

/** No alarm rings, and every other look finds a target that is not healthy. */
function sceneAt(turn: number) {
  const alarms = [anAlarm({ state: 'OK' })];
  const first = aTarget(1, { state: turn % 2 === 0 ? 'healthy' : 'unhealthy' });
  const tasks = [1, 2, 3, 4].map((n) => aTask(n));
  return { alarms, tasks, targets: [first, ...TARGETS.slice(1)], traffic: WELL };
}

test('a recovery whose proof begins anew at every other look goes to a human in its time', () => {
  let lock: LockState = aLock({ incident: anIncident({ state: 'verifying', stopped: 1 }) });
  let at = NOW;
  for (let turn = 0; turn < 60; turn += 1) {
    at = later(at, seconds(30));
    const look = { lock, at, scene: sceneAt(turn), service: SERVICE };
    const { verdict } = stepOf(look).decision;
    if (verdict.kind === 'escalate') {
      const limit = durationMillis(SERVICE.policy.escalateAfter + 2 * SERVICE.policy.recheck);
      expect(verdict.reason).toBe('alarm-cleared');
      expect(between(NOW, at)).toBeLessThanOrEqual(limit);
      return;
    }
    expect(verdict).toMatchObject({ kind: 'hold' });
    lock = changeOf(look).next;
  }
  expect.unreachable('nobody was called');
});

test('a service that is meant to run nothing for an hour has its whole time to prove that it is well again', () => {
  let lock: LockState = aLock({ incident: anIncident({ state: 'holding' }) });
  let at = NOW;
  for (let turn = 0; turn < 60; turn += 1) {
    at = later(at, minutes(1));
    const alarms = [anAlarm({ state: 'OK' })];
    lock = changeOf({ lock, at, scene: { alarms, tasks: [], service: { desired: 0 } } }).next;
  }
  const starting = { ...sceneAt(0), service: { desired: 5 } };

  const { verdict } = stepOf({ lock, at: later(at, minutes(1)), scene: starting }).decision;

  expect(lock.incident?.hold?.reason).toBe('scaled-to-zero');
  expect(verdict).toMatchObject({ kind: 'hold', reason: 'alarm-cleared' });
});

test('an alarm that is seen to ring again ends the proof, though the tasks were not looked at', () => {
  const lock = aLock({
    incident: anIncident({
      state: 'verifying',
      stopped: 1,
      provingSince: earlier(NOW, minutes(14)),
    }),
  });
  const step = stepOf({ lock });
  const until = later(NOW, minutes(8));
  const account = { ...step.account, storm: { since: earlier(NOW, minutes(2)), until } };
  const input = { ...step, account, observation: { ...step.observation, ...NO_EVIDENCE } };

  const held = advance({ ...input, decision: decide(input) });

  expect(held?.next.incident?.hold?.reason).toBe('account-storm');
  expect(held?.next.incident?.provingSince).toBeUndefined();
});
