/** What was measured, as tables: in the terminal and in `docs/benchmarks.md`. */
import {
  idleDollars,
  idleGbSeconds,
  incidentDollars,
  incidentGbSeconds,
} from '../../../infra/docs/cost-tables.ts';
import type { Counts } from '../../../infra/docs/incident-calls.ts';
import { markdownTable } from '../../../infra/docs/regions.ts';
import { type ColdStart, type Cost, nameOf } from './cold-start.ts';
import type { Counted, WarmCost } from './decisions.ts';
import { digits, type Goal, remediateOf } from './goals.ts';
import type { Variant } from './variants.ts';

export function bundleTable(variants: readonly Variant[]): string {
  const ours = variants.filter(({ kind }) => kind === 'ours');
  const kB = (bytes: number | undefined): string => ((bytes ?? Number.NaN) / 1_000).toFixed(0);
  return markdownTable(
    ['function', 'bundle, kB', 'zip, kB', 'naive, kB', 'naive zip, kB'],
    ours.map(({ name, bytes, zipBytes }) => {
      const naive = variants.find((other) => other.kind === 'naive' && other.name === name);
      return [name, kB(bytes), kB(zipBytes), kB(naive?.bytes), kB(naive?.zipBytes)];
    }),
  );
}

export function decisionTable({ decisions }: Counted, warm?: WarmCost): string {
  const cells = decisions.map(({ verdict, calls, roundTrips, tripsToStop }, index) => [
    verdict,
    `${calls}`,
    `${tripsToStop ?? ''}`,
    `${roundTrips}`,
    index > 0 || warm === undefined ? '' : warm.cpuMsPerDecision.toFixed(1),
    index > 0 || warm === undefined ? '' : warm.cpuMsPerCall.toFixed(2),
  ]);
  return markdownTable(
    ['decision', 'calls', 'round trips to the stop', 'in all', 'CPU warm, ms', 'for each call, ms'],
    cells,
  );
}

/** Times and instructions as shares of the naive remediate, memory above a bare Node. */
export function coldStartTable(starts: readonly ColdStart[]): string {
  const naive = remediateOf(starts, 'naive');
  const bare = starts.find(({ variant }) => variant === 'bare');
  const rows = starts.flatMap(({ variant, ready, decided }) => [
    row(`${nameOf(variant)}: ready`, ready, naive?.ready, bare?.ready),
    ...(decided === undefined
      ? []
      : [row(`${nameOf(variant)}: decided`, decided, naive?.decided, bare?.ready)]),
  ]);
  return markdownTable(
    [
      'from the start of the process',
      'time, of the naive',
      'million instructions',
      'of the naive',
      'peak memory, MB more',
    ],
    rows,
  );
}

function row(
  what: string,
  cost: Cost,
  naive: Cost | undefined,
  bare: Cost | undefined,
): readonly string[] {
  const share = (own = Number.NaN, theirs = Number.NaN): string =>
    Number.isNaN(own / theirs) ? 'not measured' : (own / theirs).toFixed(2);
  const { wallMs, instructions, peakMb } = cost;
  return [
    what,
    share(wallMs, naive?.wallMs),
    instructions === undefined ? 'not measured' : (instructions / 1e6).toFixed(0),
    share(instructions, naive?.instructions),
    (peakMb - (bare?.peakMb ?? Number.NaN)).toFixed(1),
  ];
}

/** The bundles must be there: the template is synthesised. */
export function moneyTable(counts: Counts): string {
  const { invocations, dynamoReads, dynamoWrites } = counts.incident;
  const { remediate, notify } = invocations;
  const gbSeconds = [incidentGbSeconds(counts), idleGbSeconds()].map(digits);
  return markdownTable(
    ['', 'an incident', 'a month without one'],
    [
      ['invocations', `${remediate} remediate, ${notify} notify`, ''],
      ['Lambda GB-seconds, at a second each', ...gbSeconds],
      ['DynamoDB read units', `${dynamoReads}`, ''],
      ['DynamoDB write units', `${dynamoWrites}`, ''],
      [
        'list price',
        `$${incidentDollars(counts).toFixed(5)}`,
        `$${idleDollars(counts).toFixed(2)}`,
      ],
    ],
  );
}

export function goalsTable(goals: readonly Goal[]): string {
  return markdownTable(
    ['goal', 'got', 'at most'],
    goals.map(({ what, got, atMost, unit }) => [what, digits(got), `${atMost} ${unit}`.trimEnd()]),
  );
}
