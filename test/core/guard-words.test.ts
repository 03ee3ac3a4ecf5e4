/** The guardrails and their shared questions, asked at their edges. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../functions/core/evidence.ts';
import { cannotStart, crashLoop } from '../../functions/core/guard-cause.ts';
import { otherActor, scaledToZero } from '../../functions/core/guard-moment.ts';
import { atFloor } from '../../functions/core/guard-victim.ts';
import {
  type GuardrailContext,
  graceOf,
  runningDeployment,
  wantedRevisions,
} from '../../functions/core/guardrail.ts';
import type { LockState } from '../../functions/core/lock.ts';
import {
  complete,
  type ServiceReading,
  type StoppedTaskReading,
  type TaskReading,
} from '../../functions/core/observation.ts';
import { durationMillis, earlier, minutes, seconds } from '../../functions/core/time.ts';
import {
  aLock,
  anObservation,
  aService,
  aStoppedTask,
  aTarget,
  aTask,
  NO_STORM,
  NOW,
  type Scene,
} from './builders.ts';
import { aStop, four } from './decide-table.ts';

function contextOf(scene: Scene = {}, lock: Partial<LockState> = {}): GuardrailContext {
  const service = aService();
  const observation = complete(anObservation(scene));
  if ('unreadable' in observation) throw new Error('incomplete');
  const diagnosis = diagnose(observation, service.policy);
  return { ...NO_STORM, service, lock: aLock(lock), observation, diagnosis, now: NOW };
}

const readingOf = (service: Partial<ServiceReading>) => contextOf({ service }).observation.service;

describe('tasks that cannot start', () => {
  const FAILED = { stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError' };
  const { startedAt: _never, ...neverRan } = aStoppedTask(12, 4, FAILED);
  const two = [aStoppedTask(11, 2, FAILED), neverRan];
  const detailOf = (scene: Scene) => cannotStart(contextOf(scene))?.detail;

  test('are told with the newest words of ECS', () => {
    expect(detailOf({ stopped: two })).toBe(
      '2 tasks of checkout-api:42 failed to start within 15 min: CannotPullContainerError',
    );
  });

  const { startedAt: _not, ...pending } = aTask(4);
  test.each<[string, TaskReading, boolean]>([
    [
      'a task of the same kind started since',
      aTask(4, { startedAt: earlier(NOW, minutes(3)) }),
      true,
    ],
    ['it started since, and is young', aTask(4, { startedAt: earlier(NOW, seconds(20)) }), true],
    ['it has not started yet', pending, false],
    ['it started before', aTask(4, { startedAt: earlier(NOW, minutes(5)) }), false],
    [
      'it started just when the first one failed',
      aTask(4, { startedAt: earlier(NOW, minutes(4)) }),
      false,
    ],
    [
      'it started since, and is ill',
      aTask(4, { startedAt: earlier(NOW, minutes(3)), health: 'UNHEALTHY' }),
      false,
    ],
    [
      'one of another kind started since',
      aTask(4, { startedAt: earlier(NOW, minutes(3)), revision: 'checkout-api:41' }),
      false,
    ],
  ])('are no trouble any more when %s', (_when, task, isOver) => {
    const tasks = [aTask(1), aTask(2), aTask(3), task];
    expect(detailOf({ tasks, stopped: two }) === undefined).toBe(isOver);
  });

  test('are measured from the start of the first, where it had one', () => {
    const first = aStoppedTask(12, 4, {
      stopCode: 'EssentialContainerExited',
      exitCode: 1,
      startedAt: earlier(NOW, seconds(270)),
    });
    const stopped = [aStoppedTask(11, 2, FAILED), first];
    const since = (ago: number) => [
      aTask(1),
      aTask(2),
      aTask(3),
      aTask(4, { startedAt: earlier(NOW, seconds(ago)) }),
    ];

    expect(detailOf({ tasks: since(250), stopped })).toBeUndefined();
    expect(detailOf({ tasks: since(280), stopped })).toBeDefined();
  });

  test('are counted by revision: the larger group, of equal ones the newer', () => {
    const of = (n: number, ago: number, revision: number) =>
      aStoppedTask(n, ago, { ...FAILED, revision: `checkout-api:${revision}` });
    const both = ['PRIMARY', 'ACTIVE'].map((status, n) => ({
      id: `ecs-svc/${n}`,
      status,
      rolloutState: 'COMPLETED',
      taskDefinition: `checkout-api:${42 + n}`,
    }));
    const service = { deployments: both };

    const equal = [of(11, 1, 43), of(12, 2, 42), of(13, 3, 43), of(14, 4, 42)];
    expect(detailOf({ service, stopped: equal })).toContain('2 tasks of checkout-api:43');
    const three = [of(11, 1, 42), of(12, 2, 42), of(13, 3, 42), of(14, 4, 43)];
    expect(detailOf({ service, stopped: three })).toContain('3 tasks of checkout-api:42');
  });
});

describe('a task that ended counts as one that never served', () => {
  const isCounted = (...tasks: readonly StoppedTaskReading[]) =>
    cannotStart(contextOf({ stopped: tasks })) !== undefined;
  const pair = (part: Partial<StoppedTaskReading>, lived?: number) =>
    [11, 12].map((n) => {
      const { startedAt: _none, ...task } = aStoppedTask(n, 1, part);
      const startedAt = earlier(task.stoppedAt, seconds(lived ?? 0));
      return lived === undefined ? task : { ...task, startedAt };
    });
  const EXITED = { stopCode: 'EssentialContainerExited', exitCode: 1 };
  const CHECKS = {
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'failed ELB health checks',
  };

  test.each<[string, readonly StoppedTaskReading[], boolean]>([
    ['it exited before it ran', pair(EXITED), true],
    ['the scheduler ended it before it ran', pair(CHECKS), false],
    ['it exited within its grace', pair(EXITED, 59), true],
    ['it exited at the end of its grace', pair(EXITED, 60), false],
    ['it ended well within its grace', pair({ ...EXITED, exitCode: 0 }, 10), false],
    ['the checks ended it soon after its grace', pair(CHECKS, 239), true],
    ['the checks ended it later', pair(CHECKS, 240), false],
    [
      'the container checks ended it',
      pair({ ...CHECKS, stoppedReason: 'Task failed container health checks' }, 9),
      true,
    ],
    [
      'the scheduler ended it for another reason',
      pair({ ...CHECKS, stoppedReason: 'scaling activity' }, 9),
      false,
    ],
    [
      'a person ended it, whatever the words',
      pair({ ...CHECKS, stopCode: 'UserInitiated' }, 9),
      false,
    ],
  ])('%s', (_when, tasks, counted) => {
    expect(isCounted(...tasks)).toBe(counted);
  });

  test('or as one that crashed, never as both', () => {
    const crashed = pair(EXITED, 600);
    expect(isCounted(...crashed)).toBe(false);
    expect(crashLoop(contextOf({ stopped: crashed }))?.reason).toBe('crash-loop');
    expect(crashLoop(contextOf({ stopped: pair(EXITED, 10) }))).toBeUndefined();
    expect(crashLoop(contextOf({ stopped: pair(EXITED) }))).toBeUndefined();
  });
});

describe('somebody else is at it', () => {
  const detailOf = (scene: Scene, lock?: Partial<LockState>) =>
    otherActor(contextOf(scene, lock))?.detail;
  const events = (ago: number, message = '(service checkout-api) is not AZ balanced') => ({
    service: { events: [{ at: earlier(NOW, durationMillis(ago)), message }] },
  });

  test('while zones are balanced, for half an hour at most', () => {
    expect(detailOf(events(minutes(30)))).toContain('ECS is balancing the zones since');
    expect(detailOf(events(minutes(30) + 1))).toBeUndefined();
    expect(detailOf(events(1, '(service checkout-api) is AZ balanced'))).toBeUndefined();
  });

  test('while traffic is shifted, also where the zone is not known', () => {
    const { zone: _unknown, ...task } = aTask(2);
    const tasks = [aTask(1), task, aTask(3), aTask(4)];
    const targets = four.map((n) => aTarget(n, n === 2 ? { zonalShift: true } : {}));
    expect(detailOf({ tasks, targets })).toBe('a zonal shift is on for the zone of task 02020202');
  });

  const raised = { service: { desired: 6 } };
  test.each<[string, Scene, Partial<LockState>, boolean]>([
    ['none has gone', raised, {}, true],
    ['one went a while ago', { ...raised, stopped: [aStoppedTask(9, 15)] }, {}, true],
    ['one went lately', { ...raised, stopped: [aStoppedTask(9, 14)] }, {}, false],
    ['we stopped one a while ago', raised, { stops: [aStop(15)] }, true],
    ['we stopped one lately', raised, { stops: [aStop(14)] }, false],
  ])('when the desired count is above the tasks, and %s: %s', (_when, scene, lock, isScaling) => {
    expect(detailOf(scene, lock) !== undefined).toBe(isScaling);
  });

  test('who wants no tasks at all has none healed', () => {
    expect(scaledToZero(contextOf({ service: { desired: 0 } }))?.detail).toBe('desired count is 0');
    expect(scaledToZero(contextOf({ service: { desired: 1 } }))).toBeUndefined();
  });
});

describe('healthy tasks that remain', () => {
  test('do not count those that are new, unless the stop before has helped', () => {
    const young = four.map((n) =>
      aTask(n, n === 3 ? { startedAt: earlier(NOW, seconds(20)) } : {}),
    );
    expect(atFloor(contextOf({ tasks: young }))?.detail).toBe(
      '2 healthy tasks would remain, 3 must',
    );
    expect(atFloor(contextOf())).toBeUndefined();
  });
});

describe('a revision is meant to run', () => {
  const of = (status: string, rolloutState: string) => [
    {
      id: 'ecs-svc/1',
      status: 'PRIMARY',
      rolloutState: 'COMPLETED',
      taskDefinition: 'arn:x:task-definition/a:2',
    },
    { id: 'ecs-svc/0', status, rolloutState, taskDefinition: 'a:1' },
  ];

  test.each([
    ['ACTIVE', 'COMPLETED', true],
    ['ACTIVE', 'FAILED', false],
    ['INACTIVE', 'COMPLETED', false],
    ['PRIMARY', 'FAILED', true],
  ])('of a deployment that is %s and %s: %s', (status, rolloutState, isWanted) => {
    const wanted = wantedRevisions(readingOf({ deployments: of(status, rolloutState) }));
    expect([wanted('a:2'), wanted('a:1'), wanted('a:0')]).toEqual([true, isWanted, false]);
  });

  test('by whatever name where ECS tells of no deployment, and of task sets else', () => {
    expect(wantedRevisions(readingOf({ deployments: [] }))('a:0')).toBe(true);
    const wanted = wantedRevisions(readingOf({ deployments: [], taskSets: of('ACTIVE', 'x') }));
    expect([wanted('a:1'), wanted('a:0')]).toEqual([true, false]);
  });
});

test.each<[string, Partial<ServiceReading>, string | undefined]>([
  ['none', {}, undefined],
  [
    'the newest of two',
    {
      deployments: ['b', 'a'].map((id) => ({ id, status: 'ACTIVE', taskDefinition: id })),
    },
    'b',
  ],
  [
    'of two task sets the first',
    {
      controller: 'CODE_DEPLOY',
      deployments: [],
      taskSets: ['b', 'a'].map((id) => ({ id, status: 'ACTIVE', taskDefinition: id })),
    },
    'b',
  ],
  [
    'none of one task set',
    { controller: 'EXTERNAL', taskSets: [{ id: 'a', status: 'PRIMARY', taskDefinition: 'a' }] },
    undefined,
  ],
])('a deployment is under way: %s', (_which, service, id) => {
  expect(runningDeployment(readingOf(service))).toBe(id);
});

test.each([
  [0, 60],
  [60, 60],
  [300, 300],
])('with a grace of %i s at ECS a new task is given %i s', (graceSeconds, given) => {
  expect(graceOf(contextOf({ service: { graceSeconds } }))).toBe(seconds(given));
});
