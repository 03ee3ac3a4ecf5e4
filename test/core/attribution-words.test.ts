/** Who is singled out among tasks that are near each other, and what is said when nobody can be. */
import { describe, expect, test } from 'vitest';
import { type Attribution, attribute, type Measure } from '../../functions/core/attribution.ts';
import { diagnose } from '../../functions/core/evidence.ts';
import { chanceOfErrors } from '../../functions/core/outlier.ts';
import { DEFAULT_POLICY, type Policy } from '../../functions/core/policy.ts';
import { aTarget, aTask, taskId, traffic } from './builders.ts';
import { observe } from './cause-scenes.ts';

type Pair = readonly [requests: number, errors: number];

/** Tasks 1, 2, ... with these counts, looked at in this order. */
function judge(
  pairs: readonly Pair[],
  { policy = {}, minShare = 0.1 }: { policy?: Partial<Policy>; minShare?: number } = {},
  turn = false,
): Attribution {
  const ns = pairs.map((_, index) => index + 1);
  const scene = {
    tasks: ns.map((n) => aTask(n)),
    targets: ns.map((n) => aTarget(n)),
    traffic: pairs.map(([requests, errors], index) => traffic(index + 1, requests, errors)),
  };
  const { views } = diagnose(observe(scene), DEFAULT_POLICY);
  const measure: Measure = {
    kind: 'error-share',
    minShare,
    tally: ({ traffic: own }) => own,
    describe: (own, peers) => `${own.errors}, and ${peers.errors} of ${peers.requests}`,
  };
  const served = turn ? views.toReversed() : views;
  return attribute(measure, served, ns.length, { ...DEFAULT_POLICY, ...policy });
}

const idsOf = ({ suspects }: Attribution) => suspects.map(({ view }) => view.task.id);

test('a suspect is told in numbers, and nothing is said of a tie where there is none', () => {
  const { suspects, ...rest } = judge([
    [1_000, 800],
    [1_000, 0],
    [1_000, 10],
  ]);

  expect(suspects).toMatchObject([
    { kind: 'error-share', view: { task: { id: taskId(1) } }, detail: '800, and 10 of 2000' },
  ]);
  expect(Object.keys(rest)).toEqual([]);
});

test('of equals the first by id is the worst, in whatever order they were read', () => {
  const pairs: readonly Pair[] = [
    [1_000, 0],
    [1_000, 800],
    [1_000, 800],
    [1_000, 0],
  ];

  expect(idsOf(judge(pairs))).toEqual([taskId(2), taskId(3)]);
  expect(idsOf(judge(pairs, {}, true))).toEqual([taskId(2), taskId(3)]);
});

test('a chance as high as the false-alarm rate is too high', () => {
  const pairs: readonly Pair[] = [
    [4, 4],
    [4, 0],
  ];
  const chance = 2 * chanceOfErrors({ requests: 4, errors: 4 }, { requests: 4, errors: 0 });

  expect(idsOf(judge(pairs, { policy: { falseAlarmRate: chance } }))).toEqual([]);
  expect(idsOf(judge(pairs, { policy: { falseAlarmRate: chance * 1.01 } }))).toEqual([taskId(1)]);
});

test('a share below the least that matters is none, however far above the others', () => {
  const pairs: readonly Pair[] = [
    [1_000, 300],
    [1_000, 0],
    [1_000, 0],
  ];

  expect(idsOf(judge(pairs, { minShare: 0.5 }))).toEqual([]);
  expect(idsOf(judge(pairs, { minShare: 0.3 }))).toEqual([taskId(1)]);
});

test('without a margin a task is held against the others, and not against itself', () => {
  const pairs: readonly Pair[] = [
    [1_000, 900],
    [1_000, 800],
    [1_000, 700],
    [1_000, 0],
  ];

  expect(idsOf(judge(pairs, { policy: { minMargin: 0 } }))).toEqual([taskId(1), taskId(2)]);
});

describe('a tie', () => {
  const near = (second: number): readonly Pair[] => [
    [800, 400],
    [800, second],
    [800, 100],
    [800, 100],
  ];

  test('is told with both shares', () => {
    expect(judge(near(208), { policy: { minMargin: 0.25 } }).inseparable).toBe(
      'the worst share is 50.0 %, the next 26.0 %: too close to single one out',
    );
  });

  test('is none when the next is as far away as the margin', () => {
    expect(judge(near(200), { policy: { minMargin: 0.25 } }).inseparable).toBeUndefined();
  });

  test('is none where nobody is suspected', () => {
    const equal: readonly Pair[] = [
      [100, 50],
      [100, 50],
      [100, 50],
    ];

    expect(judge(equal)).toEqual({ suspects: [] });
  });
});
