/** What failing tasks call: which of their lines are told, and which are not. */
import { describe, expect, test } from 'vitest';
import type { CauseInput } from '../../functions/core/cause.ts';
import { dependency } from '../../functions/core/cause-dependency.ts';
import { earlier, seconds } from '../../functions/core/time.ts';
import { aTarget, aTask, NOW, type Scene, traffic } from './builders.ts';
import { allGone, anExit, cause, inputOf, said } from './cause-scenes.ts';

const DOWN = 'catalog answered 503';

/** Two tasks that ended by themselves, each after this line. */
const ended = (one: string, other = one) =>
  cause(allGone([anExit(11, 1, 1), anExit(12, 2, 1)]), [said(11, one), said(12, other)]);

/** Four tasks: those with errors fail 80 of 100 requests, each with these last errors. */
function erring(lastErrors: Readonly<Record<number, readonly string[]>>): Scene {
  return {
    traffic: [1, 2, 3, 4].map((n) => ({
      ...traffic(n, 100, n in lastErrors ? 80 : 0),
      lastErrors: lastErrors[n] ?? [],
    })),
  };
}

const everybody = (...lines: readonly string[]) =>
  erring({ 1: lines, 2: lines, 3: lines, 4: lines });

describe('a call that failed', () => {
  test.each([
    'connection refused',
    'connection to db.internal refused',
    'connection to db.internal timed out',
    'connection failed',
    'connect timeout after 5 s',
    'connect timed out',
    'connection timeout',
    'could not connect to db.internal',
    "can't establish connection to db.internal",
    'unable to open connections to db.internal',
    'request failed: no answer',
    'query to db.internal failed: no answer',
    'upstream error of catalog',
    'upstream catalog.internal error',
    'upstream timeout',
    'upstream time out',
    'upstream catalog.internal timed out',
    'upstream catalog.internal timedout',
    'catalog replied with status code 503',
  ])('is known: %s', (line) => {
    expect(ended(`error ${line}`)?.code).toBe('dependency');
  });

  test.each([
    'error connection to',
    'error otlp exporter: connect ECONNREFUSED 10.0.0.1:4000',
    'error connect ECONNREFUSED 10.0.0.1:4317',
    'error connect ECONNREFUSED 10.0.0.1:4318',
    'error xray daemon: connect ECONNREFUSED 10.0.0.1:2000',
    'error x-ray daemon: connect ECONNREFUSED 10.0.0.1:2000',
  ])('is none that matters: %s', (line) => {
    expect(ended(line)?.code).toBe('exit-at-start');
  });

  test.each([
    ['numbers', 'connect ECONNREFUSED 10.0.9.9:5432', 'connect ECONNREFUSED 10.0.9.10:5432'],
    ['capitals', 'Catalog request failed: busy', 'catalog request failed: busy'],
    ['ids', 'call to 3f9c2a1bdeadbeef failed: busy', 'call to abcdefabcdefabcdefab failed: busy'],
    [
      'long ids',
      'request to 3f9c2a1b-aaaa-bbbb-cccc-abcdefabcdef failed: busy',
      'request to abcdefab-cdef-abcd-efab-cdefabcdefab failed: busy',
    ],
    ['the status of the answer', `502 ${DOWN}`, `500  ${DOWN}`],
  ])('is the same in two tasks, but for %s', (_name, one, other) => {
    expect(ended(`error ${one}`, `error ${other}`)?.code).toBe('dependency');
  });

  test.each([
    ['a name', 'catalogue answered 503', 'warehouse answered 503'],
    ['a letter', 'zone a: connect ETIMEDOUT', 'zone b: connect ETIMEDOUT'],
    ['a number that only one has', 'connect ETIMEDOUT db1:5432', 'connect ETIMEDOUT db:5432'],
    ['an id that only one has', 'shard 0123abcdef: ETIMEDOUT', 'shard : ETIMEDOUT'],
  ])('is another when they differ in %s', (_name, one, other) => {
    expect(ended(`error ${one}`, `error ${other}`)?.code).toBe('exit-at-start');
  });
});

describe('an address that leads back to the task', () => {
  const OWN = 'Correct the address that is called: in a task it leads back to the task itself.';

  test.each([
    '127.0.0.1:5432',
    '127.10.20.30:5432',
    'localhost:5432',
    '::1:5432',
    '[::1]:5432',
    '127.0.0.11:53',
  ])('is %s', (address) => {
    expect(ended(`error connect ECONNREFUSED ${address}`)?.fix).toBe(OWN);
  });

  test.each([
    '10.127.0.1:5432',
    'localhost.internal:5432',
    'localhost-db:5432',
    '[fd00::1]:5432',
    '[::10]:5432',
  ])('is not %s', (address) => {
    expect(ended(`error connect ECONNREFUSED ${address}`)).toMatchObject({
      code: 'dependency',
      fix: 'Heal what this line names, or the way to it: these tasks only pass its failure on.',
    });
  });
});

describe('what is told', () => {
  test('is the error that all share, the first by the alphabet, and none of the others', () => {
    const scene = erring({
      1: ['502 stock answered 503', `502 ${DOWN}`],
      2: [`502 ${DOWN}`, '502 stock answered 503'],
      3: ['502 stock answered 503', `502 ${DOWN}`],
      4: [`502 ${DOWN}`, '500 prices answered 500', `502 ${DOWN}`, '502 stock answered 503'],
    });

    expect(cause(scene)).toMatchObject({
      sentence: `4 failing tasks log the same error of what they call: ${DOWN}.`,
      evidence: [`502 ${DOWN}`],
    });
  });

  test('has every number that is not the status of the answer', () => {
    expect(cause(everybody('catalog request failed: 503 at once'))?.sentence).toBe(
      '4 failing tasks log the same error of what they call: ' +
        'catalog request failed: 503 at once.',
    );
  });

  test.each([
    ['', { a: [], b: [] }],
    ['; shop-prod/a has an alarm on too', { a: ['5xx'], b: [] }],
    ['; shop-prod/a and shop-prod/b have an alarm on too', { b: ['5xx'], a: ['5xx', 'slow'] }],
  ])('ends with the services behind: %s', (behind, ringing) => {
    const downstream = Object.entries(ringing).map(([name, alarms]) => ({
      serviceId: `shop-prod/${name}`,
      ringing: alarms,
    }));

    expect(cause({ ...everybody(`502 ${DOWN}`), downstream })?.sentence).toBe(
      `4 failing tasks log the same error of what they call: ${DOWN}${behind}.`,
    );
  });
});

describe('a task that does not fail', () => {
  const down = [`502 ${DOWN}`];
  const three = erring({ 1: down, 2: down, 3: down });
  const fourth = (one: Partial<ReturnType<typeof traffic>>): Scene => ({
    traffic: (three.traffic ?? []).map((entry, at) => (at === 3 ? { ...entry, ...one } : entry)),
  });

  test.each([
    ['has no requests', fourth({ requests: 0 })],
    ['has the error too, and rarely', fourth({ errors: 1, lastErrors: down })],
    [
      'only starts',
      {
        ...three,
        tasks: [1, 2, 3, 4].map((n) => aTask(n, n === 4 ? { lastStatus: 'PENDING' } : {})),
      },
    ],
  ] satisfies [string, Scene][])('says nothing against it when it %s', (_name, scene) => {
    expect(cause(scene)?.code).toBe('dependency');
  });

  test('says everything against it when nothing is known of its requests', () => {
    expect(cause({ traffic: (three.traffic ?? []).slice(0, 3) })).toBeUndefined();
  });

  test('says everything against it when what it calls fails otherwise', () => {
    expect(cause(fourth({ errors: 1, lastErrors: ['502 stock answered 503'] }))).toBeUndefined();
  });
});

test('one task that ended is not enough', () => {
  expect(cause(allGone([anExit(11, 1, 1)]), [said(11, `error ${DOWN}`)])?.code).toBe(
    'exit-at-start',
  );
});

test('tasks that ended count while the service is short of them only', () => {
  const stopped = [anExit(11, 1, 1), anExit(12, 2, 1)];
  const lines = [said(11, `error ${DOWN}`), said(12, `error ${DOWN}`)];
  const fresh = { startedAt: earlier(NOW, seconds(30)) };
  const full = {
    tasks: [1, 2].map((n) => aTask(n, fresh)),
    targets: [1, 2].map((n) => aTarget(n)),
  };

  expect(dependency(inputOf({ ...full, traffic: [], stopped }, lines))).toBeUndefined();
});

test('is named by log lines alone, for a service whose requests are not read', () => {
  const targets = [1, 2].map((n) => aTarget(n, { state: 'unhealthy' }));
  const scene = { tasks: [1, 2].map((n) => aTask(n)), targets, traffic: [] };
  const lines = [said(1, `error ${DOWN}`), said(2, `error ${DOWN}`)];
  const { observation, ...input } = inputOf(scene, lines);
  const { traffic: _unread, ...rest } = observation;

  expect(dependency({ ...input, observation: rest } satisfies CauseInput)).toMatchObject({
    sentence: `2 failing tasks log the same error of what they call: ${DOWN}.`,
  });
});
