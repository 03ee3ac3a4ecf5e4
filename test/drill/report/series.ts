/** What the charts show, as numbers: pure, from the journal alone. */
import type { Entry } from '../../../functions/core/entry.ts';
import type { Journal, StateSample, TierState } from '../journal.ts';
import { type Answer, isFailed } from '../load.ts';
import type { Clock } from './clock.ts';

/** A drill of any length has at most so many points. */
const BINS_MAX = 240;

/** Requests by when they were sent. */
export interface Bin {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Per second. */
  readonly ok: number;
  readonly failed: number;
  /** Milliseconds until the answer; absent when nothing was sent. */
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
}

/** The fault stands between two of them, so that nothing of it is told before it. */
export function binRequests(
  answers: readonly Answer[],
  { zero, start, end }: Clock,
): readonly Bin[] {
  const seconds = Math.max(1, Math.ceil((end - start) / 1_000 / BINS_MAX));
  const length = seconds * 1_000;
  const first = zero - Math.ceil((zero - start) / length) * length;
  const groups = Map.groupBy(answers, ({ at }) => Math.floor((at - first) / length));
  return Array.from({ length: Math.ceil((end - first) / length) }, (_, index) => {
    const from = first + index * length;
    return { from, to: from + length, ...tally(groups.get(index) ?? [], seconds) };
  });
}

function tally(answers: readonly Answer[], seconds: number): Omit<Bin, 'from' | 'to'> {
  const failed = answers.filter(isFailed).length;
  const counts = { ok: (answers.length - failed) / seconds, failed: failed / seconds };
  if (answers.length === 0) return counts;
  const durations = answers.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(durations, share));
  return { ...counts, p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0 };
}

/** The smallest value that so many are not above. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** A time in one state. */
export interface Stretch {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly state: string;
}

/** Per alarm that was ever in ALARM, in the order in which they rang. */
export function alarmStretches(
  { events }: Pick<Journal, 'events'>,
  { start, end }: Clock,
): ReadonlyMap<string, readonly Stretch[]> {
  const changes = events.filter((event) => event.kind === 'alarm-state');
  const rang = changes.filter(({ to }) => to === 'ALARM').map(({ alarmName }) => alarmName);
  return new Map(
    [...new Set(rang)].map((name) => {
      const own = changes.filter(({ alarmName }) => alarmName === name);
      const points = own.map(({ at, to }) => ({ at, state: to }));
      return [name, join([{ at: start, state: own[0]?.from ?? '' }, ...points], end)];
    }),
  );
}

export function quietAlarms({ events }: Pick<Journal, 'events'>): number {
  const changes = events.filter((event) => event.kind === 'alarm-state');
  const names = new Set(changes.map(({ alarmName }) => alarmName));
  const rang = changes.filter(({ to }) => to === 'ALARM').map(({ alarmName }) => alarmName);
  return names.size - new Set(rang).size;
}

export function incidentStretches(
  states: readonly Pick<StateSample, 'at' | 'incident'>[],
  { start, end }: Clock,
): readonly Stretch[] {
  const points = states.map(({ at, incident }) => ({ at, state: incident }));
  return join([{ at: start, state: 'none' }, ...points], end);
}

function join(
  points: readonly { readonly at: number; readonly state: string }[],
  end: number,
): readonly Stretch[] {
  const changes = points.filter(({ state }, index) => state !== points[index - 1]?.state);
  return changes.map(({ at, state }, index) => ({
    from: at,
    to: changes[index + 1]?.at ?? end,
    state,
  }));
}

export interface Bands {
  /** What the drill broke, those that overlap as one. */
  readonly faults: readonly { readonly from: number; readonly to: number }[];
  /** From the first stop until the last recovery or call for a human. */
  readonly heal?: { readonly from: number; readonly to: number };
}

/** How one tier stood, second by second. */
export interface TierSeries {
  /** Name of its service. */
  readonly tier: string;
  readonly states: readonly (TierState & { readonly at: number })[];
}

/** The guarded one first. */
export function tiersOf(
  states: readonly StateSample[],
  guarded = 'checkout-api',
): readonly TierSeries[] {
  const behind = states.flatMap(({ at, backend }) =>
    backend === undefined ? [] : [{ at, ...backend }],
  );
  const front: TierSeries = { tier: guarded, states };
  return behind.length === 0 ? [front] : [front, { tier: 'catalog-api', states: behind }];
}

interface Broken extends Pick<Journal, 'faults'> {
  readonly timeline: readonly { readonly at: number; readonly kind: Entry['kind'] }[];
}

/** @param timeline - oldest first. */
export function bandsOf({ faults, timeline }: Broken, { end }: Clock): Bands {
  const sorted = faults
    .map(({ from, to = end }) => ({ from, to: Math.min(to, end) }))
    .toSorted((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of sorted) {
    const last = merged.at(-1);
    if (last === undefined || from > last.to) merged.push({ from, to });
    else last.to = Math.max(last.to, to);
  }
  const stopped = timeline.find(({ kind }) => kind === 'stopped');
  const over = timeline.findLast(({ kind }) => kind === 'recovered' || kind === 'escalated');
  if (stopped === undefined) return { faults: merged };
  const to = over === undefined || over.at < stopped.at ? end : over.at;
  return { faults: merged, heal: { from: stopped.at, to } };
}
