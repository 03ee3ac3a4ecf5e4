/**
 * The rules that hold the healer's hand, in the order in which they are asked; the first that objects decides.
 *
 * Each is a small function of the same context, and its docstring is its sentence in the runbook.
 */
import { type Diagnosis, percent, type Suspect } from './evidence.ts';
import type { GuardedService } from './guarded-service.ts';
import { isOpen } from './incident.ts';
import { activePause, type LockState, stopsInWindow } from './lock.ts';
import type { CompleteObservation, ServiceReading } from './observation.ts';
import { type EpochMillis, earliest, iso, later } from './time.ts';
import type { Escalate, Hold, Reason } from './verdict.ts';

export interface GuardrailContext {
  readonly service: GuardedService;
  readonly lock: LockState;
  readonly observation: CompleteObservation;
  readonly diagnosis: Diagnosis;
  readonly now: EpochMillis;
}

export type Refusal = Hold | Escalate;

export interface Guardrail {
  readonly reason: Reason;
  readonly check: (context: GuardrailContext) => Refusal | undefined;
}

/** Some task's state cannot be told: it runs, but the load balancer does not know it. */
function unreadable(context: GuardrailContext): Refusal | undefined {
  const unknown = context.diagnosis.views.filter((view) => view.condition === 'unknown');
  if (unknown.length === 0) return undefined;
  const named = unknown.map((view) => `${short(view.task.id)} ${view.because ?? ''}`).join(', ');
  return hold(context, 'unreadable', `cannot tell how a task is: ${named}`);
}

/** A person asked us not to act until a stated time. */
function paused(context: GuardrailContext): Refusal | undefined {
  const pause = activePause(context.lock, context.now);
  if (pause === undefined) return undefined;
  const detail = `paused by ${pause.by} until ${iso(pause.until)}: ${pause.why}`;
  return { kind: 'hold', reason: 'paused', until: pause.until, detail };
}

/** The service is meant to run no tasks, so there is none to heal. */
function scaledToZero(context: GuardrailContext): Refusal | undefined {
  if (context.observation.service.desired > 0) return undefined;
  return hold(context, 'scaled-to-zero', 'desired count is 0');
}

/** A deployment is replacing tasks: a stop now could fail it, and which task is ill is about to change. */
function deploymentInProgress(context: GuardrailContext): Refusal | undefined {
  const running = runningDeployment(context.observation.service);
  if (running === undefined) return undefined;
  const { controller } = context.observation.service;
  return hold(
    context,
    'deployment-in-progress',
    `deployment ${running} is in progress (${controller})`,
  );
}

/** @returns the id of a deployment that is under way: rolling and native strategies, or CODE_DEPLOY's task sets. */
export function runningDeployment(service: ServiceReading): string | undefined {
  const { controller, deployments, taskSets } = service;
  if (controller !== 'ECS') return taskSets.length > 1 ? taskSets[0]?.id : undefined;
  const rolling = deployments.find((deployment) => deployment.rolloutState === 'IN_PROGRESS');
  return rolling?.id ?? (deployments.length > 1 ? deployments[0]?.id : undefined);
}

/** We stopped a task a moment ago, and the effect has not been given its time. */
function settling(context: GuardrailContext): Refusal | undefined {
  const last = context.lock.stops.at(-1);
  if (last === undefined) return undefined;
  const until = later(last.at, context.service.policy.settle);
  if (context.now >= until) return undefined;
  return {
    kind: 'hold',
    reason: 'settling',
    until,
    detail: `our stop of ${iso(last.at)} is not judged yet`,
  };
}

/**
 * ECS is replacing a task by itself, or is about to: tasks are missing, arriving or leaving, or a health check
 * that ECS sees too is failing. ECS starts the replacement first, which is better than anything we could do.
 */
function replacing(context: GuardrailContext): Refusal | undefined {
  const { desired, running, pending } = context.observation.service;
  const moving = context.diagnosis.views.filter(
    (view) => view.condition === 'leaving' || view.task.lastStatus !== 'RUNNING',
  );
  const seen = context.diagnosis.suspects.find((suspect) => suspect.kind === 'health-check');
  if (running !== desired || pending > 0 || moving.length > 0) {
    const counts = `${running} of ${desired} tasks run, ${pending} pending, ${moving.length} on the way`;
    const why = seen === undefined ? '' : `; ${name(seen)}: ${seen.detail}`;
    return hold(context, 'replacing', `${counts}${why}`);
  }
  const until = later(heldSince(context, 'replacing'), context.service.policy.nativePatience);
  if (seen === undefined || context.now >= until) return undefined;
  return hold(
    context,
    'replacing',
    `ECS sees it too and replaces it: ${name(seen)}, ${seen.detail}`,
    until,
  );
}

/** A task is within its start-up grace; what it shows now says nothing about its health. */
function starting(context: GuardrailContext): Refusal | undefined {
  const young = context.diagnosis.views.filter(
    ({ condition }) => condition === 'starting' || condition === 'young',
  );
  if (young.length === 0) return undefined;
  const named = young.map((view) => `${short(view.task.id)} ${view.because ?? ''}`).join(', ');
  return hold(context, 'starting', `${young.length} starting: ${named}`);
}

/**
 * Every task of one revision is ill and every other task is well: it is the release. A stop would start the same
 * revision again; rolling back helps.
 */
function sameRevision({ diagnosis }: GuardrailContext): Refusal | undefined {
  const { pattern, illIds } = diagnosis;
  if (pattern.kind !== 'one-revision') return undefined;
  const detail = `all ${illIds.length} tasks of ${pattern.revision} are ill and all others are well: roll back`;
  return { kind: 'escalate', reason: 'same-revision', detail };
}

/** Every task of one zone is ill and every other task is well: it is the zone. Shifting traffic away helps. */
function oneZone({ diagnosis }: GuardrailContext): Refusal | undefined {
  const { pattern, illIds } = diagnosis;
  if (pattern.kind !== 'one-zone') return undefined;
  const detail = `all ${illIds.length} tasks in ${pattern.zone} are ill and all others are well: shift the zone`;
  return { kind: 'escalate', reason: 'one-zone', detail };
}

/** Too many tasks are ill at once for it to be about a task: a dependency, a release, the network. */
function storm(context: GuardrailContext): Refusal | undefined {
  const { illIds, views } = context.diagnosis;
  const limit = Math.max(1, Math.floor(context.service.policy.stormShare * views.length));
  if (illIds.length <= limit) return undefined;
  const traffic = `${percent(context.diagnosis)} of all requests fail`;
  const counted = `${illIds.length} of ${views.length} tasks are ill (limit ${limit})`;
  const detail = `${counted}, ${traffic}: stopping one would not help`;
  return { kind: 'escalate', reason: 'storm', detail };
}

/** No single task can be shown to be worse than its peers, so there is none that we may stop. */
function noSuspect(context: GuardrailContext): Refusal | undefined {
  const { suspects, inseparable, views, requests, errors } = context.diagnosis;
  const byHealth = suspects.some((suspect) => suspect.kind === 'health-check');
  if (suspects.length > 0 && (byHealth || inseparable === undefined)) return undefined;
  const seen = `${errors} of ${requests} requests failed over ${views.length} tasks`;
  const detail = inseparable ?? `no task stands out: ${seen}`;
  const until = later(heldSince(context, 'no-suspect'), context.service.policy.evidencePatience);
  if (context.now >= until) return { kind: 'escalate', reason: 'no-suspect', detail };
  return hold(context, 'no-suspect', detail, until);
}

/** The suspect asked not to be stopped: it has task protection on, for work that must not be cut off. */
function protectedTask(context: GuardrailContext): Refusal | undefined {
  const suspect = chooseSuspect(context.diagnosis);
  const until = suspect?.view.task.protectedUntil;
  if (suspect === undefined || until === undefined || context.now >= until) return undefined;
  return hold(
    context,
    'protected',
    `${name(suspect)} is protected until ${iso(until)}: ${suspect.detail}`,
  );
}

/** The service rests after a stop, so that two incidents in a row do not become a loop. */
function coolingDown(context: GuardrailContext): Refusal | undefined {
  const until = context.lock.cooldownUntil;
  if (until === undefined || context.now >= until) return undefined;
  return {
    kind: 'hold',
    reason: 'cooling-down',
    until,
    detail: `no further stop before ${iso(until)}`,
  };
}

/** As many stops as the policy allows were used in the window; more of the same will not help. */
function budgetSpent(context: GuardrailContext): Refusal | undefined {
  const { policy } = context.service;
  const used = stopsInWindow(context.lock, policy, context.now).length;
  if (used < policy.budget) return undefined;
  const detail = `${used} of ${policy.budget} stops are used in the window`;
  return { kind: 'escalate', reason: 'budget-spent', detail };
}

/** Stopping the suspect would leave fewer healthy tasks than the policy allows. */
function atFloor(context: GuardrailContext): Refusal | undefined {
  const claimed = context.lock.intent?.victim.taskArn;
  const victim = claimed ?? chooseSuspect(context.diagnosis)?.view.task.arn;
  const others = context.diagnosis.views.filter(
    ({ condition, task }) => condition === 'healthy' && task.arn !== victim,
  ).length;
  const floor = floorOf(context.service, context.observation.service.desired);
  if (others >= floor) return undefined;
  const detail = `${others} healthy tasks would remain, ${floor} must`;
  if (context.observation.service.desired <= floor)
    return { kind: 'escalate', reason: 'at-floor', detail };
  return hold(context, 'at-floor', detail);
}

/** The policy says to look and tell, never to act: everything else agreed to this stop. */
function observeOnly(context: GuardrailContext): Refusal | undefined {
  if (context.service.policy.mode === 'heal') return undefined;
  const claimed = context.lock.intent?.victim;
  const suspect = chooseSuspect(context.diagnosis);
  const taskId = claimed?.taskId ?? suspect?.view.task.id ?? 'unknown';
  const why = claimed?.why ?? suspect?.detail ?? 'unknown';
  return hold(context, 'observe-only', `would stop task ${short(taskId)}: ${why}`);
}

/** Asked in this order. `lock-held` and `alarm-cleared` are asked before any of these, in `decide`. */
export const GUARDRAILS: readonly Guardrail[] = [
  { reason: 'paused', check: paused },
  { reason: 'scaled-to-zero', check: scaledToZero },
  { reason: 'deployment-in-progress', check: deploymentInProgress },
  { reason: 'settling', check: settling },
  { reason: 'replacing', check: replacing },
  { reason: 'starting', check: starting },
  { reason: 'unreadable', check: unreadable },
  { reason: 'same-revision', check: sameRevision },
  { reason: 'one-zone', check: oneZone },
  { reason: 'storm', check: storm },
  { reason: 'no-suspect', check: noSuspect },
  { reason: 'protected', check: protectedTask },
  { reason: 'cooling-down', check: coolingDown },
  { reason: 'budget-spent', check: budgetSpent },
  { reason: 'at-floor', check: atFloor },
  { reason: 'observe-only', check: observeOnly },
];

/**
 * Since when this reason alone holds: patience with one thing is not used up by waiting for another, such as a
 * deployment.
 */
function heldSince({ lock, now }: GuardrailContext, reason: Reason): EpochMillis {
  const { incident } = lock;
  return isOpen(incident) && incident.hold?.reason === reason ? incident.hold.since : now;
}

/** Asked again before an old claim is completed: what is about the service as it is now, not about whom to choose. */
export const CLAIM_GUARDRAILS: readonly Guardrail[] = GUARDRAILS.filter(({ reason }) =>
  [
    'scaled-to-zero',
    'deployment-in-progress',
    'replacing',
    'starting',
    'unreadable',
    'at-floor',
    'observe-only',
  ].includes(reason),
);

/** Healthy tasks that must remain after a stop: never none, whatever the policy says. */
export function floorOf(service: GuardedService, desired: number): number {
  return Math.max(1, desired - service.policy.maxUnavailable);
}

/** A task ill by its own health checks comes before one that only its requests give away. */
export function chooseSuspect(diagnosis: Diagnosis): Suspect | undefined {
  return diagnosis.suspects[0];
}

function hold(
  context: GuardrailContext,
  reason: Reason,
  detail: string,
  until = later(context.now, context.service.policy.recheck),
): Hold {
  const soon = earliest(until, later(context.now, context.service.policy.recheck));
  return { kind: 'hold', reason, until: soon, detail };
}

function name(suspect: Suspect): string {
  return `task ${short(suspect.view.task.id)}`;
}

/** The first eight characters of a task id, as people say them. */
export function short(id: string): string {
  return id.slice(0, 8);
}
