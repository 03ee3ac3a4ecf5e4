/** The life of one target as pure transitions: what ELB says about it after each health check. */

import type { TargetHealthReasonEnum } from '@aws-sdk/client-elastic-load-balancing-v2';

type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';

export interface TargetHealth {
  readonly state: TargetState;
  /** Absent for a healthy target, as AWS leaves it out. */
  readonly reason?: TargetHealthReasonEnum;
  readonly description?: string;
  /** Epoch milliseconds of the last change of `state`. */
  readonly sinceMs: number;
}

/** What one health check saw. */
export type CheckResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'wrong-code'; readonly code: number }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'failed' };

interface CheckCounts {
  readonly passed: number;
  readonly failed: number;
}

export interface Thresholds {
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

export interface CheckedTarget {
  readonly health: TargetHealth;
  readonly counts: CheckCounts;
}

/** A target right after registration. */
export function registering(nowMs: number): CheckedTarget {
  return {
    health: {
      state: 'initial',
      reason: 'Elb.RegistrationInProgress',
      description: 'Target registration is in progress',
      sinceMs: nowMs,
    },
    counts: { passed: 0, failed: 0 },
  };
}

/** The same target once its checks have begun. */
export function initialChecking(target: CheckedTarget): CheckedTarget {
  const { health } = target;
  if (health.state !== 'initial') return target;
  return {
    ...target,
    health: {
      ...health,
      reason: 'Elb.InitialHealthChecking',
      description: 'Initial health checks in progress',
    },
  };
}

export function draining(nowMs: number): TargetHealth {
  return {
    state: 'draining',
    reason: 'Target.DeregistrationInProgress',
    description: 'Target deregistration is in progress',
    sinceMs: nowMs,
  };
}

export function notRegistered(nowMs: number): TargetHealth {
  return {
    state: 'unused',
    reason: 'Target.NotRegistered',
    description: 'Target is not registered to the target group',
    sinceMs: nowMs,
  };
}

/**
 * Applies one check. A target that was never healthy needs one success only; afterwards the
 * threshold counts.
 */
export function afterCheck(
  target: CheckedTarget,
  result: CheckResult,
  thresholds: Thresholds,
  nowMs: number,
): CheckedTarget {
  const { health } = target;
  if (health.state === 'draining' || health.state === 'unused') return target;
  if (result.kind === 'passed') {
    const counts = { passed: target.counts.passed + 1, failed: 0 };
    const needed = health.state === 'initial' ? 1 : thresholds.healthyThreshold;
    if (health.state === 'healthy' || counts.passed < needed) return { health, counts };
    return { health: { state: 'healthy', sinceMs: nowMs }, counts };
  }
  const counts = { passed: 0, failed: target.counts.failed + 1 };
  if (counts.failed < thresholds.unhealthyThreshold) return { health, counts };
  const sinceMs = health.state === 'unhealthy' ? health.sinceMs : nowMs;
  return { health: { state: 'unhealthy', ...failureText(result), sinceMs }, counts };
}

function failureText(result: Exclude<CheckResult, { kind: 'passed' }>): {
  reason: TargetHealthReasonEnum;
  description: string;
} {
  switch (result.kind) {
    case 'wrong-code':
      return {
        reason: 'Target.ResponseCodeMismatch',
        description: `Health checks failed with these codes: [${result.code}]`,
      };
    case 'timed-out':
      return { reason: 'Target.Timeout', description: 'Request timed out' };
    case 'failed':
      return { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };
  }
}
