/** Causes between the load balancer's checks and tasks that work. */
import { describe, expect, test } from 'vitest';
import type { TaskLines } from '../../functions/core/cause.ts';
import { earlier, minutes, seconds } from '../../functions/core/time.ts';
import {
  aService,
  aStoppedTask,
  aTarget,
  aTask,
  NOW,
  type Scene,
  taskId,
  traffic,
} from './builders.ts';
import {
  allGone,
  cause,
  failingChecks,
  REFUSED,
  said,
  stoppedByChecks,
  TIMEOUT,
} from './cause-scenes.ts';

const recently = (n: number, ...recent: readonly string[]): TaskLines => ({
  taskId: taskId(n),
  lines: ['listening on 0.0.0.0:8080', 'ready'],
  recent,
});

describe('the security group', () => {
  test('is closed when no check is answered in time, while every task works on', () => {
    const lines = [recently(1, 'info serving'), recently(2, 'info serving')];

    expect(cause(failingChecks(TIMEOUT), lines)).toEqual({
      code: 'security-group',
      sentence:
        'The load balancer gets no answer from 2 tasks on port 8080, while they log that they serve.',
      evidence: ['Target.Timeout: Request timed out', 'info serving'],
      fix: "Allow port 8080 from the load balancer's security group to the tasks'.",
    });
  });

  test('is closed when the container answers its own check', () => {
    const line = '127.0.0.1 - - "GET /health HTTP/1.1" 200 2 "-" "curl/8.5"';

    expect(cause(failingChecks(TIMEOUT), [recently(1, line)])?.code).toBe('security-group');
  });

  test.each([
    ['the tasks are silent, as those that hang are', [recently(1), recently(2)]],
    ['one of them is silent', [recently(1, 'info serving'), recently(2)]],
    ['only old lines say that they served', [said(1, 'info serving'), said(2, 'info serving')]],
    ['they complain', [recently(1, 'info serving', 'error query timed out')]],
    ['they do not serve', [recently(1, 'warn not ready')]],
    ['no lines were read', []],
  ])('is not named when %s', (_name, lines) => {
    expect(cause(failingChecks(TIMEOUT), lines)).toBeUndefined();
  });

  test.each([
    [
      'one target answers',
      {
        ...failingChecks(TIMEOUT),
        targets: [aTarget(1, { state: 'unhealthy', ...TIMEOUT }), aTarget(2)],
      },
    ],
    [
      'one target refuses',
      {
        ...failingChecks(TIMEOUT),
        targets: [
          aTarget(1, { state: 'unhealthy', ...TIMEOUT }),
          aTarget(2, { state: 'unhealthy', ...REFUSED }),
        ],
      },
    ],
  ] satisfies [string, Scene][])('is not named when %s', (_name, scene) => {
    const lines = [recently(1, 'info serving'), recently(2, 'info serving')];

    expect(cause(scene, lines)).toBeUndefined();
  });
});

describe('the registration', () => {
  const gone = {
    reason: 'Target.NotRegistered',
    description: 'Target is not registered to the target group',
  };
  const unused = {
    state: 'unused',
    reason: 'Target.NotInUse',
    description: 'Target group is not configured to receive traffic from the load balancer',
  };

  test.each([
    ['no target at all', { targets: [] }, 'the target group lists no target of them'],
    [
      'targets that only drain',
      {
        targets: [1, 2, 3, 4].map((n) =>
          aTarget(n, { state: 'draining', reason: 'Target.DeregistrationInProgress' }),
        ),
      },
      'draining: Target.DeregistrationInProgress',
    ],
    [
      'targets that are not registered',
      { targets: [1, 2, 3, 4].map((n) => aTarget(n, { state: 'unused', ...gone })) },
      `unused: Target.NotRegistered: ${gone.description}`,
    ],
  ] satisfies [string, Scene, string][])('is missing: %s', (_name, scene, shown) => {
    const idle = [1, 2, 3, 4].map((n) => traffic(n, 0, 0));

    expect(cause({ traffic: idle, ...scene })).toMatchObject({
      code: 'no-targets',
      sentence: 'None of 4 running tasks is registered with the target group.',
      evidence: [shown],
    });
  });

  test('is there, and no listener uses the target group', () => {
    const targets = [1, 2, 3, 4].map((n) => aTarget(n, unused));

    expect(cause({ traffic: [], targets })).toMatchObject({
      code: 'no-targets',
      fix: 'Attach the target group to a listener rule, in every zone of the tasks.',
    });
  });

  test.each([
    ['one task is registered', { targets: [aTarget(1)] }],
    [
      'the tasks only start',
      { targets: [], tasks: [aTask(1, { startedAt: earlier(NOW, seconds(20)) })] },
    ],
    ['no task runs', { targets: [], tasks: [] }],
    [
      'the targets cannot be told',
      {
        targets: [1, 2, 3, 4].map((n) =>
          aTarget(n, { state: 'unavailable', reason: 'Elb.InternalError' }),
        ),
      },
    ],
  ] satisfies [string, Scene][])('is not named when %s', (_name, scene) => {
    expect(cause({ traffic: [], ...scene })).toBeUndefined();
  });
});

describe('the grace period', () => {
  const booting = stoppedByChecks('Health checks failed');
  const all = (...lines: readonly string[]) => [said(11, ...lines), said(12, ...lines)];

  test('is too short when tasks are stopped on their way', () => {
    expect(cause({ ...booting }, all('info loading 41 of 90 tables'))).toEqual({
      code: 'slow-start',
      sentence:
        '2 tasks of checkout-api:42 had not said that they were ready when the health checks ' +
        'stopped them, 1 min after the start (grace period 1 min).',
      evidence: [
        expect.stringMatching(/^Task failed ELB health checks/),
        'info loading 41 of 90 tables',
      ],
      fix: 'Raise the health check grace period of the service above the start-up time, or start faster.',
    });
  });

  test.each([
    [
      'it listens, and says 503',
      'Health checks failed with these codes: [503]',
      ['listening on 0.0.0.0:8080'],
    ],
    [
      'it is ready only while it is stopped',
      'Health checks failed',
      ['info loading', 'info draining', 'info ready'],
    ],
    [
      'it says that it took too long',
      'Health checks failed',
      ['Started CheckoutApplication in 63.1 seconds (process running for 64.2)'],
    ],
    [
      'it says that it is not ready',
      'Health checks failed',
      ['info not ready yet: 41 of 90 tables'],
    ],
  ])('is too short when %s', (_name, reason, lines) => {
    expect(cause(stoppedByChecks(reason), all(...lines))?.code).toBe('slow-start');
  });

  test.each([
    ['it was ready', ['info ready']],
    ['it listened', ['listening on 0.0.0.0:8080']],
    [
      'it started in time',
      ['Started CheckoutApplication in 12.4 seconds (process running for 13.0)'],
    ],
    ['it complains', ['info loading', 'error no table']],
    ['it says nothing', []],
  ])('is not named when %s', (_name, lines) => {
    expect(cause(booting, all(...lines))).toBeUndefined();
  });

  test.each([
    [
      'it had run for long',
      allGone(
        [11, 12].map((n) => aStoppedTask(n, n - 10, { startedAt: earlier(NOW, minutes(50)) })),
      ),
    ],
    ['it is one task only', allGone([aStoppedTask(11, 1)])],
    [
      'it was stopped for scaling',
      allGone(
        [11, 12].map((n) =>
          aStoppedTask(n, n - 10, {
            stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)',
          }),
        ),
      ),
    ],
    ['the grace is longer', { ...booting, service: { ...booting.service, graceSeconds: 300 } }],
  ] satisfies [string, Scene][])('is not named when %s', (_name, scene) => {
    expect(cause(scene, all('info loading'))).toBeUndefined();
  });

  test('is not named when it lived on long after its late start', () => {
    const lived = [11, 12].map((n) => {
      const task = aStoppedTask(n, n - 10);
      return { ...task, startedAt: earlier(task.stoppedAt, seconds(150)) };
    });

    expect(
      cause(allGone(lived), all('Started CheckoutApplication in 63.1 seconds')),
    ).toBeUndefined();
  });

  test('is not named when something sharper is known', () => {
    expect(cause(booting, all('listening on 127.0.0.1:8080'))?.code).toBe('loopback-bind');
    const wrongPath = stoppedByChecks('Health checks failed with these codes: [404]');
    expect(cause(wrongPath, all('info loading'), aService())?.code).toBe('wrong-health-path');
  });
});
