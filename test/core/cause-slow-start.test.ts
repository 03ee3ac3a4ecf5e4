/** A grace period that is over before the application is up: which ends count, and what is said. */
import { describe, expect, test } from 'vitest';
import { slowStart } from '../../functions/core/cause-slow-start.ts';
import type { StoppedTaskReading } from '../../functions/core/observation.ts';
import { earlier, seconds } from '../../functions/core/time.ts';
import { aStoppedTask, aTarget, aTask, NOW, type Scene } from './builders.ts';
import { allGone, anExit, inputOf, said, unhealthyEvent } from './cause-scenes.ts';

/** One that was stopped for its checks after so many seconds. */
function lived(n: number, life: number): StoppedTaskReading {
  const task = aStoppedTask(n, n - 10);
  return { ...task, startedAt: earlier(task.stoppedAt, seconds(life)) };
}

const pair = (life: number) => allGone([lived(11, life), lived(12, life)]);
const both = (...lines: readonly string[]) => [said(11, ...lines), said(12, ...lines)];
const named = (scene: Scene, lines = both('info loading')) =>
  slowStart(inputOf(scene, lines))?.code === 'slow-start';

describe('of tasks that lived so many seconds, with a minute of grace', () => {
  test.each([
    [47, false],
    [48, true],
    [240, true],
    [241, false],
  ])('%d: %s', (life, expected) => {
    expect(named(pair(life))).toBe(expected);
  });
});

describe('it took too long by its own word', () => {
  test.each([
    ['Started Checkout in 63.25 seconds', 70],
    ['ready in 63 s', 70],
    ['ready in  63s', 70],
    ['ready after 63000 MS', 70],
    ['ready in 64 s', 80],
  ])('%s, of %d s', (line, life) => {
    expect(named(pair(life), both(line))).toBe(true);
  });

  test.each([
    ['ready in 60 s', 70],
    ['ready in 59 s', 70],
    ['ready after 1200 ms', 70],
    ['ready in 63 s', 80],
  ])('and not: %s, of %d s', (line, life) => {
    expect(named(pair(life), both(line))).toBe(false);
  });

  test('and not when a part of it was there in time', () => {
    expect(named(pair(70), both('cache ready in 63 s', 'server ready in 12 s'))).toBe(false);
  });
});

describe('it was not ready', () => {
  test.each([
    ['when it is told to end at once', ['SIGTERM', 'info ready']],
    ['before it is told to end', ['info loading', 'graceful shutdown', 'info ready']],
    ['before it is told to end', ['info loading', 'gracefully stopping', 'info ready']],
  ])('%s: %j', (_name, lines) => {
    expect(named(pair(60), both(...lines))).toBe(true);
  });

  test.each([
    [['info loading', 'info ready', 'info loading more']],
    [['started web server successfully']],
    [['info ready', 'info draining']],
  ])('and it was: %j', (lines) => {
    expect(named(pair(60), both(...lines))).toBe(false);
  });
});

describe('it listens', () => {
  const LISTENS = 'listening on 0.0.0.0:8080';
  const answering = (one: string, other: string): Scene => {
    const scene = pair(60);
    const events = [one, other].map((reason, at) => unhealthyEvent(lived(at + 11, 60), reason));
    return { ...scene, service: { ...scene.service, events } };
  };
  const codes = (...list: readonly number[]) =>
    `Health checks failed with these codes: [${list.join(',')}]`;
  const REFUSED = 'Health checks failed';

  test('and says itself that it is not there yet, whatever another does', () => {
    expect(named(answering(codes(503), codes(503)), both(LISTENS))).toBe(true);
    const lines = [said(11, LISTENS), said(12, 'info loading')];
    expect(named(answering(codes(503), REFUSED), lines)).toBe(true);
  });

  test.each([
    ['nothing is known of its answers', pair(60)],
    ['one of them does not answer', answering(codes(503), REFUSED)],
    ['it answers otherwise, too', answering(codes(503, 404), codes(503))],
    ['it answers otherwise', answering(codes(404), codes(404))],
  ])('and that is no slow start when %s', (_name, scene) => {
    expect(named(scene, both(LISTENS))).toBe(false);
  });
});

describe('an end counts', () => {
  const three = (third: StoppedTaskReading) =>
    slowStart(
      inputOf(allGone([lived(11, 60), lived(12, 60), third]), [
        ...both('info loading'),
        said(13, 'info loading'),
      ]),
    )?.sentence;

  test('only when the checks were its reason', () => {
    const exit = anExit(13, 3, 1);
    const end = { ...exit, startedAt: earlier(exit.stoppedAt, seconds(60)) };

    expect(three(lived(13, 70))).toMatch(/^3 tasks .* 1 min after the start/);
    expect(three(end)).toMatch(/^2 tasks /);
  });

  test('only while the service is short, and nothing came up since', () => {
    const fresh = { startedAt: earlier(NOW, seconds(30)) };
    const tasks = [1, 2].map((n) => aTask(n, fresh));
    const scene = { ...pair(60), tasks, targets: [aTarget(1), aTarget(2)] };
    const old = { ...scene, tasks: [aTask(1), aTask(2)] };

    expect(named({ ...scene, service: { desired: 3 } })).toBe(false);
    expect(named({ ...old, service: { desired: 3 } })).toBe(true);
    expect(named({ ...old, service: { desired: 2 } })).toBe(false);
  });

  test('never when it never ran', () => {
    const ends = [11, 12].map((n) => {
      const { startedAt: _never, ...task } = lived(n, 0);
      return task;
    });
    const scene = allGone(ends);

    expect(named({ ...scene, service: { ...scene.service, graceSeconds: 0 } })).toBe(false);
  });
});

describe('what is said', () => {
  const REASON = expect.stringMatching(/^Task failed ELB health checks in/);

  test('of those that were ready too late', () => {
    const lines = both('info loading', 'info draining', 'info ready', 'info bye');

    expect(slowStart(inputOf(pair(60), lines))).toMatchObject({
      sentence:
        '2 tasks of checkout-api:42 were ready too late when the health checks stopped them, ' +
        '1 min after the start (grace period 1 min).',
      evidence: [REASON, 'info ready'],
    });
  });

  test('of those that were not ready: the last lines of two', () => {
    const ends = [11, 12, 13].map((n) => lived(n, 60));
    const lines = ['C', 'B', 'A'].map((line, at) => said(at + 11, '0 % loaded', line));

    expect(slowStart(inputOf(allGone(ends), lines))?.evidence).toEqual(['A', 'B', REASON]);
  });
});
