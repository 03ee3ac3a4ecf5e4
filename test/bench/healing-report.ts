/** The scores of all runs, added up, held against the promises, and written as tables. */
import { EXPLAINED } from './explained.ts';
import type { Score } from './measure.ts';
import { table } from './table.ts';

/** The runs of one strategy in one scenario, one for each seed. */
export interface Cell {
  readonly strategy: string;
  readonly scores: readonly Score[];
}

export interface ScenarioResult {
  readonly name: string;
  readonly cells: readonly Cell[];
  /** Limits of the definition that our runs broke. */
  readonly broken: readonly string[];
}

export const OURS = 'ours';

type Count = 'right' | 'wrong' | 'breaches' | 'failed' | 'slow' | 'falseClaims' | 'claims';

function total({ scores }: Pick<Cell, 'scores'>, count: Count): number {
  return scores.reduce((sum, score) => sum + score[count], 0);
}

/** What users did not get as they should, per run. */
function harm(cell: Cell): number {
  return Math.round((total(cell, 'failed') + total(cell, 'slow')) / cell.scores.length);
}

/** The slowest run; undefined when one of them never recovered. */
function slowest({ scores }: Cell): number | undefined {
  const times = scores.map(({ recover }) => recover);
  return times.some((time) => time === undefined)
    ? undefined
    : Math.max(...times.map((time) => time ?? 0));
}

/** Chance moves a request or two: what differs by no more than this is alike. */
const ALIKE_REQUESTS = 2;

/** Scenarios in which somebody did better than our healer, with both numbers. */
export function outdone(results: readonly ScenarioResult[]): readonly {
  readonly name: string;
  readonly ours: number;
  readonly best: number;
  readonly by: string;
}[] {
  return results.flatMap(({ name, cells }) => {
    const mine = cells.find(({ strategy }) => strategy === OURS);
    const [best] = cells
      .filter(({ strategy }) => strategy !== OURS)
      .toSorted((a, b) => harm(a) - harm(b));
    if (mine === undefined || best === undefined) return [];
    if (harm(mine) <= harm(best) + ALIKE_REQUESTS) return [];
    return [{ name, ours: harm(mine), best: harm(best), by: best.strategy }];
  });
}

/** @returns every promise that our runs broke, in words; none when all are kept. */
export function brokenPromises(results: readonly ScenarioResult[]): readonly string[] {
  const mine = results.flatMap(({ name, cells }) =>
    cells.filter(({ strategy }) => strategy === OURS).map((cell) => ({ name, cell })),
  );
  const wanted: readonly (readonly [Count, string])[] = [
    ['wrong', 'wrong stops'],
    ['breaches', 'stops below the floor'],
    ['falseClaims', 'false recoveries'],
  ];
  const counted = wanted.flatMap(([count, what]) =>
    mine
      .filter(({ cell }) => total(cell, count) > 0)
      .map(({ name, cell }) => `${name}: ${total(cell, count)} ${what}, wanted none`),
  );
  const harmed = outdone(results)
    .filter(({ name }) => EXPLAINED[name] === undefined)
    .map(
      ({ name, ours, best, by }) =>
        `${name}: ${ours} failed or slow requests, ${best} with ${by}, and nothing explains it`,
    );
  return [...counted, ...harmed];
}

export function summaryTable(results: readonly ScenarioResult[]): string {
  const names = results[0]?.cells.map(({ strategy }) => strategy) ?? [];
  const rows = names.map((name) => {
    const cells = results.flatMap((result) =>
      result.cells.filter(({ strategy }) => strategy === name),
    );
    const sum = (count: Count) => cells.reduce((all, cell) => all + total(cell, count), 0);
    const harmed = cells.reduce((all, cell) => all + harm(cell), 0);
    const never = cells.filter((cell) => slowest(cell) === undefined).length;
    const counts = [sum('right'), sum('wrong'), sum('breaches'), harmed, never];
    return [name, ...counts.map(thousands), `${sum('falseClaims')} of ${sum('claims')}`];
  });
  return table(
    [
      'strategy',
      'stopped rightly',
      'wrongly',
      'below the floor',
      'failed or slow requests',
      'scenarios never well',
      'said recovered falsely',
    ],
    rows,
  );
}

export function scenarioTable(results: readonly ScenarioResult[]): string {
  const rows = results.flatMap(({ name, cells }) =>
    cells.map((cell, index) => {
      const runs = cell.scores.length;
      const perRun = (count: Count) => thousands(Math.round(total(cell, count) / runs));
      const time = slowest(cell);
      return [
        index === 0 ? `\`${name}\`` : '',
        cell.strategy,
        `${total(cell, 'right')}`,
        `${total(cell, 'wrong')}`,
        `${total(cell, 'breaches')}`,
        perRun('failed'),
        perRun('slow'),
        time === undefined ? 'never' : `${Math.round(time)} s`,
        `${total(cell, 'falseClaims')} of ${total(cell, 'claims')}`,
      ];
    }),
  );
  return table(
    [
      'scenario',
      'strategy',
      'rightly',
      'wrongly',
      'below the floor',
      'failed',
      'slow',
      'well after',
      'said falsely',
    ],
    rows,
  );
}

export function outdoneTable(results: readonly ScenarioResult[]): string {
  const rows = outdone(results).map(({ name, ours, best, by }) => [
    `\`${name}\``,
    thousands(ours),
    `${thousands(best)} (${by})`,
    EXPLAINED[name] ?? 'Not explained: to be mended.',
  ]);
  return table(['scenario', 'ours', 'best other', 'why'], rows);
}

export function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
