/** What the commands have to say, one fact at a time; `--json` writes each as one line. */
import type { Entry } from '../../core/entry.ts';
import type { Incident } from '../../core/incident.ts';
import type { DrillMark, Pause } from '../../core/lock.ts';
import type { Mode } from '../../core/policy.ts';
import type { DurationMillis, EpochMillis } from '../../core/time.ts';
import type { DrillEvent } from './drill-events.ts';

/** How one guarded service is doing. Instants are epoch milliseconds, spans milliseconds. */
export interface ServiceStatus {
  readonly kind: 'service';
  readonly at: EpochMillis;
  readonly service: string;
  readonly environment: string;
  readonly mode: Mode;
  /** Absent when they could not be read. */
  readonly tasks?: { readonly healthy: number; readonly running: number; readonly desired: number };
  readonly alarms?: readonly {
    readonly name: string;
    readonly state: string;
    readonly since: EpochMillis;
  }[];
  /** The open incident, or the last one; absent when there never was one. */
  readonly incident?: Incident;
  /** Absent when nobody paused it, or no longer does. */
  readonly pause?: Pause;
  /** Absent when none is on. */
  readonly drill?: DrillMark;
  /** Absent when the lock could not be read. */
  readonly stops?: {
    readonly used: number;
    readonly allowed: number;
    readonly window: DurationMillis;
  };
  readonly cooldownUntil?: EpochMillis;
  /** One line per source that could not be read. */
  readonly unreadable: readonly string[];
}

/** Many services fail at once, so none is healed. */
export interface StormStatus {
  readonly kind: 'storm';
  readonly at: EpochMillis;
  readonly since: EpochMillis;
  readonly until: EpochMillis;
}

export interface IncidentFound {
  readonly kind: 'incident';
  readonly service: string;
  readonly environment: string;
  readonly incident: Incident;
}

export interface EntryFound {
  readonly kind: 'entry';
  readonly entry: Entry;
  /** Still in the outbox: it is not kept, or not told, yet. */
  readonly pending: boolean;
}

/**
 * - `well`: as it should be
 * - `wrong`: it is not, and `mend` says what to do
 * - `note`: worth knowing, and nothing that keeps the healer from working
 * - `unknown`: it could not be looked at
 */
export type Finding = 'well' | 'wrong' | 'note' | 'unknown';

export interface CheckDone {
  readonly kind: 'check';
  /** What was looked at, such as `alarms` or `dead letters`. */
  readonly check: string;
  readonly finding: Finding;
  readonly detail: string;
  /** Next step; absent where all is well. */
  readonly mend?: string;
}

/** What may be asked of `remediate`. */
export type Request = 'pause' | 'resume' | 'stop-one';

/** What it answered. */
export interface Answered {
  readonly kind: 'answer';
  readonly at: EpochMillis;
  readonly asked: Request;
  readonly service: string;
  readonly verdict: string;
  readonly reason?: string;
  readonly detail: string;
  readonly incident?: string;
  /** ARN of the task that is being stopped. */
  readonly task?: string;
  /** It only says what it would do. */
  readonly isDry?: true;
}

export type HealEvent =
  | ServiceStatus
  | StormStatus
  | IncidentFound
  | EntryFound
  | CheckDone
  | Answered
  | DrillEvent;
