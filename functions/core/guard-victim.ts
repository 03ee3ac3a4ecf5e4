/** Guardrails about the victim: is this task the one, and may it go? Each docstring is its sentence in the runbook. */
import { failedStops, hasHelped } from './effect.ts';
import type { Condition } from './evidence.ts';
import {
  chooseSuspect,
  escalate,
  floorOf,
  type GuardrailContext,
  heldSince,
  hold,
  type Refusal,
  short,
} from './guardrail.ts';
import { stopsInWindow } from './lock.ts';
import { iso, later, spell } from './time.ts';
import type { Victim } from './verdict.ts';

/** No single task can be shown to be worse than its peers, so there is none that we may stop. */
export function noSuspect(context: GuardrailContext): Refusal | undefined {
  const { suspects, inseparable, blind, views, requests, errors } = context.diagnosis;
  const byHealth = suspects.some((suspect) => suspect.kind === 'health-check');
  if (suspects.length > 0 && (byHealth || inseparable === undefined)) return undefined;
  const seen = `${errors} of ${requests} requests failed over ${views.length} tasks`;
  const unseen = blind === undefined ? '' : `; cannot see grey failures: ${blind}`;
  const detail = inseparable ?? `no task stands out: ${seen}${unseen}`;
  return waitForSuspect(context, detail);
}

function waitForSuspect(context: GuardrailContext, detail: string): Refusal {
  const until = later(heldSince(context, 'no-suspect'), context.service.policy.evidencePatience);
  if (context.now >= until) return escalate('no-suspect', detail);
  return hold(context, 'no-suspect', detail, until);
}

/**
 * The task of a claim whose claimer is dead got well before its stop was sent: it is not stopped. The claim stays, for
 * ECS may only be slow to show that stop, and ends with the incident.
 */
export function claimedIsWell(context: GuardrailContext): Refusal | undefined {
  const { lock, diagnosis } = context;
  if (lock.intent === undefined) return undefined;
  const { taskArn, taskId } = lock.intent.victim;
  const isSuspect = diagnosis.suspects.some(({ view }) => view.task.arn === taskArn);
  if (isSuspect || diagnosis.illIds.includes(taskId)) return undefined;
  const detail = `task ${short(taskId)} was to be stopped, and is not ill any more`;
  return waitForSuspect(context, detail);
}

/** The suspect asked not to be stopped: it has task protection on, for work that must not be cut off. */
export function protectedTask(context: GuardrailContext): Refusal | undefined {
  const chosen = chosenTask(context);
  const task = context.observation.tasks.find(({ arn }) => arn === chosen?.taskArn);
  const until = task?.protectedUntil;
  if (chosen === undefined || until === undefined || context.now >= until) return undefined;
  const detail = `task ${short(chosen.taskId)} is protected until ${iso(until)}: ${chosen.why}`;
  return hold(context, 'protected', detail);
}

/** Whom a claim names, or the worst suspect. */
function chosenTask({
  lock,
  diagnosis,
}: GuardrailContext): Pick<Victim, 'taskArn' | 'taskId' | 'why'> | undefined {
  const claimed = lock.intent?.victim;
  const suspect = chooseSuspect(diagnosis);
  if (claimed !== undefined || suspect === undefined) return claimed;
  const { arn: taskArn, id: taskId } = suspect.view.task;
  return { taskArn, taskId, why: suspect.detail };
}

/** The service rests after a stop that has not shown that it helps, so that two incidents do not become a loop. */
export function coolingDown(context: GuardrailContext): Refusal | undefined {
  const until = context.lock.cooldownUntil;
  if (until === undefined || context.now >= until || hasHelped(context)) return undefined;
  return {
    kind: 'hold',
    reason: 'cooling-down',
    until,
    detail: `no further stop before ${iso(until)}`,
  };
}

/** As many stops as the policy allows were used in the window; more of the same will not help. */
export function budgetSpent(context: GuardrailContext): Refusal | undefined {
  const { policy } = context.service;
  const used = stopsInWindow(context.lock, policy, context.now).length;
  if (used < policy.budget) return undefined;
  const detail = `${used} of ${policy.budget} stops are used in the window`;
  return { kind: 'escalate', reason: 'budget-spent', detail };
}

/** Stops were tried, and did not help: the replacement fell ill, or as much is wrong as before. */
export function attemptsFailed(context: GuardrailContext): Refusal | undefined {
  const { policy } = context.service;
  const failed = failedStops(context);
  if (failed.length < policy.attempts) return undefined;
  const effects = failed.map(({ effect }) => effect).join(', ');
  const counted = `${failed.length} of ${policy.attempts} attempts did not help (${effects})`;
  return escalate('attempts-failed', `${counted} within ${spell(policy.budgetWindow)}`);
}

/**
 * Stopping the suspect would leave fewer healthy tasks than the policy allows. One that is out of rotation already
 * takes nothing away, as long as somebody else serves.
 */
export function atFloor(context: GuardrailContext): Refusal | undefined {
  const { desired } = context.observation.service;
  const victim = chosenTask(context)?.taskArn;
  const views = context.diagnosis.views.map(({ condition, task }) => ({
    isVictim: task.arn === victim,
    condition,
  }));
  const isProven = hasHelped(context);
  const serves = (condition: Condition): boolean =>
    condition === 'healthy' || (isProven && condition === 'young');
  const others = views.filter(({ condition, isVictim }) => serves(condition) && !isVictim);
  const isOut = views.some(({ condition, isVictim }) => condition === 'ill' && isVictim);
  const floor = floorOf(context.service, desired);
  if (others.length >= floor || (isOut && others.length > 0)) return undefined;
  const detail = `${others.length} healthy tasks would remain, ${floor} must`;
  if (desired <= floor) return escalate('at-floor', detail);
  return hold(context, 'at-floor', detail);
}

/** The policy says to look and tell, never to act: everything else agreed to this stop. */
export function observeOnly(context: GuardrailContext): Refusal | undefined {
  if (context.service.policy.mode === 'heal') return undefined;
  const chosen = chosenTask(context);
  const would = chosen === undefined ? 'nobody' : `task ${short(chosen.taskId)}: ${chosen.why}`;
  return hold(context, 'observe-only', `would stop ${would}`);
}
