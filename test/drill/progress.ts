/** What a drill says while it runs: one stream of events, rendered elsewhere. */
import type { LabEvent } from '../lab/events.ts';
import type { Journal } from './journal.ts';

/** `elapsedMs` counts from the start of the drill. */
export type Progress =
  | {
      readonly kind: 'started';
      readonly elapsedMs: number;
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
}

export type Listener = (progress: Progress) => void;
