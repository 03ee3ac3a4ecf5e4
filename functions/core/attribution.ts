/**
 * Which tasks stand out by their own requests, and whether the worst can be told from the next.
 *
 * A task is a suspect when three things hold, each of which more failures of its own can only strengthen:
 * its share is at least the policy's minimum; the chance of drawing it by accident, times the number of tests made for
 * this decision, is below the false-alarm rate; and it lies a margin above the lower median of the others, so that at
 * most half of the fleet may be ill beside it. The same arithmetic serves errors and slow requests.
 */
import type { Suspect, TaskView } from './evidence.ts';
import { chanceOfErrors, share, type Tally } from './outlier.ts';
import type { Policy } from './policy.ts';

/** One thing that is counted per task: `errors` of `requests`, in the words of the messages. */
export interface Measure {
  readonly kind: 'error-share' | 'latency';
  /** Absent when the task served too little to be compared. */
  readonly tally: (view: TaskView) => Tally | undefined;
  readonly minShare: number;
  readonly describe: (own: Tally, peers: Tally) => string;
}

export interface Attribution {
  /** Worst first; among equals by id, so that the same tasks in another order give the same answer. */
  readonly suspects: readonly Suspect[];
  /** Set when the worst suspect is too close to a task that is not clearly ill. */
  readonly inseparable?: string;
}

interface Measured {
  readonly view: TaskView;
  readonly tally: Tally;
  readonly share: number;
}

/** @param tests - how many tests this decision makes in all: the correction is for every one of them. */
export function attribute(
  measure: Measure,
  served: readonly TaskView[],
  tests: number,
  policy: Policy,
): Attribution {
  const ranked = rank(measure, served);
  const clear = ranked.map((_, index) => isClear(ranked, index, measure, policy));
  const total = sum(ranked.map(({ tally }) => tally));
  const suspects = ranked.flatMap(({ view, tally }, index): readonly Suspect[] => {
    if (clear[index] !== true) return [];
    const peers = less(total, tally);
    const chance = Math.min(1, chanceOfErrors(tally, peers) * tests);
    if (chance >= policy.falseAlarmRate) return [];
    return [{ kind: measure.kind, view, detail: measure.describe(tally, peers), chance }];
  });
  const inseparable = findTie(ranked, clear, suspects[0], policy);
  return { suspects, ...(inseparable === undefined ? {} : { inseparable }) };
}

function rank(measure: Measure, served: readonly TaskView[]): readonly Measured[] {
  return served
    .flatMap((view): readonly Measured[] => {
      const tally = measure.tally(view);
      return tally === undefined ? [] : [{ view, tally, share: share(tally) }];
    })
    .toSorted((a, b) => b.share - a.share || (a.view.task.id < b.view.task.id ? -1 : 1));
}

/** High enough, and a margin above what most of the others show. */
function isClear(
  ranked: readonly Measured[],
  index: number,
  { minShare }: Measure,
  { minMargin }: Policy,
): boolean {
  const own = ranked[index]?.share ?? 0;
  const usual = lowerMedianOfOthers(ranked, index);
  return usual !== undefined && own >= minShare && own - usual >= minMargin;
}

/** Of the shares, which are ranked from high to low, without the one at `index`. */
function lowerMedianOfOthers(ranked: readonly Measured[], index: number): number | undefined {
  const fromTheEnd = Math.floor((ranked.length - 2) / 2);
  const position = ranked.length - 1 - fromTheEnd;
  return ranked[index < position ? position : position - 1]?.share;
}

function findTie(
  ranked: readonly Measured[],
  clear: readonly boolean[],
  worst: Suspect | undefined,
  { minMargin }: Policy,
): string | undefined {
  const top = ranked.find(({ view }) => view === worst?.view);
  if (top === undefined) return undefined;
  const close = ranked.find(
    (entry, index) => clear[index] === false && top.share - entry.share < minMargin,
  );
  if (close === undefined) return undefined;
  const shares = `${(top.share * 100).toFixed(1)} %, the next ${(close.share * 100).toFixed(1)} %`;
  return `the worst share is ${shares}: too close to single one out`;
}

function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (all, { requests, errors }) => ({
      requests: all.requests + requests,
      errors: all.errors + errors,
    }),
    { requests: 0, errors: 0 },
  );
}

function less(all: Tally, part: Tally): Tally {
  return { requests: all.requests - part.requests, errors: all.errors - part.errors };
}
