import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../functions/core/evidence.ts';
import { complete, type TaskTraffic } from '../../functions/core/observation.ts';
import { DEFAULT_POLICY } from '../../functions/core/policy.ts';
import { anObservation, aTarget, aTask, slowTraffic, taskId, traffic } from './builders.ts';

function suspectsOf(counts: readonly TaskTraffic[]): readonly string[] {
  const numbers = counts.map((_, index) => index + 1);
  const observation = complete(
    anObservation({
      tasks: numbers.map((n) => aTask(n)),
      targets: numbers.map((n) => aTarget(n)),
      traffic: counts,
    }),
  );
  if ('unreadable' in observation) throw new Error('unreadable');
  return diagnose(observation, DEFAULT_POLICY).suspects.map(({ view }) => view.task.id);
}

type Pair = readonly [requests: number, errors: number];

const pair = fc
  .integer({ min: 0, max: 600 })
  .chain((requests) => fc.tuple(fc.constant(requests), fc.integer({ min: 0, max: requests })));
const pairs = fc.array(pair, { minLength: 2, maxLength: 10 });

/** Errors and slow requests are judged alike, so every law is held against both. */
const SORTS = [
  ['errors', (n: number, [requests, errors]: Pair) => traffic(n, requests, errors)],
  ['slow requests', (n: number, [requests, slow]: Pair) => slowTraffic(n, requests, slow)],
] as const;

describe.each(SORTS)('a suspect by %s', (_, make) => {
  const of = (tallies: readonly Pair[]) =>
    suspectsOf(tallies.map((one, index) => make(index + 1, one)));

  test('stays one, whatever is added to its own count', () => {
    fc.assert(
      fc.property(pairs, fc.nat(), fc.nat(), (tallies, which, extra) => {
        const index = which % tallies.length;
        const [requests, bad] = tallies[index] as Pair;
        const more = bad + (extra % (requests - bad + 1));
        const worse = tallies.map((one, at): Pair => (at === index ? [requests, more] : one));
        if (!of(tallies).includes(taskId(index + 1))) return;
        expect(of(worse)).toContain(taskId(index + 1));
      }),
      { numRuns: 600 },
    );
  });

  test('is never told from a task with the same counts', () => {
    fc.assert(
      fc.property(pairs, fc.nat(), (tallies, which) => {
        const twin = which % tallies.length;
        const doubled = [...tallies, tallies[twin] as Pair];
        const found = of(doubled);
        expect(found.includes(taskId(twin + 1))).toBe(found.includes(taskId(doubled.length)));
      }),
      { numRuns: 600 },
    );
  });
});

describe('what is certain and still no reason to stop a task', () => {
  const fleet = (worst: number, others: number) =>
    suspectsOf([1, 2, 3, 4].map((n) => traffic(n, 10_000, n === 3 ? worst : others)));

  test.each([
    ['a share below the least that matters', 900, 0],
    ['a share that is high, and not much above what the others show', 1_900, 1_000],
  ])('%s', (_, worst, others) => {
    expect(fleet(worst, others)).toEqual([]);
  });

  test.each([
    ['the least that matters', 1_000, 0],
    ['the margin above the others', 2_000, 1_000],
  ])('but %s is one', (_, worst, others) => {
    expect(fleet(worst, others)).toEqual([taskId(3)]);
  });
});

test('two of three that are ill alike are both told from the third', () => {
  const counts = [1, 2, 3].map((n) => traffic(n, 1_000, [0, 500, 450, 0][n] ?? 0));

  expect(suspectsOf(counts)).toEqual([taskId(1), taskId(2)]);
});

describe('a fleet', () => {
  test.each([2, 3, 10, 255])('of %d tasks with one ill gives that one', (size) => {
    const counts = Array.from({ length: size }, (_, index) =>
      traffic(index + 1, 200, index === 1 ? 100 : 1),
    );

    expect(suspectsOf(counts)).toEqual([taskId(2)]);
  });

  test('of 5,000 tasks with five million requests is judged without hurry', () => {
    const counts = Array.from({ length: 5_000 }, (_, index) => ({
      ...traffic(1, 1_000, index === 4_321 ? 300 : 10),
      taskId: `task-${index}`,
    }));
    const observation = complete(
      anObservation({
        tasks: counts.map((one, index) =>
          aTask(1, { id: one.taskId, ip: `10.1.${index >> 8}.${index & 255}` }),
        ),
        targets: counts.map((_, index) => aTarget(1, { ip: `10.1.${index >> 8}.${index & 255}` })),
        traffic: counts,
      }),
    );
    if ('unreadable' in observation) throw new Error('unreadable');

    const { suspects } = diagnose(observation, DEFAULT_POLICY);

    expect(suspects.map(({ view }) => view.task.id)).toEqual(['task-4321']);
  });

  test('that is slow as a whole has no suspect', () => {
    expect(suspectsOf([1, 2, 3, 4].map((n) => slowTraffic(n, 200, 180)))).toEqual([]);
  });

  test('with one slow task names it, in numbers', () => {
    expect(suspectsOf([1, 2, 3, 4].map((n) => slowTraffic(n, 200, n === 3 ? 190 : 2)))).toEqual([
      taskId(3),
    ]);
  });
});
