/** The path, the security group and the registration: what is told, and when it is not. */
import { describe, expect, test } from 'vitest';
import type { TaskLines } from '../../functions/core/cause.ts';
import { noTargets, securityGroup, wrongHealthPath } from '../../functions/core/cause-reach.ts';
import { earlier, seconds } from '../../functions/core/time.ts';
import { aTarget, aTask, NOW, type Scene, taskId, traffic } from './builders.ts';
import { cause, failingChecks, inputOf, mismatch, said, TIMEOUT } from './cause-scenes.ts';

const GET = '"GET /healthz HTTP/1.1"';

describe('the path of the health check', () => {
  const counts = (requests: number, errors: number) => ({
    traffic: [1, 2].map((n) => traffic(n, requests, errors)),
  });
  const path = (scene: Scene, lines: readonly TaskLines[] = []) =>
    wrongHealthPath(inputOf(failingChecks(mismatch(404), scene), lines));

  test('is told with all codes, and shown by one of their lines', () => {
    const scene = failingChecks({}, counts(10, 0));
    const targets = [404, 401].map((code, at) =>
      aTarget(at + 1, { state: 'unhealthy', ...mismatch(code) }),
    );
    const lines = [said(1, `${GET} 404 9`, `${GET} 404 8`), said(2, `${GET} 401 7`)];

    expect(cause({ ...scene, targets }, lines)).toEqual({
      code: 'wrong-health-path',
      sentence:
        'The health check gets 401 and 404 from 2 tasks, and only 0.0 % of 20 requests fail.',
      evidence: [
        `${GET} 404 9`,
        'Target.ResponseCodeMismatch: Health checks failed with these codes: [404]',
      ],
      fix: 'Let the path of the health check answer without a login.',
    });
  });

  test.each([
    ['too many requests fail', counts(100, 10), []],
    ['nothing is known of the application', counts(9, 0), []],
    ['one of few requests failed', counts(9, 1), [said(1, 'info serving')]],
    ['a task complains among other lines', counts(0, 0), [said(1, 'info a', 'error b', 'info c')]],
  ])('is fine when %s', (_name, scene, lines) => {
    expect(path(scene, lines)).toBeUndefined();
  });

  test('is wrong when nothing is known of the requests, and no task complains', () => {
    expect(path({ traffic: [] }, [said(1, 'info serving')])?.sentence).toBe(
      'The health check gets 404 from 2 tasks, and no task logs an error.',
    );
  });

  test('is not known when the codes are not', () => {
    const silent = { ...mismatch(404), description: 'Health checks failed with these codes: []' };

    expect(wrongHealthPath(inputOf(failingChecks(silent, counts(100, 0))))).toBeUndefined();
    expect(wrongHealthPath(inputOf({}))).toBeUndefined();
  });

  test.each([
    ['checkout-api:41', 'wrong-health-path'],
    ['checkout-api:42', undefined],
    ['checkout-api:43', undefined],
  ])('of two revisions while a task of %s is well: %s', (well, code) => {
    const tasks = ['checkout-api:42', 'checkout-api:43', well].map((revision, at) =>
      aTask(at + 1, { revision }),
    );
    const targets = [1, 2, 3].map((n) =>
      aTarget(n, n < 3 ? { state: 'unhealthy', ...mismatch(404) } : {}),
    );
    const scene = { tasks, targets, traffic: [] };

    expect(cause(scene, [said(1, 'info serving')])?.code).toBe(code);
  });
});

describe('the security group', () => {
  const lines = (n: number, recent: readonly string[], ...old: readonly string[]): TaskLines => ({
    taskId: taskId(n),
    lines: old,
    recent,
  });
  const both = (recent: readonly string[], ...old: readonly string[]) =>
    [1, 2].map((n) => lines(n, recent, ...old));
  const timedOut = failingChecks(TIMEOUT);

  test.each([
    ['on another port it listens to itself', both(['serving'], 'listening on 127.0.0.1:9000')],
    ['a check of a longer path is answered', both(['"GET /api/v1/healthz HTTP/1.1" 200 2'])],
    ['one of them was not looked at', [lines(1, ['serving'])]],
  ])('is closed when %s', (_name, said) => {
    expect(securityGroup(inputOf(timedOut, said))?.code).toBe('security-group');
  });

  test.each([
    ['they listen to themselves only', both(['serving'], 'listening on 127.0.0.1:8080')],
    [
      'they listen to themselves on that port, and to others on another',
      both(['serving'], 'listening on 127.0.0.1:8080', 'listening on 0.0.0.0:3000'),
    ],
    ['they say other things', both(['info loading'])],
    ['they became unready', both(['info serving', 'warn unready'])],
    ['only others say that they serve', [lines(3, ['serving'])]],
  ])('is not named when %s', (_name, said) => {
    expect(securityGroup(inputOf(timedOut, said))).toBeUndefined();
  });

  test('is told with what AWS says and two lines at most', () => {
    const said = both(['C serving', 'B serving', 'A serving']);

    expect(securityGroup(inputOf(timedOut, said))?.evidence).toEqual([
      'A serving',
      'B serving',
      'Target.Timeout: Request timed out',
    ]);
  });

  test.each([
    ['leaves', { desiredStatus: 'STOPPED' }, {}, 'security-group'],
    ['starts', { startedAt: earlier(NOW, seconds(20)) }, { state: 'initial' }, 'security-group'],
    ['is not known to the load balancer', {}, { state: 'unused' }, undefined],
  ] as const)('while a third task %s: %s', (_name, task, target, code) => {
    const scene = {
      ...timedOut,
      tasks: [aTask(1), aTask(2), aTask(3, task)],
      targets: [...(timedOut.targets ?? []), aTarget(3, target)],
    };

    const said = [...both(['serving']), lines(3, [])];
    expect(securityGroup(inputOf(scene, said))?.code).toBe(code);
  });

  test('is not named of a fleet whose checks pass', () => {
    expect(securityGroup(inputOf({}, both(['serving'])))).toBeUndefined();
  });
});

describe('the registration', () => {
  const all = (target: Parameters<typeof aTarget>[1]) =>
    [1, 2, 3, 4].map((n) => aTarget(n, target));
  const UNUSED = { state: 'unused', reason: 'Target.NotInUse' };

  test('is missing, and how to mend it', () => {
    expect(cause({ targets: [], traffic: [] })).toEqual({
      code: 'no-targets',
      sentence: 'None of 4 running tasks is registered with the target group.',
      evidence: ['the target group lists no target of them'],
      fix: 'Attach the target group to the service (its load balancer configuration), and start new tasks.',
    });
  });

  test('is there, and useless, and how to mend it', () => {
    expect(cause({ targets: all(UNUSED), traffic: [] })).toEqual({
      code: 'no-targets',
      sentence:
        'The target group of 4 running tasks gets no requests: no listener of a load balancer uses it.',
      evidence: ['unused: Target.NotInUse'],
      fix: 'Attach the target group to a listener rule, in every zone of the tasks.',
    });
  });

  test('is missing of tasks that are ill by the checks of their containers, too', () => {
    const tasks = [1, 2, 3, 4].map((n) => aTask(n, { health: 'UNHEALTHY' }));

    expect(noTargets(inputOf({ tasks, targets: [], traffic: [] }))?.code).toBe('no-targets');
  });

  test.each([
    [
      'is in use for some and not for others',
      [aTarget(1, UNUSED), ...[2, 3, 4].map((n) => aTarget(n, { state: 'draining' }))],
    ],
    ['cannot be used', all({ state: 'unused', reason: 'Target.InvalidState' })],
  ])('is not named when it %s', (_name, targets) => {
    expect(noTargets(inputOf({ targets, traffic: [] }))).toBeUndefined();
  });

  test('is not missed by a service without a load balancer', () => {
    const { observation, ...input } = inputOf({ targets: [], traffic: [] });
    const { targets: _none, ...rest } = observation;

    expect(noTargets({ ...input, observation: rest })).toBeUndefined();
  });
});
