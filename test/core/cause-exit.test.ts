/** Causes of tasks that end by themselves, alone or because of what they call. */
import { describe, expect, test } from 'vitest';
import { exitAtStart } from '../../functions/core/cause-exit.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import { aStoppedTask, aTarget, aTask, type Scene, taskId, traffic } from './builders.ts';
import { allGone, anExit, cause, inputOf, said } from './cause-scenes.ts';

const KILLED = {
  exitCode: 137,
  containerReason: 'OutOfMemoryError: Container killed due to memory usage',
} as const;

function killed(n: number, minutesAgo: number) {
  const task = anExit(n, minutesAgo, 137, KILLED);
  return { ...task, startedAt: earlier(task.stoppedAt, minutes(12)) };
}

describe('memory', () => {
  test('is named by the reason of the container', () => {
    expect(cause({ stopped: [killed(11, 1), killed(12, 5)] })).toEqual({
      code: 'out-of-memory',
      sentence:
        '2 tasks of checkout-api:42 were killed for using more memory than allowed, 12 min after the start.',
      evidence: ['OutOfMemoryError: Container killed due to memory usage'],
      fix: 'Raise the memory in the task definition, or mend the leak if its use only grows.',
    });
  });

  test('one task is enough where nothing else is wrong', () => {
    expect(cause(allGone([killed(11, 1)]))?.code).toBe('out-of-memory');
  });

  test.each([
    ['exit code 137 alone', { stopped: [anExit(11, 1, 137), anExit(12, 2, 137)] }],
    ['one such end in a full fleet', { stopped: [killed(11, 1)] }],
    [
      'the smaller half of the ends',
      { stopped: [killed(11, 1), killed(12, 2), anExit(13, 1, 1), anExit(14, 1, 1)] },
    ],
    [
      'the heap of a virtual machine',
      {
        stopped: [11, 12].map((n) =>
          anExit(n, 1, 3, { stoppedReason: 'Essential container in task exited' }),
        ),
      },
    ],
  ] satisfies [string, Scene][])('is not named by %s', (_name, scene) => {
    expect(cause(scene, [said(11, 'java.lang.OutOfMemoryError: Java heap space')])).toBeUndefined();
  });
});

describe('an exit at the start', () => {
  const scene = allGone([anExit(11, 1, 78), anExit(12, 2, 78)]);

  test.each([
    [
      'fatal invalid environment: CATALOG_URL: got nothing, wanted an http or https URL',
      'CATALOG_URL is missing',
    ],
    [
      'fatal invalid environment: CATALOG_URL: got nothing, wanted x; DB_HOST: got nothing, wanted y',
      'CATALOG_URL and DB_HOST are missing',
    ],
    ['Error: Missing required environment variable: DATABASE_URL', 'DATABASE_URL is missing'],
    ["error Environment variable 'DATABASE_URL' is not set", 'DATABASE_URL is missing'],
    ['panic: required key STRIPE_API_URL missing value', 'STRIPE_API_URL is missing'],
    ["KeyError: 'DJANGO_SETTINGS'", 'DJANGO_SETTINGS is missing'],
    [
      "Caused by: java.lang.IllegalArgumentException: Could not resolve placeholder 'catalog.url'",
      'catalog.url is missing',
    ],
    [
      "Error: ENOENT: no such file or directory, open '/etc/app/config.yaml'",
      '/etc/app/config.yaml is missing',
    ],
    [
      'fatal open /etc/app/config.yaml: no such file or directory',
      '/etc/app/config.yaml is missing',
    ],
    ['{"level":"fatal","msg":"PORT must be set"}', 'PORT is missing'],
  ])('names what is missing: %s', (line, missing) => {
    const lines = [
      said(11, 'info starting', line, '    at load (/app/config.js:1:2)', 'Node.js v24.1.0'),
    ];

    expect(cause(scene, lines)).toMatchObject({
      code: 'exit-at-start',
      sentence: `2 tasks of checkout-api:42 exited with code 78, 4.0 s after the start: ${missing}.`,
      evidence: [line],
    });
  });

  test('without a name shows its last words', () => {
    const lines = [
      said(11, 'info starting', 'TypeError: x is not a function', '    at main.js:3', ''),
    ];

    expect(cause(scene, lines)).toMatchObject({
      code: 'exit-at-start',
      sentence:
        '2 tasks of checkout-api:42 exited with code 78, 4.0 s after the start; its last ' +
        'words: TypeError: x is not a function.',
      evidence: ['TypeError: x is not a function'],
    });
  });

  test('without words says what ECS says', () => {
    const [first] = scene.stopped ?? [];
    const { startedAt: _never, ...neverRan } = first ?? anExit(11, 1, 78);

    expect(exitAtStart(inputOf(allGone([neverRan])))).toMatchObject({
      sentence: '1 task of checkout-api:42 exited with code 78 before it ran.',
      evidence: ['Essential container in task exited (exit code 78)'],
    });
  });

  test('that misses something for its comfort only is not blamed on that', () => {
    const lines = [said(11, 'warn SENTRY_DSN is not set', 'TypeError: x is not a function')];

    expect(cause(scene, lines)?.sentence).not.toContain('SENTRY_DSN');
  });

  test.each([
    ['code 0', allGone([anExit(11, 1, 0)])],
    ['an answer to SIGTERM', allGone([anExit(11, 1, 143)])],
    [
      'an end after an hour',
      allGone([
        aStoppedTask(11, 1, {
          stopCode: 'EssentialContainerExited',
          exitCode: 1,
          startedAt: earlier(aStoppedTask(11, 1).stoppedAt, minutes(60)),
        }),
      ]),
    ],
    [
      'a stop by a person',
      allGone([
        anExit(11, 1, 1, { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' }),
      ]),
    ],
    ['a fleet that is full again', { stopped: [anExit(11, 5, 1)] }],
  ] satisfies [string, Scene][])('is not %s', (_name, other) => {
    expect(cause(other, [said(11, 'Error: DATABASE_URL is not set')])).toBeUndefined();
  });
});

/** Four tasks of which these fail most of their requests, each with these last errors. */
function erring(lastErrors: Readonly<Record<number, readonly string[]>>): Scene {
  return {
    traffic: [1, 2, 3, 4].map((n) => ({
      ...traffic(n, 100, n in lastErrors ? 80 : 0),
      lastErrors: lastErrors[n] ?? [],
    })),
  };
}

const COLLECTOR_DOWN = '500 otlp exporter: connect ECONNREFUSED 10.0.0.1:4318';

describe('what the tasks call', () => {
  const down = ['502 catalog answered 503', '502 catalog answered 503'];

  test('is named when all that fail log the same', () => {
    expect(cause(erring({ 1: down, 2: down, 3: down, 4: down }))).toEqual({
      code: 'dependency',
      sentence: '4 failing tasks log the same error of what they call: catalog answered 503.',
      evidence: ['502 catalog answered 503'],
      fix: 'Heal what this line names, or the way to it: these tasks only pass its failure on.',
    });
  });

  test('is named with the service behind that has an alarm on', () => {
    const downstream = [{ serviceId: 'shop-prod/catalog-api', ringing: ['catalog-5xx'] }];

    expect(cause({ ...erring({ 1: down, 2: down, 3: down, 4: down }), downstream })?.sentence).toBe(
      '4 failing tasks log the same error of what they call: catalog answered 503; ' +
        'shop-prod/catalog-api has an alarm on too.',
    );
  });

  test.each([
    ['error connect ECONNREFUSED 10.0.9.9:5432', 'error connect ECONNREFUSED 10.0.9.10:5432'],
    ['Error: getaddrinfo ENOTFOUND db.internal', 'Error: getaddrinfo ENOTFOUND db.internal'],
    [
      'psycopg2.OperationalError: could not connect to server: Connection timed out',
      'psycopg2.OperationalError: could not connect to server: Connection timed out',
    ],
    [
      'error catalog request failed: no answer within 1000 ms',
      'error catalog request failed: no answer within 1000 ms',
    ],
    ['FATAL: sorry, too many clients already', 'FATAL: sorry, too many clients already'],
  ])('is named before the exit that it causes: %s', (one, other) => {
    const scene = allGone([anExit(11, 1, 1), anExit(12, 2, 1)]);

    expect(cause(scene, [said(11, one), said(12, other)])?.code).toBe('dependency');
  });

  test('at an address of the task itself is a wrong address', () => {
    const scene = allGone([anExit(11, 1, 1), anExit(12, 2, 1)]);
    const line = 'Error: connect ECONNREFUSED 127.0.0.1:5432';

    expect(cause(scene, [said(11, line), said(12, line)])?.fix).toMatch(/^Correct the address/);
  });

  test.each([
    ['one task alone', erring({ 2: down })],
    ['different errors', erring({ 1: down, 2: ['500 connect ECONNREFUSED 10.0.9.9:5432'] })],
    [
      'an error of their own',
      erring({
        1: ['500 pool exhausted'],
        2: ['500 pool exhausted'],
        3: ['500 pool exhausted'],
        4: ['500 pool exhausted'],
      }),
    ],
    [
      'an error that is not the usual one',
      erring({ 1: [...down, '500 a', '500 b', '500 c'], 2: down, 3: down, 4: down }),
    ],
    ['a task that serves without it', erring({ 1: down, 2: down, 3: down })],
    [
      'measurements that cannot be sent',
      erring(Object.fromEntries([1, 2, 3, 4].map((n) => [n, [COLLECTOR_DOWN]]))),
    ],
    ['clients that went away', erring({ 1: ['500 read ECONNRESET'], 2: ['500 read ECONNRESET'] })],
  ] satisfies [string, Scene][])('is not named by %s', (_name, scene) => {
    expect(cause(scene)).toBeUndefined();
  });

  test('is not named where one that fails says otherwise', () => {
    const scene = { ...allGone([11, 12, 13].map((n) => aStoppedTask(n, n - 10))) };
    const line = 'error catalog answered 503';

    expect(
      cause(scene, [said(11, line), said(12, line), said(13, 'info serving')]),
    ).toBeUndefined();
  });

  test('is named though a task that is ill has not said anything', () => {
    const tasks = [1, 2, 3].map((n) => aTask(n));
    const targets = [1, 2, 3].map((n) => aTarget(n, { state: 'unhealthy' }));
    const line = 'error catalog answered 503';
    const scene = { tasks, targets, traffic: [] };

    expect(cause(scene, [said(1, line), said(2, line)])).toMatchObject({ code: 'dependency' });
    expect(taskId(3)).toHaveLength(32);
  });
});
