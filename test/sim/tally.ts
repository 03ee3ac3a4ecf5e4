/** What many runs tried and met, added up. */
import { table } from '../bench/table.ts';
import { FAULT_KINDS } from './faults.ts';
import type { Result } from './run-seed.ts';

export interface Tally {
  seeds: number;
  stops: number;
  incidents: number;
  troubles: number;
  readonly tried: Record<string, number>;
  readonly verdicts: Record<string, number>;
  readonly failed: Result[];
}

export function emptyTally(): Tally {
  return { seeds: 0, stops: 0, incidents: 0, troubles: 0, tried: {}, verdicts: {}, failed: [] };
}

export function count(tally: Tally, result: Result): void {
  tally.seeds += 1;
  tally.stops += result.stops;
  tally.incidents += result.incidents;
  tally.troubles += result.troubles;
  for (const [kind, times] of result.tried) add(tally.tried, kind, times);
  for (const [verdict, times] of result.verdicts) add(tally.verdicts, verdict, times);
  if (result.broken !== undefined) tally.failed.push(result);
}

export function merge(into: Tally, other: Tally): void {
  into.seeds += other.seeds;
  into.stops += other.stops;
  into.incidents += other.incidents;
  into.troubles += other.troubles;
  for (const [kind, times] of Object.entries(other.tried)) add(into.tried, kind, times);
  for (const [verdict, times] of Object.entries(other.verdicts)) add(into.verdicts, verdict, times);
  into.failed.push(...other.failed);
}

/** Tables of what was tried and what was met, and their sums. */
export function report(tally: Tally): string {
  const faults = FAULT_KINDS.map((kind) => [kind, number(tally.tried[kind] ?? 0)]);
  const verdicts = Object.entries(tally.verdicts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([verdict, times]) => [verdict, number(times)]);
  const { seeds, troubles, incidents, stops } = tally;
  const met = `${number(troubles)} troubles, ${number(incidents)} incidents`;
  const sums = `${number(seeds)} seeds: ${met}, ${number(stops)} stops`;
  return [table(['fault', 'tried'], faults), table(['verdict', 'given'], verdicts), sums].join(
    '\n\n',
  );
}

function add(counts: Record<string, number>, name: string, times: number): void {
  counts[name] = (counts[name] ?? 0) + times;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
