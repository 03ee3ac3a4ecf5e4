import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compressPolicy,
  DEFAULT_POLICY,
  type Policy,
  type PolicyOverrides,
  parsePolicy,
  policyOverrides,
} from '../../functions/core/policy.ts';
import { minutes, seconds } from '../../functions/core/time.ts';

/** What the parser says is wrong, one line per problem. */
function problemsOf(value: unknown): readonly string[] {
  try {
    parsePolicy(value);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: 'config.invalid', retryable: false });
    return (error as Error).message.replace('policy is invalid: ', '').split('; ');
  }
}

describe('a policy without overrides', () => {
  test('is the default one', () => {
    expect(parsePolicy({})).toEqual(DEFAULT_POLICY);
  });

  test('keeps its own rules, so that the defaults can be written out', () => {
    expect(parsePolicy(policyOverrides(DEFAULT_POLICY))).toEqual(DEFAULT_POLICY);
  });
});

describe('an override', () => {
  test('replaces one limit and leaves the others', () => {
    expect(parsePolicy({ budget: 5 })).toEqual({ ...DEFAULT_POLICY, budget: 5 });
  });

  test('of a duration is in seconds', () => {
    const { settle, recheck } = parsePolicy({ settleSeconds: 120, recheckSeconds: 0.5 });

    expect([settle, recheck]).toEqual([minutes(2), seconds(0.5)]);
  });

  test('that is undefined is none', () => {
    expect(parsePolicy({ budget: undefined, settleSeconds: undefined })).toEqual(DEFAULT_POLICY);
  });

  test.each<PolicyOverrides>([
    { minRequests: 1 },
    { minRequests: 1_000_000 },
    { falseAlarmRate: 1e-12 },
    { falseAlarmRate: 0.05 },
    { minErrorShare: 0.001 },
    { minErrorShare: 1 },
    { minMargin: 0 },
    { minMargin: 1 },
    { stormShare: 0.01 },
    { stormShare: 1 },
    { maxUnavailable: 0 },
    { maxUnavailable: 10 },
    { budget: 0 },
    { budget: 100 },
    { evidenceWindowSeconds: 0.05 },
    { evidenceWindowSeconds: 86_400 },
  ])('at the edge of what is allowed is accepted: %j', (overrides) => {
    expect(problemsOf(overrides)).toEqual([]);
  });

  test.each<PolicyOverrides>([
    { minRequests: 0 },
    { minRequests: 1_000_001 },
    { falseAlarmRate: 0 },
    { falseAlarmRate: 0.051 },
    { minErrorShare: 0 },
    { minErrorShare: 1.01 },
    { minMargin: -0.01 },
    { minMargin: 1.01 },
    { stormShare: 0 },
    { stormShare: 1.01 },
    { maxUnavailable: -1 },
    { maxUnavailable: 11 },
    { budget: -1 },
    { budget: 101 },
    { evidenceWindowSeconds: 0 },
    { evidenceWindowSeconds: 86_401 },
    { budget: Number.NaN },
  ])('beyond what is allowed fails and names itself: %j', (overrides) => {
    const [field] = Object.keys(overrides);

    expect(problemsOf(overrides)).toEqual([expect.stringMatching(`^policy.${field}: got `)]);
  });

  test.each([{ budget: '3' }, { budget: null }, { budget: [3] }, { budget: true }])(
    'that is no number fails: %j',
    (overrides) => {
      expect(problemsOf(overrides)).toEqual([
        `policy.budget: got ${JSON.stringify(overrides.budget)}, wanted a number from 0 to 100`,
      ]);
    },
  );
});

describe('a policy fails', () => {
  test.each([undefined, null, [], 'strict', 3])('when it is %j', (value) => {
    expect(problemsOf(value)).toEqual([expect.stringContaining('wanted an object')]);
  });

  test.each(['settle', 'settleMinutes', 'Budget', 'coolDownSeconds'])(
    'when it has the unknown field %s, which would be ignored otherwise',
    (field) => {
      expect(problemsOf({ [field]: 3 })).toEqual([
        expect.stringContaining(
          `policy.${field}: got "${field}", wanted one of mode, singleTask, minRequests`,
        ),
      ]);
    },
  );

  test.each([
    [
      { recheckSeconds: 30, holdSeconds: 29 },
      'holdSeconds: got 29, wanted at least recheckSeconds',
    ],
    [
      { settleSeconds: 60, cooldownSeconds: 59 },
      'cooldownSeconds: got 59, wanted at least settleSeconds',
    ],
    [
      { cooldownSeconds: 300, budgetWindowSeconds: 299 },
      'budgetWindowSeconds: got 299, wanted at least cooldownSeconds',
    ],
    [{ budget: 1.5 }, 'budget: got 1.5, wanted a whole number'],
  ])('when limits contradict each other: %j', (overrides, problem) => {
    expect(problemsOf(overrides)).toEqual([`policy.${problem}`]);
  });

  test.each([
    { recheckSeconds: 30, holdSeconds: 30 },
    { settleSeconds: 60, cooldownSeconds: 60 },
    { cooldownSeconds: 300, budgetWindowSeconds: 300 },
  ])('not when limits just agree: %j', (overrides) => {
    expect(problemsOf(overrides)).toEqual([]);
  });

  test('with every problem at once', () => {
    const problems = problemsOf({ budgett: 3, minRequests: 0, cooldownSeconds: 10 });

    expect(problems).toEqual([
      expect.stringContaining('policy.budgett'),
      expect.stringContaining('policy.minRequests'),
      expect.stringContaining('policy.cooldownSeconds'),
    ]);
  });
});

/** Any policy that keeps the rules between its fields, durations in whole milliseconds. */
const anyPolicy: fc.Arbitrary<PolicyOverrides> = fc
  .record({
    short: fc.integer({ min: 50, max: 100_000 }),
    middle: fc.integer({ min: 100_000, max: 1_000_000 }),
    long: fc.integer({ min: 1_000_000, max: 86_400_000 }),
    budget: fc.integer({ min: 0, max: 100 }),
    maxUnavailable: fc.integer({ min: 0, max: 10 }),
    stormShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
  })
  .map(({ short, middle, long, ...numbers }) => ({
    ...numbers,
    recheckSeconds: short / 1_000,
    settleSeconds: short / 1_000,
    holdSeconds: middle / 1_000,
    cooldownSeconds: middle / 1_000,
    budgetWindowSeconds: long / 1_000,
  }));

describe('for every policy', () => {
  test('what is written out reads back the same', () => {
    fc.assert(
      fc.property(anyPolicy, (overrides) => {
        const policy = parsePolicy(overrides);

        expect(parsePolicy(policyOverrides(policy))).toEqual(policy);
      }),
    );
  });

  test('compressing changes durations by the factor, and nothing else', () => {
    fc.assert(
      fc.property(anyPolicy, fc.integer({ min: 1, max: 60 }), (overrides, factor) => {
        const policy = parsePolicy(overrides);

        const compressed = compressPolicy(policy, factor);

        for (const key of Object.keys(policy) as (keyof Policy)[]) {
          const isDuration = `${key}Seconds` in policyOverrides(policy);
          const wanted = isDuration ? Math.round(Number(policy[key]) / factor) : policy[key];
          expect([key, compressed[key]]).toEqual([key, wanted]);
        }
      }),
    );
  });
});
