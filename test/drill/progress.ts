/** What a drill says while it runs: one stream of events, rendered elsewhere. */
import type { LabEvent } from '../lab/events.ts';
import type { FaultSpan } from './fault-log.ts';
import type { Journal, TaskPlace, TierState } from './journal.ts';
import type { Answer } from './load.ts';

/** `elapsedMs` counts from the start of the drill. */
export type Progress =
  | {
      readonly kind: 'started';
      readonly elapsedMs: number;
      /** Epoch milliseconds. */
      readonly startedAt: number;
      readonly title: string;
      readonly hypothesis: string;
      readonly factor: number;
      readonly healer: boolean;
      /** The file that the healer is deployed from, if it is from one. */
      readonly template?: string;
    }
  | { readonly kind: 'phase'; readonly elapsedMs: number; readonly name: string }
  | { readonly kind: 'lab'; readonly elapsedMs: number; readonly event: LabEvent }
  | { readonly kind: 'status'; readonly elapsedMs: number; readonly status: Status }
  | {
      readonly kind: 'finished';
      readonly elapsedMs: number;
      readonly journal: Journal;
      readonly file: string;
      /** The page for people; absent where none was written. */
      readonly report?: string;
    };

/** How things stand, once a second. */
export interface Status {
  readonly sent: number;
  readonly failed: number;
  /** Failed in the last second. */
  readonly failing: number;
  readonly healthy: number;
  readonly desired: number;
  readonly alarms: readonly string[];
  readonly incident: string;
  /** The tier behind, where the site has one. */
  readonly backend?: TierState;
  /** Those that came since the status before. */
  readonly answers: readonly Answer[];
  /** Every task that was ever started, in that order within its tier. */
  readonly tasks: readonly TaskPlace[];
  /** ARNs of the tasks that the drill has made ill. */
  readonly illTasks: readonly string[];
  /** Epoch milliseconds; absent before the fault. */
  readonly faultAt?: number;
  readonly faults: readonly FaultSpan[];
}

export type Listener = (progress: Progress) => void;
