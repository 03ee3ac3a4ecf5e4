/** What one pass decides, and the reason codes it may give. */
import type { EpochMillis } from './time.ts';

/**
 * Why nothing is done, as the field reads it in a metric dimension, a message and the runbook.
 * `docs/runbook.md` has a section for each.
 */
export const REASONS = [
  'unreadable',
  'alarm-cleared',
  'alarm-suppressed',
  'paused',
  'scaled-to-zero',
  'deployment-in-progress',
  'replacing',
  'starting',
  'settling',
  'lock-held',
  'cooling-down',
  'budget-spent',
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
}

export interface Hold {
  readonly kind: 'hold';
  readonly reason: Reason;
  /** When the reason may have gone; the next look is no later than this. */
  readonly until: EpochMillis;
  readonly detail: string;
}

export interface Escalate {
  readonly kind: 'escalate';
  readonly reason: Reason;
  readonly detail: string;
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
      readonly stableSince: EpochMillis;
    }
  | {
      readonly kind: 'settled';
      readonly outcome: 'nothing-to-do';
      readonly reason: Reason;
      readonly detail: string;
    };
