/** What came of a drill: what was measured, held against its limits. */
import { describe, expect, test } from 'vitest';
import { conclude, summaryOf, UNMEASURED } from '../../functions/core/drill/result.ts';
import type { DrillState } from '../../functions/core/drill/state.ts';
import type { Tolerance } from '../../functions/core/drill/tolerance.ts';
import { judge } from '../../functions/core/drill/verdict.ts';
import { aLock, anIncident, NOW } from './builders.ts';
import { aDrill, aSight, plus, UNDER_WAY, UNDONE, WELL } from './drill-builders.ts';

const EPISODE = anIncident({
  state: 'recovered',
  openedAt: plus(70),
  alarmSince: plus(60),
  recoveredAt: plus(250),
});

type Ended = readonly [string, DrillState, Parameters<typeof aSight>[0], string, string];

describe('a drill that is over', () => {
  const limits = (...tolerances: Tolerance[]) => ({ tolerances });
  const held: Tolerance = { measure: 'stops', at: 'exactly', value: 0 };
  const broken: Tolerance = { measure: 'entries', at: 'least', value: 5 };
  const unseen: Tolerance = { measure: 'calls', at: 'most', value: 5 };
  const done = { ...UNDER_WAY, run: [WELL], rollbacks: [UNDONE] };
  const aborted = { code: 'paused', detail: 'by ben: busy', at: NOW };

  const ends: readonly Ended[] = [
    ['keeps its limits', aDrill(done, limits(held)), {}, 'pass', '1 limit held'],
    [
      'keeps what could be measured',
      aDrill(done, limits(held, unseen)),
      {},
      'pass',
      '1 limit held, 1 not measured',
    ],
    [
      'breaks one of two',
      aDrill(done, limits(held, broken)),
      {},
      'fail',
      'not held: timeline entries',
    ],
    [
      'was measured in nothing',
      aDrill(done, limits(unseen)),
      {},
      'fail',
      'nothing that has a limit could be measured',
    ],
    ['has no limits', aDrill(done, limits()), {}, 'fail', 'its definition has no limits'],
    [
      'has a timeline that cannot be read',
      aDrill(done, limits(held)),
      { entries: undefined },
      'fail',
      'its timeline could not be read',
    ],
    [
      'has a step that did not work',
      aDrill({ ...done, run: [WELL, { ...WELL, status: 'failed', exception: 'x' }] }, limits(held)),
      {},
      'fail',
      'failed: ring the alarm by hand (x)',
    ],
    [
      'was not undone',
      aDrill({ ...done, rollbacks: [{ ...UNDONE, status: 'failed' }] }, limits(held)),
      {},
      'fail',
      'failed: mend the task',
    ],
    [
      'was ended',
      aDrill({ ...done, abort: aborted }, limits(held)),
      {},
      'aborted',
      'paused: by ben: busy',
    ],
  ];

  test.each<Ended>(ends)('%s', (_what, state, sight, verdict, summary) => {
    const over = conclude(state, aSight(sight));

    expect(over.verdict).toBe(verdict);
    expect(summaryOf(over)).toBe(summary);
  });

  test('and never began holds nothing against its limits', () => {
    expect(conclude(aDrill({}, limits(held)), aSight()).rows).toEqual([]);
  });

  test('tells when it recovered, and the limit of it', () => {
    const recover = { measure: 'recover', at: 'most', value: 600 } as const;
    const lock = aLock({ incident: EPISODE });
    const state = aDrill(done, limits(held, recover));
    const free = aDrill(done, limits(held));

    expect(summaryOf(conclude(state, aSight({ lock })))).toBe(
      'recovered in 4 min (limit 10 min), 2 limits held',
    );
    expect(summaryOf(conclude(free, aSight({ lock })))).toBe('recovered in 4 min, 1 limit held');
    expect(summaryOf(aDrill())).toBe('0 limits held');
  });

  test('names what nobody can measure in AWS, each with the reason', () => {
    expect(UNMEASURED).toEqual({
      announced: 'what the chat took is known to the notifier alone',
      failedSince: 'requests as users see them are not sent by the drill',
      failedAfter: 'requests as users see them are not sent by the drill',
      deliveries: 'the log of the healer counts them',
      clearings: 'the log of the healer counts them',
      roundTrips: 'calls are not recorded',
      calls: 'calls are not recorded',
      backendState: 'a drill follows one service',
      stoppedBackend: 'a drill follows one service',
      floorBreaches: 'what the load balancer saw at the moment of a stop is not recorded',
    });
  });
});

describe('a limit', () => {
  test.each<readonly [number | string | undefined, Tolerance['at'], number | string, boolean]>([
    [5, 'most', 5, true],
    [6, 'most', 5, false],
    [5, 'least', 5, true],
    [4, 'least', 5, false],
    [5, 'exactly', 5, true],
    [4, 'exactly', 5, false],
    [6, 'exactly', 5, false],
    ['b', 'exactly', 'a|b', true],
    ['c', 'exactly', 'a|b', false],
    ['ab', 'exactly', 'ab|cd', true],
    [6, 'least', 5, true],
    ['4', 'most', 5, false],
    ['6', 'least', 5, false],
    [4, 'most', '5', false],
    ['5', 'exactly', 5, false],
    [5, 'exactly', '4|5', true],
    [undefined, 'most', 5, false],
  ])('%s is %s %s: %s', (value, at, limit, holds) => {
    const measures = value === undefined ? {} : { stops: value };

    expect(judge(measures, [{ measure: 'stops', at, value: limit }])).toStrictEqual([
      {
        measure: 'stops',
        name: 'tasks stopped by the healer',
        meaning: 'accepted StopTask calls',
        unit: 'count',
        ...(value === undefined ? {} : { value }),
        limit: { measure: 'stops', at, value: limit },
        holds,
      },
    ]);
  });

  test('on what nobody can measure is neither kept nor broken', () => {
    const limit: Tolerance = { measure: 'calls', at: 'most', value: 5 };
    const blind = { calls: 'calls are not recorded', stops: 'never asked' };
    const [row, ...others] = judge({}, [limit], blind);

    expect(others).toEqual([]);
    expect(row).toMatchObject({ limit, unmeasured: 'calls are not recorded' });
    expect(row).not.toHaveProperty('holds');
    expect(judge({ calls: 3 }, [limit], blind)[0]).toMatchObject({ holds: true });
    expect(judge({ stops: 3 }, [], blind)).toEqual([
      {
        measure: 'stops',
        name: 'tasks stopped by the healer',
        meaning: 'accepted StopTask calls',
        unit: 'count',
        value: 3,
      },
    ]);
  });
});
