/** Causes between the load balancer's checks and tasks that work. */
import { describe, expect, test } from 'vitest';
import { earlier, seconds } from '../../functions/core/time.ts';
import { aTarget, aTask, NOW, type Scene, traffic } from './builders.ts';
import {
  cause,
  failingChecks,
  mismatch,
  REFUSED,
  said,
  stoppedByChecks,
  TIMEOUT,
} from './cause-scenes.ts';

const refused = failingChecks(REFUSED);
const both = (...lines: readonly string[]) => [said(1, ...lines), said(2, ...lines)];

describe('where it listens', () => {
  test.each([
    ['loopback-bind', 'info listening on 127.0.0.1:8080'],
    ['loopback-bind', 'Server listening at http://127.0.0.1:8080'],
    ['loopback-bind', 'INFO: Uvicorn running on http://127.0.0.1:8080 (Press CTRL+C to quit)'],
    ['loopback-bind', ' * Running on http://127.0.0.1:8080'],
    ['loopback-bind', 'Now listening on: http://localhost:8080'],
    ['loopback-bind', 'listening on [::1]:8080'],
    ['wrong-port', 'info listening on 0.0.0.0:3000'],
    ['wrong-port', 'Tomcat started on port(s): 8081 (http) with context path'],
    ['wrong-port', 'Listening on http://0.0.0.0:3000, CTRL+C to stop'],
    ['wrong-port', 'Example app listening on port 3000!'],
    ['wrong-port', 'listening on :3000'],
    ['wrong-port', 'Now listening on: http://[::]:5000'],
    ['wrong-port', 'ready - started server on 0.0.0.0:3000, url: http://localhost:3000'],
    ['wrong-port', ' * Running on http://127.0.0.1:5000'],
  ])('%s: %s', (code, line) => {
    expect(cause(refused, both('info starting', line))).toMatchObject({
      code,
      evidence: expect.arrayContaining([
        line.trim(),
        'Target.FailedHealthChecks: Health checks failed',
      ]),
    });
  });

  test('is told with both ports and all addresses', () => {
    expect(cause(refused, both('listening on 127.0.0.1:5000'))).toMatchObject({
      code: 'wrong-port',
      sentence:
        'The application listens on port 5000 on 127.0.0.1 only, the health checks of 2 tasks go to 8080.',
      fix:
        'Let the application listen on 0.0.0.0:8080, or correct the container port of the task ' +
        'definition and the target group.',
    });
    expect(cause(refused, both('listening on 127.0.0.1:8080'))).toMatchObject({
      sentence:
        'The application listens on 127.0.0.1 only, port 8080: the load balancer cannot reach it (2 tasks).',
      fix: 'Let the application listen on 0.0.0.0:8080, not on 127.0.0.1.',
    });
  });

  test('is told of tasks that are gone by the events about them', () => {
    const lines = [
      said(11, 'listening on 127.0.0.1:8080'),
      said(12, 'listening on 127.0.0.1:8080'),
    ];

    expect(cause(stoppedByChecks('Health checks failed'), lines)?.code).toBe('loopback-bind');
  });

  test.each([
    ['the right place', ['listening on 0.0.0.0:8080']],
    ['the right port, without an address', ['listening on port 8080']],
    [
      'all addresses one by one',
      ['Server listening at http://127.0.0.1:8080', 'Server listening at http://10.0.0.1:8080'],
    ],
    [
      'all addresses at once',
      [' * Running on all addresses (0.0.0.0)', ' * Running on http://127.0.0.1:8080'],
    ],
    ['a port for measurements first', ['metrics listening on :9090']],
    ['a debugger', ['Debugger listening on ws://127.0.0.1:9229/4f0c']],
    ['somebody it calls', ['consumer running on kafka.internal:9092']],
    ['nowhere yet', ['info starting', 'connecting to 10.0.9.9:5432']],
    ['a second port besides the right one', ['listening on :8080', 'gRPC listening on :50051']],
  ])('is fine: %s', (_name, lines) => {
    expect(cause(refused, both(...lines))).toBeUndefined();
  });

  test.each([
    [
      'a task of the same revision is well',
      {
        ...refused,
        tasks: [1, 2, 3].map((n) => aTask(n)),
        targets: [
          aTarget(1, { state: 'unhealthy', ...REFUSED }),
          aTarget(2, { state: 'unhealthy', ...REFUSED }),
          aTarget(3),
        ],
      },
    ],
    ['the checks time out', failingChecks(TIMEOUT)],
    [
      'the load balancer has trouble of its own',
      failingChecks({
        reason: 'Elb.InternalError',
        description: 'Health checks failed due to an internal error',
      }),
    ],
    [
      'the tasks are within their grace',
      { ...refused, tasks: [1, 2].map((n) => aTask(n, { startedAt: earlier(NOW, seconds(20)) })) },
    ],
  ] satisfies [string, Scene][])('is not named when %s', (_name, scene) => {
    expect(cause(scene, both('listening on 127.0.0.1:8080'))).toBeUndefined();
  });
});

describe('the path of the health check', () => {
  const busy = { traffic: [1, 2].map((n) => traffic(n, 100, 0)) };

  test.each([
    [404, 'Set the health check of the target group to a path that the application has.'],
    [401, 'Let the path of the health check answer without a login.'],
    [403, 'Let the path of the health check answer without a login.'],
    [301, 'Point the health check to the final path, or accept the code in its matcher.'],
    [302, 'Point the health check to the final path, or accept the code in its matcher.'],
  ])('is wrong when every target answers %d while requests succeed', (code, fix) => {
    expect(cause(failingChecks(mismatch(code), busy))).toEqual({
      code: 'wrong-health-path',
      sentence: `The health check gets ${code} from 2 tasks, and only 0.0 % of 200 requests fail.`,
      evidence: [`Target.ResponseCodeMismatch: Health checks failed with these codes: [${code}]`],
      fix,
    });
  });

  test('is wrong when no task complains, and shown by the line of the check', () => {
    const line = '10.0.1.7 - - "GET /healthz HTTP/1.1" 404 162 "-" "ELB-HealthChecker/2.0"';

    expect(cause(failingChecks(mismatch(404)), both('listening on :8080', line))).toMatchObject({
      code: 'wrong-health-path',
      sentence: 'The health check gets 404 from 2 tasks, and no task logs an error.',
      evidence: expect.arrayContaining([line]),
    });
  });

  test('is wrong for tasks that are gone, by the events about them', () => {
    const scene = stoppedByChecks('Health checks failed with these codes: [404]');

    expect(cause(scene, [said(11, 'info serving')])?.code).toBe('wrong-health-path');
  });

  test.each([
    ['the application fails', failingChecks(mismatch(503), busy)],
    [
      'only some answer so',
      {
        ...busy,
        ...failingChecks({}, busy),
        targets: [
          aTarget(1, { state: 'unhealthy', ...mismatch(404) }),
          aTarget(2, { state: 'unhealthy', ...TIMEOUT }),
        ],
      },
    ],
    [
      'codes differ',
      failingChecks(
        { ...mismatch(404), description: 'Health checks failed with these codes: [404,503]' },
        busy,
      ),
    ],
    [
      'requests fail as well',
      failingChecks(mismatch(404), { traffic: [1, 2].map((n) => traffic(n, 100, 50)) }),
    ],
    [
      'another task answers well',
      {
        ...busy,
        targets: [aTarget(1, { state: 'unhealthy', ...mismatch(404) }), aTarget(2)],
        tasks: [1, 2].map((n) => aTask(n)),
      },
    ],
    ['nothing is known of the tasks', failingChecks(mismatch(404))],
  ] satisfies [string, Scene][])('is not named when %s', (_name, scene) => {
    expect(cause(scene)).toBeUndefined();
  });

  test('is not named when a task complains', () => {
    const lines = both('error template /healthz failed');

    expect(cause(failingChecks(mismatch(404)), lines)).toBeUndefined();
  });
});
