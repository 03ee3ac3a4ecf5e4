/** What a guardrail is, and the words that they share. */
import type { AccountState } from './account.ts';
import type { AccountLimits } from './account-limits.ts';
import type { Diagnosis, Suspect } from './evidence.ts';
import type { GuardedService } from './guarded-service.ts';
import { isOpen } from './incident.ts';
import type { LockState } from './lock.ts';
import type { CompleteObservation, ServiceReading } from './observation.ts';
import {
  type DurationMillis,
  durationMillis,
  type EpochMillis,
  earliest,
  later,
  seconds,
} from './time.ts';
import type { Escalate, Hold, Reason } from './verdict.ts';

export interface GuardrailContext {
  readonly service: GuardedService;
  readonly lock: LockState;
  readonly account: AccountState;
  readonly limits: AccountLimits;
  readonly observation: CompleteObservation;
  readonly diagnosis: Diagnosis;
  readonly now: EpochMillis;
}

export type Refusal = Hold | Escalate;

export interface Guardrail {
  readonly reason: Reason;
  readonly check: (context: GuardrailContext) => Refusal | undefined;
}

/** A hold that is looked at again soon, whatever it waits for. */
export function hold(
  context: GuardrailContext,
  reason: Reason,
  detail: string,
  until = later(context.now, context.service.policy.recheck),
): Hold {
  const soon = earliest(until, later(context.now, context.service.policy.recheck));
  return { kind: 'hold', reason, until: soon, detail };
}

export function escalate(reason: Reason, detail: string): Escalate {
  return { kind: 'escalate', reason, detail };
}

/**
 * Since when this reason alone holds: patience with one thing is not used up by waiting for another, such as a
 * deployment.
 */
export function heldSince({ lock, now }: GuardrailContext, reason: Reason): EpochMillis {
  const { incident } = lock;
  return isOpen(incident) && incident.hold?.reason === reason ? incident.hold.since : now;
}

/** A task ill by its own health checks comes before one that only its requests give away. */
export function chooseSuspect(diagnosis: Diagnosis): Suspect | undefined {
  return diagnosis.suspects[0];
}

export function name(suspect: Suspect): string {
  return `task ${short(suspect.view.task.id)}`;
}

/** The first eight characters of a task id, as people say them. */
export function short(id: string): string {
  return id.slice(0, 8);
}

/** @returns the id of a deployment that is under way: rolling and native strategies, or CODE_DEPLOY's task sets. */
export function runningDeployment(service: ServiceReading): string | undefined {
  const { controller, deployments, taskSets } = service;
  if (controller !== 'ECS') return taskSets.length > 1 ? taskSets[0]?.id : undefined;
  const rolling = deployments.find((deployment) => deployment.rolloutState === 'IN_PROGRESS');
  return rolling?.id ?? (deployments.length > 1 ? deployments[0]?.id : undefined);
}

/** Whether a revision is still meant to run; every one is where ECS names none. */
export function wantedRevisions({
  deployments,
  taskSets,
}: ServiceReading): (revision: string) => boolean {
  const wanted = [...deployments, ...taskSets]
    .filter(
      ({ status, rolloutState }) =>
        status === 'PRIMARY' || (status === 'ACTIVE' && rolloutState !== 'FAILED'),
    )
    .map(({ taskDefinition }) => taskDefinition.replace(/^.*task-definition\//, ''));
  return (revision) => wanted.length === 0 || wanted.includes(revision);
}

/** Time in which a task that just started may fail its checks. */
export function graceOf({
  service,
  observation,
}: Pick<GuardrailContext, 'service' | 'observation'>): DurationMillis {
  return durationMillis(
    Math.max(service.policy.startGrace, seconds(observation.service.graceSeconds)),
  );
}

/**
 * Healthy tasks that must remain after a stop. It is counted, not rounded up from a percentage: one ill task of two
 * can be healed. Never none, unless policy takes the outage of an only task.
 */
export function floorOf({ policy }: GuardedService, desired: number): number {
  if (desired === 1 && policy.singleTask === 'stop') return 0;
  const share = Math.floor(desired * policy.maxUnavailableShare);
  return Math.max(1, desired - Math.max(policy.maxUnavailable, share));
}
