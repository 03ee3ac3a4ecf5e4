/** What the load balancer and ECS say of checks that fail, as faults. */
import { describe, expect, test } from 'vitest';
import { type Fault, faultsOf, isPassedBySome } from '../../functions/core/cause-faults.ts';
import type { TargetReading } from '../../functions/core/observation.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import { aStoppedTask, aTarget, aTask, NOW, type Scene, taskId } from './builders.ts';
import {
  allGone,
  anExit,
  inputOf,
  mismatch,
  REFUSED,
  stoppedByChecks,
  TIMEOUT,
  unhealthyEvent,
} from './cause-scenes.ts';

const CODES = 'Health checks failed with these codes: [404,503]';

/** The faults of one task with these targets. */
function targetFaults(...targets: readonly Partial<TargetReading>[]): readonly Fault[] {
  const scene = {
    tasks: [aTask(1)],
    targets: targets.map((one) => aTarget(1, { state: 'unhealthy', ...one })),
  };
  return faultsOf(inputOf(scene));
}

describe('a target that fails its checks', () => {
  test.each([
    ['refused', REFUSED, [], 'Target.FailedHealthChecks: Health checks failed'],
    ['timeout', TIMEOUT, [], 'Target.Timeout: Request timed out'],
    [
      'code',
      { ...mismatch(404), description: CODES },
      [404, 503],
      `Target.ResponseCodeMismatch: ${CODES}`,
    ],
    ['refused', { reason: 'Target.FailedHealthChecks' }, [], 'Target.FailedHealthChecks'],
    ['timeout', { reason: 'Target.Timeout' }, [], 'Target.Timeout'],
    ['code', { description: CODES }, [404, 503], CODES],
    ['timeout', { description: 'Request timed out' }, [], 'Request timed out'],
    ['refused', { description: 'Health checks failed' }, [], 'Health checks failed'],
    [
      'timeout',
      { description: 'Request timed out after 500 ms' },
      [],
      'Request timed out after 500 ms',
    ],
  ] as const)('%s: %o', (kind, target, codes, words) => {
    const fault = { taskId: taskId(1), revision: 'checkout-api:42', port: 8080, isRunning: true };

    expect(targetFaults(target)).toEqual([{ ...fault, kind, codes, words }]);
  });

  test.each([
    ['nothing', {}],
    ['words of another kind', { reason: 'Target.Other', description: 'Something else' }],
    ['codes in a sentence of another kind', { description: `Not yet: ${CODES}` }],
    ['a time-out in a sentence of another kind', { description: 'No Request timed out' }],
    ['a failure that has more to it', { description: 'Health checks failed on purpose' }],
    ['a failure of something else', { description: 'Other Health checks failed' }],
  ])('with %s is not understood', (_name, target) => {
    expect(targetFaults(target)).toEqual([]);
  });

  test('counts, and neither one that drains nor one that the load balancer cannot reach', () => {
    const faults = targetFaults(
      REFUSED,
      { ...REFUSED, port: 8081, state: 'draining' },
      { ...REFUSED, port: 8082, state: 'healthy' },
      { ...REFUSED, port: 8083, reason: 'Elb.InternalError' },
    );

    expect(faults.map(({ port }) => port)).toEqual([8080]);
  });
});

test('faults are told by task and port, in whatever order they were read', () => {
  const tasks = [3, 1, 2].map((n) => aTask(n));
  const targets = [9090, 8080].flatMap((port) =>
    [2, 3, 1].map((n) => aTarget(n, { state: 'unhealthy', ...REFUSED, port })),
  );
  const wanted = [1, 2, 3].flatMap((n) => [8080, 9090].map((port) => [taskId(n), port]));

  for (const scene of [
    { tasks, targets },
    { tasks: tasks.toReversed(), targets: targets.toReversed() },
  ]) {
    const faults = faultsOf(inputOf(scene));
    expect(faults.map(({ taskId: id, port }) => [id, port])).toEqual(wanted);
  }
});

describe('a task that was stopped for its checks', () => {
  const gone = aStoppedTask(11, 1);
  const eventsOf = (...events: ReturnType<typeof unhealthyEvent>[]): Scene => {
    const scene = allGone([gone]);
    return { ...scene, service: { ...scene.service, events } };
  };
  const wordsOf = (scene: Scene) =>
    faultsOf(inputOf(scene)).map(({ kind, codes }) => [kind, codes]);

  test('has the fault that its event tells', () => {
    const event = unhealthyEvent(gone, CODES);

    expect(faultsOf(inputOf(eventsOf(event)))).toEqual([
      {
        taskId: taskId(11),
        revision: 'checkout-api:42',
        kind: 'code',
        codes: [404, 503],
        port: 8080,
        words: event.message.slice(event.message.indexOf('(task'), -1),
        isRunning: false,
      },
    ]);
  });

  test.each([
    ['Request timed out', 'timeout'],
    ['Request timed out after 500 ms', 'timeout'],
    ['Health checks failed', 'refused'],
  ])('%s', (reason, kind) => {
    expect(wordsOf(eventsOf(unhealthyEvent(gone, reason)))).toEqual([[kind, []]]);
  });

  test('has the last of what was told of it, past all that was told of others', () => {
    const at = (minutesAgo: number, reason: string) => ({
      ...unhealthyEvent(gone, reason),
      at: earlier(NOW, minutes(minutesAgo)),
    });
    const others = [
      { at: NOW, message: 'has reached a steady state.' },
      unhealthyEvent(aStoppedTask(12, 0), 'Health checks failed'),
    ];
    const told = [at(3, 'Health checks failed'), at(2, 'Request timed out'), ...others];

    expect(wordsOf(eventsOf(...told))).toEqual([['timeout', []]]);
    expect(wordsOf(eventsOf(...told.toReversed()))).toEqual([['timeout', []]]);
  });

  test('has one fault of two that were told at once, in whatever order', () => {
    const told = [
      unhealthyEvent(gone, 'Request timed out'),
      unhealthyEvent(gone, 'Health checks failed'),
    ];

    expect(wordsOf(eventsOf(...told))).toEqual([['refused', []]]);
    expect(wordsOf(eventsOf(...told.toReversed()))).toEqual([['refused', []]]);
  });

  test.each([
    ['nothing was told of it', eventsOf()],
    [
      'the event is as old as the window',
      eventsOf({
        ...unhealthyEvent(gone, 'Request timed out'),
        at: earlier(NOW, minutes(15)),
      }),
    ],
    ['the reason is another', eventsOf(unhealthyEvent(gone, 'Something else'))],
    [
      'it ended by itself',
      {
        ...allGone([anExit(11, 1, 1)]),
        service: {
          desired: 2,
          running: 0,
          events: [unhealthyEvent(anExit(11, 1, 1), 'Request timed out')],
        },
      },
    ],
  ] satisfies [string, Scene][])('has no fault when %s', (_name, scene) => {
    expect(wordsOf(scene)).toEqual([]);
  });

  test('is not asked of while a running task fails', () => {
    const scene = {
      ...stoppedByChecks('Health checks failed'),
      tasks: [aTask(1)],
      targets: [aTarget(1, { state: 'unhealthy', ...TIMEOUT })],
    };

    expect(wordsOf(scene)).toEqual([['timeout', []]]);
  });
});

describe('the checks are passed', () => {
  const sick = { state: 'unhealthy', ...REFUSED, port: 9090 };
  const passed = (targets: readonly TargetReading[], like = 'checkout-api:42') =>
    isPassedBySome(inputOf({ tasks: [aTask(1)], targets }), (revision) => revision === like);

  test('by a task like these that is well, though it leaves another target group', () => {
    expect(passed([aTarget(1)])).toBe(true);
    expect(passed([aTarget(1), aTarget(1, { state: 'draining', port: 9090 })])).toBe(true);
  });

  test('neither by one of another revision, nor by one that is ill behind another target', () => {
    expect(passed([aTarget(1)], 'checkout-api:43')).toBe(false);
    expect(passed([aTarget(1), aTarget(1, sick)])).toBe(false);
  });
});
