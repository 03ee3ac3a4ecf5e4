/** One step of an incident's timeline. It is kept for ever and told at least once. */
import type { Cause } from './cause.ts';
import type { Effect } from './effect.ts';
import type { ReadingCost } from './observation.ts';
import type { DurationMillis, EpochMillis } from './time.ts';
import type { Reason, Victim } from './verdict.ts';

export const ENTRY_KINDS = [
  'opened',
  'reopened',
  'held',
  'claimed',
  'stopped',
  'stop-refused',
  'escalated',
  'explained',
  'recovered',
  'paused',
  'resumed',
  'acknowledged',
] as const;

export type EntryKind = (typeof ENTRY_KINDS)[number];

/** The numbers of the moment, each next to the limit it was held against. */
export interface Facts {
  readonly desired?: number;
  readonly running?: number;
  readonly healthy?: number;
  /** Healthy tasks that must remain. */
  readonly floor?: number;
  readonly requests?: number;
  readonly errors?: number;
  /** Why failures that health checks do not see cannot be seen; absent when they can. */
  readonly blind?: string;
  /** What reading the logs took; absent when there are none. */
  readonly logs?: ReadingCost;
  readonly alarms: readonly {
    readonly name: string;
    readonly state: string;
    readonly reason: string;
  }[];
  readonly stopsUsed: number;
  readonly stopsAllowed: number;
}

/** How long each part took; only what has happened is there. */
export interface Ledger {
  /** Alarm changed state → stop accepted. */
  readonly act?: DurationMillis;
  /** Stop accepted → every alarm OK and every task healthy again. */
  readonly replace?: DurationMillis;
  /** Alarm changed state → recovered. */
  readonly recover?: DurationMillis;
}

export interface Entry {
  /** `<incident id>#<sequence>`, unique for ever. */
  readonly id: string;
  /** Of a pause and its end: the id of the pause. */
  readonly incidentId: string;
  readonly seq: number;
  readonly at: EpochMillis;
  readonly kind: EntryKind;
  /** Whether on-call hears of it; the others are for the timeline only. */
  readonly announce: boolean;
  /** Not announced, and yet shown where that disturbs nobody: in the one message that a bot edits. */
  readonly quiet?: true;
  /** `*` when it is about all services. */
  readonly serviceId: string;
  readonly environment: string;
  /** What made us look. */
  readonly trigger: string;
  readonly reason?: Reason;
  readonly detail: string;
  readonly until?: EpochMillis;
  readonly victim?: Victim;
  /** What is wrong, when the evidence names it. */
  readonly cause?: Cause;
  /** Of a recovery, or of the last stop when a human is called: what our stops did. */
  readonly outcome?: Effect;
  /** Tasks stopped by us in this incident so far. */
  readonly stopped: number;
  /** How often this incident was re-opened. */
  readonly reopened: number;
  readonly facts: Facts;
  readonly ledger: Ledger;
  /** Where to look further; absent in what older versions wrote, and for all services together. */
  readonly where?: { readonly clusterArn: string; readonly logGroup?: string };
  /** Id of the drill that is on; absent when it is no drill. */
  readonly drill?: string;
  /** The person who has the incident, once one said so. */
  readonly acknowledgedBy?: string;
  /** Whose pause holds the service: its own id, or `*` for the pause of all; absent when none does. */
  readonly pauseScope?: string;
  /** The person whose request this answers: a stop that they asked for, or why there is none. */
  readonly requestedBy?: string;
}
