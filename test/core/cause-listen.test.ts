/** Where a log says that an application listens, and what follows from it. */
import { describe, expect, test } from 'vitest';
import { isLoopback, listeningOf } from '../../functions/core/cause-listen.ts';
import { aTarget, aTask, type Scene } from './builders.ts';
import { cause, failingChecks, REFUSED, said, TIMEOUT } from './cause-scenes.ts';

describe('a line', () => {
  test.each([
    ['listening on port 3000', '', 3000, true],
    ['listening on: port 3000', '', 3000, true],
    ['listening on the port 3000', '', 3000, true],
    ['listening on 10.0.0.7:3000, not on port 9999', '10.0.0.7', 3000, false],
    ['started  web server on :3000', '', 3000, true],
    ['Listening: 0.0.0.0:3000', '0.0.0.0', 3000, true],
    ['Listening at  *:3000', '*', 3000, true],
    ['Serving http://10.0.0.17:8000', '10.0.0.17', 8000, true],
    ['Serving  https://10.0.0.17:8000', '10.0.0.17', 8000, true],
    ['running on http://localhost:3000', 'localhost', 3000, true],
    ['running on http://catalog:3000', 'catalog', 3000, false],
    ['running on http://node-10.0.0.7:3000', 'node-10.0.0.7', 3000, false],
    ['running on http://10.0.0.7.nip.io:3000', '10.0.0.7.nip.io', 3000, false],
    ['running on http://v10.0.0.7:3000', 'v10.0.0.7', 3000, false],
    ['running on http://1.2:3000', '1.2', 3000, false],
    ['running on kafka://10.0.0.7:9092', '10.0.0.7', 9092, false],
    ['running on 10.0.0.7:9092', '10.0.0.7', 9092, false],
  ])('%s', (line, host, port, isOwn) => {
    expect(listeningOf([line])).toEqual([{ host, port, isOwn, line }]);
  });

  test.each([
    'listening on it',
    'running on behalf of nobody',
    'connected to 10.0.0.7:5432',
    'pprof listening on :6060',
  ])('without a front door: %s', (line) => {
    expect(listeningOf([line])).toEqual([]);
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.10.20.30', true],
  ['localhost', true],
  ['[::1]', true],
  ['127.0.0.1.nip.io', false],
  ['localhost.internal', false],
  ['mylocalhost', false],
  ['0.0.0.0', false],
])('%s leads back to the task itself: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

describe('the cause', () => {
  const refused = failingChecks(REFUSED);
  const INSIDE = 'listening on 127.0.0.1:8080';

  test('is named by those that say where they listen', () => {
    expect(cause(refused, [said(1, INSIDE), said(2, 'starting')])?.sentence).toBe(
      'The application listens on 127.0.0.1 only, port 8080: the load balancer cannot reach it (2 tasks).',
    );
  });

  test('is not named when one of them listens where it should', () => {
    expect(cause(refused, [said(1, INSIDE), said(2, 'listening on :8080')])).toBeUndefined();
  });

  test('is not named when the checks of one of them fail otherwise', () => {
    const targets = [REFUSED, TIMEOUT].map((how, at) =>
      aTarget(at + 1, { state: 'unhealthy', ...how }),
    );

    expect(cause({ ...refused, targets }, [said(1, INSIDE), said(2, INSIDE)])).toBeUndefined();
  });

  test('says where it listens, inside the task and outside', () => {
    const lines = ['listening on 127.0.0.1:5000', 'listening on 0.0.0.0:3000'];

    expect(cause(refused, [said(1, ...lines)])).toMatchObject({
      code: 'wrong-port',
      sentence:
        'The application listens on port 3000 and 5000, the health checks of 2 tasks go to 8080.',
    });
  });

  test('is shown by two lines at most, and by what AWS says', () => {
    const lines = ['listening on :3003', 'listening on :3002', 'listening on :3001'];

    expect(cause(refused, [said(1, ...lines)])?.evidence).toEqual([
      'Target.FailedHealthChecks: Health checks failed',
      'listening on :3002',
      'listening on :3003',
    ]);
  });

  const revisions = (well: string): Scene => ({
    ...refused,
    tasks: [aTask(1), aTask(2, { revision: 'checkout-api:43' }), aTask(3, { revision: well })],
    targets: [1, 2, 3].map((n) => aTarget(n, n < 3 ? { state: 'unhealthy', ...REFUSED } : {})),
  });

  test.each([
    ['checkout-api:41', 'loopback-bind'],
    ['checkout-api:42', undefined],
    ['checkout-api:43', undefined],
  ])('of two revisions while a task of %s is well: %s', (well, code) => {
    expect(cause(revisions(well), [said(1, INSIDE), said(2, INSIDE)])?.code).toBe(code);
  });
});
