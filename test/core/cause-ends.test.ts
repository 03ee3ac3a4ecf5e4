/** Which ends of tasks are failures, and whether they still matter. */
import { describe, expect, test } from 'vitest';
import { failedEnds, hasPassed, isShort } from '../../functions/core/cause-ends.ts';
import type { ServiceReading, StoppedTaskReading } from '../../functions/core/observation.ts';
import { durationMillis, earlier, minutes, seconds } from '../../functions/core/time.ts';
import { aStoppedTask, aTarget, aTask, NOW, taskId, traffic } from './builders.ts';
import { aFailedStart, anExit, inputOf } from './cause-scenes.ts';

const idsOf = (stopped: readonly StoppedTaskReading[]) =>
  failedEnds(inputOf({ stopped })).map(({ id }) => id);

function neverRan(exitCode: number): StoppedTaskReading {
  const { startedAt: _never, ...task } = anExit(11, 1, exitCode);
  return task;
}

describe('an end is a failure', () => {
  test.each([
    ['of a task that never started', aFailedStart(11, 1, 'x')],
    ['with an exit code', anExit(11, 1, 1)],
    ['with success, before it ran', neverRan(0)],
    ["by the load balancer's checks", aStoppedTask(11, 1)],
    [
      'by the checks of the container',
      aStoppedTask(11, 1, { stoppedReason: 'Task failed container health checks' }),
    ],
  ])('%s', (_name, end) => {
    expect(idsOf([end])).toEqual([taskId(11)]);
  });
});

describe('an end is no failure', () => {
  test.each([
    ['with success', anExit(11, 1, 0)],
    ['by scaling', aStoppedTask(11, 1, { stoppedReason: 'Scaling activity initiated by x' })],
    ['by a person, who says why', aStoppedTask(11, 1, { stopCode: 'UserInitiated' })],
    ['by a person, with an exit code', anExit(11, 1, 1, { stopCode: 'UserInitiated' })],
    ['of a revision that nobody wants', anExit(11, 1, 1, { revision: 'checkout-api:41' })],
    ['as long ago as the window is', anExit(11, 15, 1)],
  ])('%s', (_name, end) => {
    expect(idsOf([end])).toEqual([]);
  });
});

test('failures are told the newest first, and by id where they came together', () => {
  const ends = [anExit(11, 3, 1), anExit(13, 1, 1), anExit(12, 1, 1), anExit(14, 2, 1)];

  const wanted = [12, 13, 14, 11].map(taskId);
  expect(idsOf(ends)).toEqual(wanted);
  expect(idsOf(ends.toReversed())).toEqual(wanted);
});

describe('a service is short', () => {
  const calm = [1, 2, 3, 4].map((n) => traffic(n, 100, 0));
  const short = (service: Partial<ServiceReading>) => isShort(inputOf({ service, traffic: calm }));
  const rollout = { id: 'ecs-svc/2', status: 'PRIMARY', taskDefinition: 'checkout-api:42' };

  test.each([
    ['of a task that is wanted', { desired: 5 }],
    ['of a task that does not run', { running: 3 }],
    ['while one is to come', { pending: 1 }],
    ['while it is deployed', { deployments: [{ ...rollout, rolloutState: 'IN_PROGRESS' }] }],
  ])('%s', (_name, service) => {
    expect(short(service)).toBe(true);
  });

  test('of a task that is not well', () => {
    const targets = [1, 2, 3, 4].map((n) => aTarget(n, n === 2 ? { state: 'unhealthy' } : {}));

    expect(isShort(inputOf({ targets, traffic: calm }))).toBe(true);
  });

  test('of nothing, when all run and are well', () => {
    expect(short({})).toBe(false);
  });
});

describe('a failure has passed', () => {
  const started = earlier(NOW, minutes(60));
  const before = earlier(started, durationMillis(1));
  const fleet = inputOf({});

  test.each([
    ['when its revision came up after it', { at: before, revision: 'checkout-api:42' }, true],
    ['when any task came up after it, and it had no revision', { at: before }, true],
    ['not when they came up in the same instant', { at: started }, false],
    ['not when they came up before it', { at: NOW }, false],
    ['not when another revision came up', { at: before, revision: 'checkout-api:43' }, false],
  ])('%s', (_name, failed, expected) => {
    expect(hasPassed(fleet, failed)).toBe(expected);
  });

  test('not when what came up is ill', () => {
    const tasks = [aTask(1, { startedAt: earlier(NOW, seconds(90)) })];
    const targets = [aTarget(1, { state: 'unhealthy' })];
    const failed = { at: earlier(NOW, minutes(5)), revision: 'checkout-api:42' };

    expect(hasPassed(inputOf({ tasks, targets }), failed)).toBe(false);
    expect(hasPassed(inputOf({ tasks, targets }), { at: failed.at })).toBe(false);
  });
});
