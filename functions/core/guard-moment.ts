/** Guardrails about the moment: is this a time to act at all? Each docstring is its sentence in the runbook. */
import { hasHelped } from './effect.ts';
import {
  chooseSuspect,
  type GuardrailContext,
  heldSince,
  hold,
  name,
  type Refusal,
  runningDeployment,
  short,
} from './guardrail.ts';
import { pauseOver } from './pause.ts';
import { earlier, iso, later, minutes } from './time.ts';

/** A person asked us not to act until a stated time. */
export function paused(context: GuardrailContext): Refusal | undefined {
  const { lock, account, now } = context;
  const pause = pauseOver(lock, account, now);
  if (pause === undefined) return undefined;
  const scope = pause === account.pause ? 'all services are ' : '';
  const detail = `${scope}paused by ${pause.by} until ${iso(pause.until)}: ${pause.why}`;
  return { kind: 'hold', reason: 'paused', until: pause.until, detail };
}

/** The service is meant to run no tasks, so there is none to heal. */
export function scaledToZero(context: GuardrailContext): Refusal | undefined {
  if (context.observation.service.desired > 0) return undefined;
  return hold(context, 'scaled-to-zero', 'desired count is 0');
}

/** A deployment is replacing tasks: a stop now could fail it, and which task is ill is about to change. */
export function deploymentInProgress(context: GuardrailContext): Refusal | undefined {
  const running = runningDeployment(context.observation.service);
  if (running === undefined) return undefined;
  const { controller } = context.observation.service;
  const detail = `deployment ${running} is in progress (${controller})`;
  return hold(context, 'deployment-in-progress', detail);
}

/**
 * A service that this one calls has an alarm on, so what is seen here is most likely its doing: that one is healed
 * first.
 */
export function downstream(context: GuardrailContext): Refusal | undefined {
  const ill = context.observation.downstream.filter(({ ringing }) => ringing.length > 0);
  if (ill.length === 0) return undefined;
  const named = ill.map(({ serviceId, ringing }) => `${serviceId} (${ringing.join(', ')})`);
  return hold(context, 'downstream', `it depends on ${named.join(' and ')}, which is ill too`);
}

/**
 * Somebody else is moving tasks or traffic: ECS balances the zones, autoscaling adds tasks, or a zonal shift is on.
 * Two hands on one fleet do harm, and what is measured meanwhile says little.
 */
export function otherActor(context: GuardrailContext): Refusal | undefined {
  const detail = isRebalancing(context) ?? isShifted(context) ?? isScalingOut(context);
  return detail === undefined ? undefined : hold(context, 'other-actor', detail);
}

/** ECS tells when it begins to balance the zones and when they are balanced; the newest word counts. */
function isRebalancing({ observation, now }: GuardrailContext): string | undefined {
  const start = earlier(now, REBALANCING_MAX);
  const word = observation.service.events.find(({ message }) => /AZ balanced/.test(message));
  if (word === undefined || word.at < start || !/is not AZ balanced/.test(word.message)) {
    return undefined;
  }
  return `ECS is balancing the zones since ${iso(word.at)}`;
}

/** A balancing whose end was never told is not waited for longer than this. */
const REBALANCING_MAX = minutes(30);

function isShifted({ diagnosis }: GuardrailContext): string | undefined {
  const suspect = chooseSuspect(diagnosis);
  if (suspect?.view.targets.some(({ zonalShift }) => zonalShift === true) !== true)
    return undefined;
  return `a zonal shift is on for ${suspect.view.task.zone ?? 'the zone'} of ${name(suspect)}`;
}

/** Tasks are on their way that replace nobody: the desired count was raised. */
function isScalingOut({ observation, diagnosis, lock, now, service }: GuardrailContext) {
  const { desired, running } = observation.service;
  const quietSince = earlier(now, service.policy.failureWindow);
  const hasGone =
    observation.stopped.some(({ stoppedAt }) => stoppedAt > quietSince) ||
    lock.stops.some(({ at }) => at > quietSince) ||
    diagnosis.views.some(({ condition }) => condition === 'leaving');
  const seen = diagnosis.views.filter(({ task }) => task.lastStatus === 'RUNNING').length;
  const isScaling =
    running < desired && seen === running && runningDeployment(observation.service) === undefined;
  if (hasGone || !isScaling) return undefined;
  return `the desired count was raised: ${running} of ${desired} tasks run, and none has gone`;
}

/** We stopped a task a moment ago, and the effect has neither shown nor been given its time. */
export function settling(context: GuardrailContext): Refusal | undefined {
  const last = context.lock.stops.at(-1);
  if (last === undefined) return undefined;
  const until = later(last.at, context.service.policy.settle);
  if (context.now >= until || hasHelped(context)) return undefined;
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
export function replacing(context: GuardrailContext): Refusal | undefined {
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
export function starting(context: GuardrailContext): Refusal | undefined {
  const young = context.diagnosis.views.filter(
    ({ condition }) => condition === 'starting' || condition === 'young',
  );
  if (young.length === 0 || hasHelped(context)) return undefined;
  const named = young.map((view) => `${short(view.task.id)} ${view.because ?? ''}`).join(', ');
  return hold(context, 'starting', `${young.length} starting: ${named}`);
}

/** Some task's state cannot be told: it runs, but the load balancer does not know it. */
export function unreadable(context: GuardrailContext): Refusal | undefined {
  const unknown = context.diagnosis.views.filter((view) => view.condition === 'unknown');
  if (unknown.length === 0) return undefined;
  const named = unknown.map((view) => `${short(view.task.id)} ${view.because ?? ''}`).join(', ');
  return hold(context, 'unreadable', `cannot tell how a task is: ${named}`);
}
