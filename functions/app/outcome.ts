/** What became of one delivery, in the words of an answer and of the journal. */
import type { Decision } from '../core/decide.ts';
import { type Arrival, nameDelivery } from '../core/delivery.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import type { LockState } from '../core/lock.ts';
import { between, type EpochMillis } from '../core/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';

/** What a direct invocation gets back. */
export interface Outcome {
  readonly service: string;
  readonly verdict: 'act' | 'hold' | 'escalate' | 'settled';
  readonly reason?: string;
  readonly detail: string;
  readonly incident?: string;
  readonly task?: string;
}

export interface Pass {
  readonly outcome: Outcome;
  readonly version: number;
}

export function passOf(lock: LockState, outcome: Outcome): Pass {
  return { outcome, version: lock.version };
}

export function held(service: GuardedService, reason: string, detail: string): Outcome {
  return { service: service.id, verdict: 'hold', reason, detail };
}

export function outcomeOf(
  service: GuardedService,
  lock: LockState,
  { verdict }: Decision,
): Outcome {
  const reason =
    'reason' in verdict ? verdict.reason : 'outcome' in verdict ? verdict.outcome : undefined;
  return {
    service: service.id,
    verdict: verdict.kind,
    ...(reason === undefined ? {} : { reason }),
    detail: verdict.kind === 'act' ? verdict.victim.why : verdict.detail,
    ...(lock.incident === undefined ? {} : { incident: lock.incident.id }),
    ...(verdict.kind === 'act' ? { task: verdict.victim.taskArn } : {}),
  };
}

export function journalPass(
  deps: { readonly clock: Clock; readonly journal: Journal },
  delivery: Arrival,
  { outcome, version }: Pass,
  startedAt: EpochMillis,
): Outcome {
  const { service, incident, verdict, reason, detail } = outcome;
  deps.journal.decided({
    service,
    trigger: nameDelivery(delivery),
    verdict,
    detail,
    version,
    durationMs: between(startedAt, deps.clock.now()),
    ...(incident === undefined ? {} : { incident }),
    ...(reason === undefined ? {} : { reason }),
  });
  return outcome;
}
