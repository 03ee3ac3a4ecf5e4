/** How each task is seen, why, and who comes first of several that are ill. */
import { describe, expect, test } from 'vitest';
import {
  type Diagnosis,
  diagnose,
  isJudged,
  percent,
  type TaskView,
} from '../../functions/core/evidence.ts';
import { complete, type TargetReading } from '../../functions/core/observation.ts';
import { earlier, seconds } from '../../functions/core/time.ts';
import {
  anObservation,
  aService,
  aTarget,
  aTask,
  NOW,
  type Scene,
  slowTraffic,
  taskId,
  traffic,
} from './builders.ts';
import { four, unhealthy } from './decide-table.ts';

const { policy } = aService();

function look(scene: Scene, hasBalancer = true): Diagnosis {
  const seen = anObservation(scene);
  const all = complete(hasBalancer ? seen : { ...seen, targets: { kind: 'absent' } });
  if ('unreadable' in all) throw new Error('incomplete');
  return diagnose(all, policy);
}

const YOUNG = { startedAt: earlier(NOW, seconds(20)) };
const { ip: _nowhere, ...HOMELESS } = aTask(1);
const { startedAt: _never, ...UNSTARTED } = aTask(1);

describe('a task is seen', () => {
  const seen = (view: TaskView | undefined) => [view?.condition, view?.because];
  const at = (...targets: readonly TargetReading[]) => ({ tasks: [aTask(1)], targets });

  test.each<[string, string | undefined, Scene]>([
    ['healthy', undefined, at(aTarget(1))],
    ['young', 'within its start-up grace', { ...at(aTarget(1)), tasks: [aTask(1, YOUNG)] }],
    [
      'leaving',
      'being stopped, DEACTIVATING',
      { tasks: [aTask(1, { desiredStatus: 'STOPPED', lastStatus: 'DEACTIVATING' })] },
    ],
    ['starting', 'is PENDING', { tasks: [aTask(1, { lastStatus: 'PENDING' })] }],
    ['starting', 'is RUNNING', { tasks: [UNSTARTED] }],
    [
      'starting',
      'container health check fails',
      { ...at(aTarget(1)), tasks: [aTask(1, { ...YOUNG, health: 'UNHEALTHY' })] },
    ],
    [
      'starting',
      'target 10.0.0.1:8080 is unhealthy (Target.Timeout: Request timed out)',
      { ...at(unhealthy(1)), tasks: [aTask(1, YOUNG)] },
    ],
    ['starting', 'first load-balancer checks in progress', at(aTarget(1, { state: 'initial' }))],
    ['starting', 'not registered with the load balancer', { ...at(), tasks: [aTask(1, YOUNG)] }],
    ['unknown', 'not registered with the load balancer', at()],
    ['unknown', 'not registered with the load balancer', { tasks: [HOMELESS] }],
    [
      'unknown',
      'target is draining, unused',
      at(aTarget(1, { state: 'draining' }), aTarget(1, { port: 9090, state: 'unused' })),
    ],
    [
      'ill',
      'target 10.0.0.1:8080 is unhealthy (Target.FailedHealthChecks)',
      at(aTarget(1, { state: 'unhealthy', reason: 'Target.FailedHealthChecks' })),
    ],
    [
      'unknown',
      'target is unhealthy',
      at(aTarget(1, { state: 'unhealthy', reason: 'Elb.InternalError' })),
    ],
  ])('%s: %s', (condition, because, scene) => {
    expect(seen(look(scene).views[0])).toEqual([condition, because]);
  });

  test('well without a load balancer, when its container is', () => {
    expect(seen(look({ tasks: [HOMELESS] }, false).views[0])).toEqual(['healthy', undefined]);
  });

  test('no more once it is stopped', () => {
    const views = look({ tasks: [aTask(1), aTask(2, { lastStatus: 'STOPPED' })] }).views;
    expect(views.map(({ task }) => task.id)).toEqual([taskId(1)]);
  });
});

describe('of tasks that fail their health checks', () => {
  const order = (scene: Scene) =>
    look(scene).suspects.map(({ view }) => Number(view.task.ip?.at(-1)));
  const sick = (...ids: readonly number[]) =>
    four.map((n) => (ids.includes(n) ? unhealthy(n) : aTarget(n)));

  test('the one that fails most of its requests comes first', () => {
    const errors = [0, 0, 10, 40, 20];
    const failing = four.map((n) => traffic(n, 200, errors[n] ?? 0));
    expect(order({ targets: sick(2, 3, 4), traffic: failing }).slice(0, 3)).toEqual([3, 4, 2]);
  });

  test('one without requests comes last', () => {
    const failing = [traffic(1, 100, 0), traffic(3, 10, 5)];
    expect(order({ targets: sick(2, 3), traffic: failing })).toEqual([3, 2]);
  });

  test.each([[[1, 2, 3, 4]], [[4, 3, 2, 1]], [[3, 1, 4, 2]]])(
    'equals go by their id, in whatever order they are seen: %j',
    (ids) => {
      const tasks = ids.map((n) => aTask(n));
      expect(order({ tasks, targets: sick(2, 3, 4), traffic: [] })).toEqual([2, 3, 4]);
    },
  );
});

describe('where the logs are silent', () => {
  const ODD = { anomalous: true, mitigated: false };
  const odd = (...ids: readonly number[]) =>
    four.map((n) => (ids.includes(n) ? aTarget(n, { anomaly: ODD }) : aTarget(n)));
  const suspectsOf = (scene: Scene) =>
    look(scene).suspects.map(({ kind, view, detail }) => [kind, view.task.ip, detail]);
  const words = "the load balancer finds its answers anomalous against its peers'";

  test('the word of the load balancer is taken', () => {
    expect(suspectsOf({ targets: odd(3), traffic: [] })).toEqual([['anomaly', '10.0.0.3', words]]);
  });

  test('it is taken when too few requests are known', () => {
    expect(suspectsOf({ targets: odd(3), traffic: [traffic(3, 19, 0)] })).toHaveLength(1);
  });

  test('it is not taken against the logs', () => {
    expect(suspectsOf({ targets: odd(3), traffic: [traffic(3, 20, 0)] })).toEqual([]);
  });

  test('it is not taken about two', () => {
    expect(suspectsOf({ targets: odd(2, 3), traffic: [] })).toEqual([]);
  });

  test('it may route around one of two ports only', () => {
    const targets = [
      ...four.map((n) => aTarget(n)),
      aTarget(3, { port: 9090, anomaly: { anomalous: true, mitigated: true } }),
    ];
    expect(suspectsOf({ targets, traffic: [] })).toEqual([
      ['anomaly', '10.0.0.3', `${words}, and routes around it meanwhile`],
    ]);
  });
});

describe('an only task', () => {
  const only = (errors: number) =>
    look({ tasks: [aTask(1)], targets: [aTarget(1)], traffic: [traffic(1, 100, errors)] });

  test.each([
    [9, []],
    [10, ['only-task 10.0 % of its 100 requests failed, and it has no peers']],
  ])('of which %i of 100 requests fail', (errors, suspects) => {
    expect(only(errors).suspects.map(({ kind, detail }) => `${kind} ${detail}`)).toEqual(suspects);
  });
});

describe('a task speaks for its group', () => {
  const view = (condition: TaskView['condition'], requests?: number): TaskView => ({
    task: aTask(1),
    targets: [],
    condition,
    ...(requests === undefined ? {} : { traffic: traffic(1, requests, 0) }),
  });

  test.each<[TaskView['condition'], number | undefined, boolean]>([
    ['healthy', undefined, true],
    ['ill', undefined, true],
    ['unknown', undefined, true],
    ['starting', 100, false],
    ['leaving', 100, false],
    ['young', undefined, false],
    ['young', 19, false],
    ['young', 20, true],
  ])('%s with %s requests: %s', (condition, requests, isHeard) => {
    expect(isJudged(view(condition, requests), policy)).toBe(isHeard);
  });
});

test.each([
  ['errors', traffic(2, 100, 10), traffic(2, 100, 9)],
  ['slow requests', slowTraffic(2, 100, 25), slowTraffic(2, 100, 24)],
])('a share of %s that hurts makes a task ill', (_what, bad, good) => {
  expect(look({ traffic: [bad] }).illIds).toEqual([taskId(2)]);
  expect(look({ traffic: [good] }).illIds).toEqual([]);
});

test('shares are told with one decimal', () => {
  expect(percent({ requests: 3, errors: 2 })).toBe('66.7 %');
  expect(percent({ requests: 0, errors: 0 })).toBe('0.0 %');
});
