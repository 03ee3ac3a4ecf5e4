import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../functions/core/evidence.ts';
import { complete } from '../../functions/core/observation.ts';
import { chanceOfErrors, share, type Tally } from '../../functions/core/outlier.ts';
import { DEFAULT_POLICY } from '../../functions/core/policy.ts';
import { anObservation, aTarget, aTask, traffic } from './builders.ts';

function choose(n: number, k: number): bigint {
  let ways = 1n;
  for (let i = 1; i <= k; i += 1) ways = (ways * BigInt(n - k + i)) / BigInt(i);
  return ways;
}

/** Every way to draw at least as many errors, counted in whole numbers. */
function countedChance(task: Tally, peers: Tally): number {
  const errors = task.errors + peers.errors;
  const total = task.requests + peers.requests;
  let ways = 0n;
  for (let drawn = task.errors; drawn <= Math.min(task.requests, errors); drawn += 1) {
    ways += choose(errors, drawn) * choose(total - errors, task.requests - drawn);
  }
  const digits = 300n;
  const scaled = (ways * 10n ** digits) / choose(total, task.requests);
  return Number(`${scaled}e-${digits}`);
}

describe('chanceOfErrors', () => {
  test.each([
    // The lady tasting tea, and tables worked by hand with binomial coefficients.
    [{ requests: 4, errors: 4 }, { requests: 4, errors: 0 }, 1 / 70],
    [{ requests: 4, errors: 3 }, { requests: 4, errors: 1 }, 17 / 70],
    [{ requests: 1, errors: 1 }, { requests: 9, errors: 0 }, 1 / 10],
    [{ requests: 10, errors: 0 }, { requests: 10, errors: 0 }, 1],
    [{ requests: 10, errors: 5 }, { requests: 10, errors: 5 }, 1],
    [{ requests: 5, errors: 5 }, { requests: 0, errors: 0 }, 1],
  ])('%o against %o is %f', (task, peers, expected) => {
    expect(chanceOfErrors(task, peers)).toBeCloseTo(expected, 12);
  });

  test.each([
    [
      { requests: 12, errors: 5 },
      { requests: 30, errors: 6 },
    ],
    [
      { requests: 12, errors: 11 },
      { requests: 30, errors: 20 },
    ],
    [
      { requests: 250, errors: 20 },
      { requests: 300, errors: 15 },
    ],
    [
      { requests: 530, errors: 265 },
      { requests: 1_200, errors: 500 },
    ],
    [
      { requests: 600, errors: 300 },
      { requests: 2_000, errors: 700 },
    ],
    [
      { requests: 1_000, errors: 700 },
      { requests: 1_000, errors: 300 },
    ],
  ])('%o against %o is what counting every draw gives', (task, peers) => {
    const chance = chanceOfErrors(task, peers);

    expect(chance / countedChance(task, peers)).toBeCloseTo(1, 10);
  });

  test.each([
    [
      { requests: 3, errors: 4 },
      { requests: 9, errors: 1 },
    ],
    [
      { requests: 9, errors: 1 },
      { requests: 3, errors: 4 },
    ],
  ])('more errors than requests are impossible: %o against %o', (task, peers) => {
    expect(() => chanceOfErrors(task, peers)).toThrow('more errors than requests');
  });

  test('stays sane at five million requests', () => {
    const even = chanceOfErrors(
      { requests: 1_250_000, errors: 12_600 },
      { requests: 3_750_000, errors: 37_500 },
    );
    const odd = chanceOfErrors(
      { requests: 1_250_000, errors: 125_000 },
      { requests: 3_750_000, errors: 37_500 },
    );

    expect(even).toBeGreaterThan(0.01);
    expect(odd).toBeLessThan(1e-100);
  });

  const tally = fc
    .integer({ min: 1, max: 2_000 })
    .chain((requests) =>
      fc.record({ requests: fc.constant(requests), errors: fc.integer({ min: 0, max: requests }) }),
    );

  test('for every pair of tallies it is a probability, and one more error never raises it', () => {
    fc.assert(
      fc.property(tally, tally, (task, peers) => {
        const chance = chanceOfErrors(task, peers);
        expect(chance).toBeGreaterThanOrEqual(0);
        expect(chance).toBeLessThanOrEqual(1);
        if (task.errors === task.requests) return;
        const worse = chanceOfErrors({ ...task, errors: task.errors + 1 }, peers);
        expect(worse).toBeLessThanOrEqual(chance * (1 + 1e-9) + 1e-300);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the share of errors', () => {
  test('of no requests is none', () => {
    expect(share({ requests: 0, errors: 0 })).toBe(0);
    expect(share({ requests: 8, errors: 2 })).toBe(0.25);
  });
});

describe('diagnose', () => {
  const counts = fc.array(
    fc
      .integer({ min: 0, max: 400 })
      .chain((requests) => fc.tuple(fc.constant(requests), fc.integer({ min: 0, max: requests }))),
    { minLength: 2, maxLength: 12 },
  );

  function suspectsOf(tallies: readonly (readonly [number, number])[], order: readonly number[]) {
    const numbers = order.map((index) => index + 1);
    const observation = complete(
      anObservation({
        tasks: numbers.map((n) => aTask(n)),
        targets: numbers.map((n) => aTarget(n)),
        traffic: numbers.map((n) => traffic(n, ...(tallies[n - 1] as [number, number]))),
      }),
    );
    if ('unreadable' in observation) throw new Error('unreadable');
    const { suspects, inseparable } = diagnose(observation, DEFAULT_POLICY);
    return { ids: suspects.map(({ view }) => view.task.id), separable: inseparable === undefined };
  }

  test('for every order of the tasks the suspects are the same', () => {
    fc.assert(
      fc.property(counts, fc.infiniteStream(fc.nat()), (tallies, stream) => {
        const indexes = tallies.map((_, index) => index);
        const keys = indexes.map(() => stream.next().value);
        const shuffled = indexes.toSorted((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
        expect(suspectsOf(tallies, shuffled)).toEqual(suspectsOf(tallies, indexes));
      }),
      { numRuns: 200 },
    );
  });

  test('for every number of equal tasks none is singled out', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 50 }),
        fc.integer({ min: 20, max: 500 }),
        fc.float({ min: 0, max: 1, noNaN: true }),
        (tasks, requests, rate) => {
          const one = [requests, Math.floor(requests * rate)] as const;
          const tallies = Array.from({ length: tasks }, () => one);
          expect(
            suspectsOf(
              tallies,
              tallies.map((_, index) => index),
            ).ids,
          ).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('calls a healthy task ill less often than the stated rate', () => {
    const rounds = 3_000;
    let state = 12_345;
    const random = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const draw = (requests: number): readonly [number, number] => {
      let errors = 0;
      for (let i = 0; i < requests; i += 1) errors += random() < 0.15 ? 1 : 0;
      return [requests, errors];
    };
    let wrong = 0;
    for (let round = 0; round < rounds; round += 1) {
      const tallies = Array.from({ length: 4 }, () => draw(60));
      if (suspectsOf(tallies, [0, 1, 2, 3]).ids.length > 0) wrong += 1;
    }

    expect(wrong / rounds).toBeLessThanOrEqual(1e-3);
  });
});
