/**
 * The whole control flow of a decision, and nothing else: one look in, one verdict out.
 *
 * Unknown means hold: a source that cannot be read and a guardrail that throws both end in a hold with a reason.
 */
import type { AccountState } from './account.ts';
import type { AccountLimits } from './account-limits.ts';
import { hasHadSince } from './alarm-change.ts';
import { type Delivery, isLate } from './delivery.ts';
import { baselineOf } from './effect.ts';
import { describe } from './errors.ts';
import { type Diagnosis, diagnose } from './evidence.ts';
import { accountStorm } from './guard-account.ts';
import type { GuardedService } from './guarded-service.ts';
import { chooseSuspect, type Guardrail, type GuardrailContext, short } from './guardrail.ts';
import { CLAIM_GUARDRAILS, GUARDRAILS } from './guardrails.ts';
import { hasPerson, isOpen, type OpenIncident } from './incident.ts';
import { isLeased, type LockState } from './lock.ts';
import {
  type AlarmReading,
  type CompleteObservation,
  complete,
  type Observation,
} from './observation.ts';
import type { Policy } from './policy.ts';
import { judgeRecovery } from './recovery.ts';
import { requestFor } from './request.ts';
import { between, type EpochMillis, iso, later, spell } from './time.ts';
import { type Hold, isPatient, type Reason, type Verdict, type Victim } from './verdict.ts';

export interface DecisionInput {
  readonly service: GuardedService;
  readonly lock: LockState;
  readonly account: AccountState;
  readonly limits: AccountLimits;
  readonly observation: Observation;
  readonly delivery: Delivery;
  readonly now: EpochMillis;
}

export interface Decision {
  readonly verdict: Verdict;
  /** Absent when the observation was not complete, or was not needed. */
  readonly diagnosis?: Diagnosis;
  readonly observation?: CompleteObservation;
}

/**
 * @example
 * const { verdict } = decide({ service, lock, observation, delivery, now });
 * if (verdict.kind === 'act') stop(verdict.victim.taskArn);
 */
export function decide(input: DecisionInput): Decision {
  const waiting = waitForClaim(input);
  if (waiting !== undefined) return { verdict: waiting };
  const observation = complete(input.observation);
  if ('unreadable' in observation) return { verdict: onUnreadable(input, observation.unreadable) };
  const diagnosis = diagnose(observation, input.service.policy);
  const verdict = withDeadline(input, decideOnSight(input, observation, diagnosis));
  return { verdict, diagnosis, observation };
}

/** A claim that is open is nobody else's business while its claimer may live. */
function waitForClaim({ lock, service, now }: DecisionInput): Verdict | undefined {
  const { intent } = lock;
  if (intent === undefined) return undefined;
  if (!isLeased(intent, service.policy, now)) return undefined;
  const until = later(intent.claimedAt, service.policy.claimLease);
  const detail = `task ${short(intent.victim.taskId)} is claimed by ${intent.claimedBy} until ${iso(until)}`;
  return { kind: 'hold', reason: 'lock-held', until, detail };
}

/** The claimed task is gone, so the stop was accepted though nobody could record it: sending it again confirms it. */
export function isStopped({ taskArn }: Victim, observation: CompleteObservation): boolean {
  return !observation.tasks.some(
    ({ arn, desiredStatus }) => arn === taskArn && desiredStatus !== 'STOPPED',
  );
}

/**
 * A claim whose claimer is dead is completed, never replaced by another.
 *
 * Its task still runs, so the stop never happened, and the world may have changed since: what forbids a stop now
 * forbids this one too.
 */
function completeClaim(context: GuardrailContext): Verdict | undefined {
  const { intent } = context.lock;
  if (intent === undefined) return undefined;
  const refusal = askGuardrails(CLAIM_GUARDRAILS, context);
  return refusal ?? { kind: 'act', victim: intent.victim, completing: true };
}

/** A delivery that does not ring, about a service that is well as far as we know, needs no answer. */
function onUnreadable(input: DecisionInput, unreadable: readonly string[]): Verdict {
  const detail = `cannot read ${unreadable.join('; ')}`;
  if (!isOpen(input.lock.incident) && !rings(input.delivery)) {
    return { kind: 'settled', outcome: 'nothing-to-do', reason: 'unreadable', detail };
  }
  const { alarms } = input.observation;
  const past =
    alarms.kind === 'read'
      ? onPast(
          input,
          alarms.value.filter(({ state }) => state === 'ALARM'),
        )
      : undefined;
  if (past !== undefined) return past;
  // When AWS itself is ill, no service can be read, and that is one message too.
  return accountStorm(input) ?? withDeadline(input, holdUntilRecheck(input, 'unreadable', detail));
}

function rings(delivery: Delivery): boolean {
  return delivery.kind !== 'alarm' || delivery.alarm.state === 'ALARM';
}

/** A delivery that says OK, is old, or whose alarm is told to keep still, never acts; the next look may. */
function whyNotOn({ delivery, now }: DecisionInput): readonly [Reason, string] | undefined {
  if (!rings(delivery)) return ['alarm-cleared', 'this delivery says OK while another alarm rings'];
  if (delivery.kind !== 'alarm') return undefined;
  const { name, suppressedBy } = delivery.alarm;
  if (isLate(delivery, now)) return ['too-old', `this delivery of ${name} came too late`];
  if (suppressedBy === undefined) return undefined;
  return ['alarm-suppressed', `actions of ${name} are suppressed by ${suppressedBy}`];
}

function decideOnSight(
  input: DecisionInput,
  observation: CompleteObservation,
  diagnosis: Diagnosis,
): Verdict {
  const { lock, service, account, limits, now } = input;
  if (lock.intent !== undefined && isStopped(lock.intent.victim, observation)) {
    return { kind: 'act', victim: lock.intent.victim, completing: true };
  }
  const ringing = observation.alarms.filter((alarm) => alarm.state === 'ALARM');
  const heard = ringing.filter((alarm) => !alarm.suppressed);
  if (heard.length === 0) return onSilence(input, observation, diagnosis, ringing);
  if (lock.incident?.state === 'escalated') {
    const reason = lock.incident.escalated?.reason ?? 'no-suspect';
    // A person has the storm, not this service: it decides by itself again when the storm is over.
    if (reason !== 'account-storm' && requestFor(input) === undefined)
      return holdUntilRecheck(input, reason, 'a human has it; still followed');
  }
  const past = onPast(input, heard);
  if (past !== undefined) return past;
  const context = { service, lock, account, limits, observation, diagnosis, now };
  const verdict = completeClaim(context) ?? askGuardrails(GUARDRAILS, context);
  if (verdict !== undefined) return callOnce(input, verdict);
  const victim = nameVictim(diagnosis);
  const late = onLate(input, victim);
  if (late !== undefined) return late;
  const unwanted = whyNotOn(input);
  if (unwanted !== undefined) return holdUntilRecheck(input, ...unwanted);
  return mustAsk(input, victim) ?? { kind: 'act', victim, completing: false };
}

/** What an old delivery tells of is over: what rings now does so since later, and has a delivery of its own. */
function onPast(
  { delivery, lock, now }: DecisionInput,
  heard: readonly AlarmReading[],
): Verdict | undefined {
  if (delivery.kind !== 'alarm' || isOpen(lock.incident) || !isLate(delivery, now))
    return undefined;
  const { name, changedAt } = delivery.alarm;
  if (heard.some((alarm) => hasHadSince(alarm, delivery.alarm))) return undefined;
  const detail = `${name} changed ${spell(between(changedAt, now))} ago; nothing that rings now has rung since then`;
  return { kind: 'settled', outcome: 'nothing-to-do', reason: 'too-old', detail };
}

/**
 * An alarm that nobody heard of for hours still rings. People may be at it by now, so it is told, and they say whether
 * anything is to be stopped.
 */
function onLate(input: DecisionInput, { taskId, why }: Victim): Verdict | undefined {
  const { delivery, now } = input;
  const { incident } = input.lock;
  const came = isOpen(incident) ? incident.late === true : isLate(delivery, now);
  const called = isOpen(incident) ? incident.escalated?.reason : undefined;
  // Who was called for the storm of all services was not called for this.
  const isTold = called !== undefined && called !== 'account-storm';
  if (!came || isTold || requestFor(input) !== undefined) return undefined;
  const detail = `its alarm was heard of too late; task ${short(taskId)} is ill: ${why}`;
  return { kind: 'escalate', reason: 'too-old', detail };
}

/** One request is one stop: when that did not end it, the person is called again, and nothing goes on by itself. */
function mustAsk(input: DecisionInput, { taskId, why }: Victim): Verdict | undefined {
  const { incident } = input.lock;
  if (!hasPerson(incident) || requestFor(input) !== undefined) return undefined;
  // It was given back with the end of the storm of all services.
  if (incident.state === 'escalated') return undefined;
  const detail = `after the stop that was asked for, task ${short(taskId)} is ill: ${why}`;
  return { kind: 'escalate', reason: incident.escalated.reason, detail };
}

/** Whoever asks has been called for this already: a refusal for the same reason is told, and calls nobody again. */
function callOnce(input: DecisionInput, verdict: Verdict): Verdict {
  const { incident } = input.lock;
  if (verdict.kind !== 'escalate' || verdict.reason !== incident?.escalated?.reason) return verdict;
  if (requestFor(input) === undefined) return verdict;
  return holdUntilRecheck(input, verdict.reason, verdict.detail);
}

function onSilence(
  input: DecisionInput,
  observation: CompleteObservation,
  diagnosis: Diagnosis,
  suppressed: readonly AlarmReading[],
): Verdict {
  const { lock, service, now } = input;
  const reason = suppressed.length > 0 ? 'alarm-suppressed' : 'alarm-cleared';
  const named = observation.alarms.map((alarm) => `${alarm.name} is ${alarm.state}`).join(', ');
  if (reason === 'alarm-suppressed' && (isOpen(lock.incident) || rings(input.delivery))) {
    return holdUntilRecheck(input, reason, `${named}, its actions suppressed`);
  }
  if (!isOpen(lock.incident)) {
    return { kind: 'settled', outcome: 'nothing-to-do', reason, detail: named };
  }
  if (observation.service.desired === 0) {
    return holdUntilRecheck(input, 'scaled-to-zero', 'no alarm rings, for nothing is meant to run');
  }
  return judgeRecovery({ incident: lock.incident, lock, service, observation, diagnosis, now });
}

/** A guardrail that throws has not agreed, so nothing is done. */
function askGuardrails(
  guardrails: readonly Guardrail[],
  context: GuardrailContext,
): Verdict | undefined {
  for (const { reason, check } of guardrails) {
    try {
      const refusal = check(context);
      if (refusal !== undefined) return refusal;
    } catch (error) {
      const until = later(context.now, context.service.policy.recheck);
      const detail = `guardrail ${reason} failed: ${describe(error)}`;
      return { kind: 'hold', reason: 'unreadable', until, detail };
    }
  }
  return undefined;
}

function nameVictim(diagnosis: Diagnosis): Victim {
  const suspect = chooseSuspect(diagnosis);
  if (suspect === undefined) throw new Error('no suspect passed the guardrails');
  const { task, traffic } = suspect.view;
  return {
    taskArn: task.arn,
    taskId: task.id,
    revision: task.revision,
    why: suspect.detail,
    before: baselineOf(diagnosis, suspect.view),
    lastErrors: traffic?.lastErrors ?? [],
    traceIds: traffic?.traceIds ?? [],
    ...(task.zone === undefined ? {} : { zone: task.zone }),
    ...(task.startedAt === undefined ? {} : { startedAt: task.startedAt }),
  };
}

function holdUntilRecheck({ service, now }: DecisionInput, reason: Reason, detail: string): Hold {
  return { kind: 'hold', reason, until: later(now, service.policy.recheck), detail };
}

/** Nothing holds for ever: an incident that is not over in its time goes to a human, once. */
function withDeadline({ lock, service, now }: DecisionInput, verdict: Verdict): Verdict {
  if (verdict.kind !== 'hold' || isPatient(verdict.reason)) return verdict;
  const { incident } = lock;
  if (!isOpen(incident) || incident.state === 'escalated') return verdict;
  const { reason, detail } = verdict;
  if (now < deadlineOf(incident, reason, service.policy, now)) return verdict;
  const what = reason === 'deployment-in-progress' ? 'paused, stuck or slow' : 'not over in time';
  return { kind: 'escalate', reason, detail: `${detail}; ${what}` };
}

/**
 * An alarm that is OK is progress, so the proof of recovery gets its own time; so does a deployment, which is as long
 * as its author made it.
 */
function deadlineOf(
  { hold, waitingSince, provingSince }: OpenIncident,
  reason: Reason,
  policy: Policy,
  now: EpochMillis,
): EpochMillis {
  const held = hold?.reason === reason ? hold.since : now;
  if (reason === 'alarm-cleared') return later(provingSince ?? held, policy.escalateAfter);
  if (reason === 'deployment-in-progress') return later(held, policy.deploymentPatience);
  return later(waitingSince ?? now, policy.escalateAfter);
}
