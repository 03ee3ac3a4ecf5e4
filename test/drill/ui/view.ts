/** What the live page shows, as data: one frame has all of it, so that a late tab needs no other. */
import type { Tier } from '../definition.ts';
import type { TierState } from '../journal.ts';
import type { Look } from '../report/chart.ts';
import type { LaneState } from '../report/lanes.ts';

export interface View {
  readonly name: string;
  readonly title: string;
  readonly hypothesis: string;
  /** With whom and how fast, in one sentence. */
  readonly setting: string;
  readonly state: 'running' | 'stopping';
  readonly phase: string;
  /** From the start of the drill to this frame. */
  readonly elapsedMs: number;
  /** Absent until the first requests were sent. */
  readonly now?: Now;
  readonly tasks: readonly TaskCard[];
  /** Tasks that are gone and not among the cards. */
  readonly goneTasks: number;
  /** Seconds from T0, which is the fault; before it, the start of the drill. */
  readonly axis: { readonly from: number; readonly to: number };
  readonly bands: readonly Band[];
  readonly charts: readonly ChartView[];
  readonly strips: readonly StripView[];
  /** Oldest first. */
  readonly points: readonly PointView[];
  readonly messages: readonly MessageView[];
}

export interface Now {
  readonly sent: number;
  readonly failed: number;
  /** Failed in the last second. */
  readonly failing: number;
  readonly alarms: readonly string[];
  readonly tiers: readonly (TierState & { readonly tier: string })[];
}

export interface TaskCard {
  /** The first characters, as people say it. */
  readonly id: string;
  readonly tier: Tier;
  readonly zone: string;
  readonly revision: string;
  readonly state: LaneState;
  readonly look: Look;
  /** What else is to be known of it, such as that the healer stopped it. */
  readonly notes: readonly string[];
}

export interface Band {
  readonly kind: 'fault' | 'heal';
  readonly from: number;
  readonly to: number;
  readonly words: string;
}

export interface ChartView {
  readonly title: string;
  readonly summary: string;
  /** Of the values, such as `ms`; empty for counts. */
  readonly unit: string;
  readonly scale: 'linear' | 'log';
  readonly series: readonly SeriesView[];
  /** Seconds from T0. */
  readonly at: readonly number[];
}

export interface SeriesView {
  readonly name: string;
  readonly look: 'bar-ok' | 'bar-failed' | 'solid' | 'dashed' | 'dotted';
  readonly isSteps: boolean;
  /** One per point in time; null where there is none. */
  readonly values: readonly (number | null)[];
}

export interface StripView {
  readonly name: string;
  readonly stretches: readonly {
    readonly from: number;
    readonly to: number;
    readonly state: string;
    readonly look: Look;
  }[];
}

export interface PointView {
  /** `T+4.2 s` */
  readonly since: string;
  readonly utc: string;
  readonly what: string;
  readonly source: string;
}

export interface MessageView {
  readonly since: string;
  readonly utc: string;
  /** HTML, escaped where it was made. */
  readonly html: string;
}

/** The last thing that a tab is told. */
export interface Over {
  readonly word: string;
  readonly why: string;
  /** The saved report as HTML; absent where none was written. */
  readonly report?: string;
}
