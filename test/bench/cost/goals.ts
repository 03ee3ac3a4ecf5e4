/** What it may cost. A goal that is broken fails the bench. */
import type { FunctionName } from '../../../infra/bundle.ts';
import type { ColdStart, Cost } from './cold-start.ts';
import type { Counted } from './decisions.ts';
import type { Variant } from './variants.ts';

export interface Goal {
  readonly what: string;
  readonly got: number;
  readonly atMost: number;
  readonly unit: string;
}

/**
 * In kilobytes, as they are and as they are zipped. What the SDK and the libraries weigh is the larger half, and what
 * the functions themselves weigh grows with what they can do: a little room.
 */
const BUNDLE_KB: Readonly<Record<FunctionName, { size: number; zip: number }>> = {
  remediate: { size: 460, zip: 145 },
  notify: { size: 435, zip: 138 },
  respond: { size: 275, zip: 87 },
  drill: { size: 420, zip: 131 },
};

export function bundleGoals(variants: readonly Variant[]): readonly Goal[] {
  return variants
    .filter(({ kind }) => kind === 'ours')
    .flatMap(({ name, bytes, zipBytes }) => [
      { what: `${name}: bundle`, got: bytes / 1_000, atMost: BUNDLE_KB[name].size, unit: 'kB' },
      { what: `${name}: zip`, got: zipBytes / 1_000, atMost: BUNDLE_KB[name].zip, unit: 'kB' },
    ]);
}

/** Of a service with three tasks: below a hundred, the count does not depend on it. */
const CALLS = { act: 18, hold: 15, again: 12 };
const TRIPS = { stop: 4, act: 7, hold: 5, again: 3 };

export function decisionGoals({ decisions, usage }: Counted): readonly Goal[] {
  const [act, hold, again] = decisions;
  return [
    goal('stop: round trips until it is accepted', act?.tripsToStop, TRIPS.stop),
    goal('stop: round trips until it is recorded and told', act?.roundTrips, TRIPS.act),
    goal('stop: calls', act?.calls, CALLS.act),
    goal('hold, recorded: round trips', hold?.roundTrips, TRIPS.hold),
    goal('hold, recorded: calls', hold?.calls, CALLS.hold),
    goal('hold, nothing new: round trips', again?.roundTrips, TRIPS.again),
    goal('hold, nothing new: calls', again?.calls, CALLS.again),
    goal('undici loaded', usage.hasUndici ? 1 : 0, 0),
    goal('files read after the bundle was loaded', usage.fileReads.length, 0),
  ];
}

/** Nothing measured is a broken goal, not a kept one. */
function goal(what: string, got: number | undefined, atMost: number, unit = ''): Goal {
  return { what, got: got ?? Number.NaN, atMost, unit };
}

/** Of remediate; times are given as shares, because no two machines agree on milliseconds. */
const MEMORY_MB = { ready: 24, decided: 34 };
const SHARE = { ready: 0.36, decided: 0.52 };
/**
 * Above a bare Node, which takes some more or less from version to version. Of those until it is ready some 85 are for
 * the read in INIT, which the decision need not do then.
 */
const MILLIONS = { ready: 380, decided: 730 };

export function coldStartGoals(starts: readonly ColdStart[]): readonly Goal[] {
  const bare = starts.find(({ variant }) => variant === 'bare')?.ready;
  const ours = remediateOf(starts, 'ours');
  const naive = remediateOf(starts, 'naive');
  return (['ready', 'decided'] as const).flatMap((stage) => {
    const [own, theirs] = [ours?.[stage], naive?.[stage]];
    const memory = (own?.peakMb ?? Number.NaN) - (bare?.peakMb ?? 0);
    const what = `remediate ${stage}`;
    return [
      goal(`${what}: memory above a bare Node`, memory, MEMORY_MB[stage], 'MB'),
      ...instructionGoals(what, stage, { own, theirs, bare }),
    ];
  });
}

interface Compared {
  readonly own: Cost | undefined;
  readonly theirs: Cost | undefined;
  readonly bare: Cost | undefined;
}

/** Nothing where valgrind is not installed. */
function instructionGoals(
  what: string,
  stage: 'ready' | 'decided',
  { own, theirs, bare }: Compared,
): readonly Goal[] {
  const counts = [own?.instructions, theirs?.instructions, bare?.instructions];
  const [count, naive, floor] = counts;
  if (count === undefined || naive === undefined || floor === undefined) return [];
  const above = (count - floor) / 1e6;
  return [
    goal(`${what}: instructions above a bare Node`, above, MILLIONS[stage], 'million'),
    goal(`${what}: instructions, of the naive bundle's`, count / naive, SHARE[stage]),
  ];
}

export function remediateOf(
  starts: readonly ColdStart[],
  kind: Variant['kind'],
): ColdStart | undefined {
  return starts.find(
    ({ variant }) => variant !== 'bare' && variant.name === 'remediate' && variant.kind === kind,
  );
}

/** @returns a sentence for each goal that is not kept. */
export function brokenGoals(goals: readonly Goal[]): readonly string[] {
  return goals
    .filter(({ got, atMost }) => !(got <= atMost))
    .map(({ what, got, atMost, unit }) =>
      `${what}: got ${digits(got)}, wanted at most ${atMost} ${unit}`.trimEnd(),
    );
}

/** As many as say something. */
export function digits(value: number): string {
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toPrecision(3);
}
