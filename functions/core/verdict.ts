/** What one pass decides, and the reason codes it may give. */
import type { Cause } from './cause.ts';
import type { Effect } from './effect.ts';
import type { Tally } from './outlier.ts';
import type { EpochMillis } from './time.ts';

/**
 * Why nothing is done, as the field reads it in a metric dimension, a message and the runbook.
 * `docs/runbook.md` has a section for each.
 */
export const REASONS = [
  'unreadable',
  'alarm-cleared',
  'alarm-suppressed',
  'too-old',
  'paused',
  'scaled-to-zero',
  'deployment-in-progress',
  'other-actor',
  'downstream',
  'account-storm',
  'cannot-start',
  'crash-loop',
  'no-targets',
  'replacing',
  'starting',
  'settling',
  'lock-held',
  'cooling-down',
  'budget-spent',
  'attempts-failed',
  'at-floor',
  'no-suspect',
  'protected',
  'storm',
  'same-revision',
  'one-zone',
  'observe-only',
  'stop-refused',
] as const;

export type Reason = (typeof REASONS)[number];

/** Reasons that end by themselves, or that a person chose: waiting longer is right. */
const PATIENT: readonly Reason[] = [
  'paused',
  'alarm-suppressed',
  'scaled-to-zero',
  'observe-only',
  'lock-held',
  'settling',
  'downstream',
  'account-storm',
];

export function isPatient(reason: Reason): boolean {
  return PATIENT.includes(reason);
}

/** The task that a claim names, and why. Kept in the lock, so it holds all that a message needs. */
export interface Victim {
  readonly taskArn: string;
  readonly taskId: string;
  readonly zone?: string;
  readonly revision: string;
  readonly startedAt?: EpochMillis;
  readonly why: string;
  readonly lastErrors: readonly string[];
  readonly traceIds: readonly string[];
  /** What was measured before the stop, so that its effect can be told from what happened anyway. */
  readonly before?: Baseline;
}

/** The fleet at the moment of a claim: the victim, and the untouched tasks as control group. */
export interface Baseline {
  readonly victim: Tally;
  readonly others: Tally;
  /** Tasks that were ill, the victim among them. */
  readonly ill: number;
}

export interface Hold {
  readonly kind: 'hold';
  readonly reason: Reason;
  /** When the reason may have gone; the next look is no later than this. */
  readonly until: EpochMillis;
  readonly detail: string;
  readonly cause?: Cause;
}

export interface Escalate {
  readonly kind: 'escalate';
  readonly reason: Reason;
  readonly detail: string;
  /** What is wrong, when the evidence names it. */
  readonly cause?: Cause;
}

export type Verdict =
  | {
      readonly kind: 'act';
      readonly victim: Victim;
      /** True when an earlier invocation claimed this stop and nobody confirmed it: it is repeated, not replaced. */
      readonly completing: boolean;
    }
  | Hold
  | Escalate
  | {
      readonly kind: 'settled';
      readonly outcome: 'recovered';
      readonly detail: string;
      /** Whether our stops did it; see `effect.ts`. */
      readonly effect: Effect;
      readonly stableSince: EpochMillis;
    }
  | {
      readonly kind: 'settled';
      readonly outcome: 'nothing-to-do';
      readonly reason: Reason;
      readonly detail: string;
    };

/** `act`, `hold settling`, `escalate storm`, `settled recovered`. */
export function spellVerdict(verdict: Verdict): string {
  if (verdict.kind === 'act') return 'act';
  if (verdict.kind === 'settled') return `settled ${verdict.outcome}`;
  return `${verdict.kind} ${verdict.reason}`;
}
