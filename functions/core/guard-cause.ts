/** Guardrails about the cause: is it something that no stop can help? Each docstring is its sentence in the runbook. */
import { isJudged, isWell, percent } from './evidence.ts';
import {
  chooseSuspect,
  escalate,
  type GuardrailContext,
  graceOf,
  name,
  type Refusal,
  runningDeployment,
  wantedRevisions,
} from './guardrail.ts';
import type { StoppedTaskReading } from './observation.ts';
import { between, durationMillis, earlier, spell } from './time.ts';

/** What these two look at; the proof of recovery asks them too. */
type Seen = Pick<GuardrailContext, 'service' | 'observation' | 'diagnosis' | 'now'>;

/**
 * Tasks fail before they ever serve: the image, a secret, the network, the port, the health check or the
 * configuration is wrong. Another start of the same kind ends the same way.
 */
export function cannotStart(context: Seen): Refusal | undefined {
  const { policy } = context.service;
  const failed = lately(context).filter((task) => failedToStart(task, context));
  const worst = mostOfOneRevision(failed);
  const [newest] = worst;
  if (newest === undefined || worst.length < failuresOf(context)) return undefined;
  const oldest = worst.at(-1) ?? newest;
  const first = oldest.startedAt ?? oldest.stoppedAt;
  const hasStarted = context.diagnosis.views.some(
    ({ task, condition }) =>
      task.revision === newest.revision &&
      task.startedAt !== undefined &&
      task.startedAt > first &&
      (condition === 'healthy' || condition === 'young'),
  );
  if (hasStarted) return undefined;
  return escalate(
    'cannot-start',
    `${worst.length} tasks of ${newest.revision} failed to start within ` +
      `${spell(policy.failureWindow)}: ${newest.stoppedReason}`,
  );
}

/** Tasks that did serve end by themselves, again and again: replacing them is what ECS does already. */
export function crashLoop(context: Seen): Refusal | undefined {
  const { policy } = context.service;
  const died = lately(context).filter(
    (task) =>
      task.stopCode === 'EssentialContainerExited' &&
      task.exitCode !== 0 &&
      !failedToStart(task, context),
  );
  const worst = mostOfOneRevision(died);
  const [newest] = worst;
  if (newest === undefined || worst.length < failuresOf(context)) return undefined;
  const why = newest.containerReason ?? `exit code ${newest.exitCode ?? 'unknown'}`;
  return escalate(
    'crash-loop',
    `${worst.length} tasks of ${newest.revision} ended by themselves within ${spell(policy.failureWindow)}: ${why}`,
  );
}

/** The load balancer knows none of the running tasks: they are well, and nobody can reach them. */
export function noTargets({ observation, diagnosis }: GuardrailContext): Refusal | undefined {
  const settled = diagnosis.views.filter(
    ({ condition }) => condition !== 'starting' && condition !== 'leaving',
  );
  const attached = settled.filter(({ targets }) => targets.some(({ state }) => isAttached(state)));
  if (observation.targets === undefined || settled.length === 0 || attached.length > 0)
    return undefined;
  return escalate(
    'no-targets',
    `none of ${settled.length} running tasks is registered with the load balancer`,
  );
}

function isAttached(state: string): boolean {
  return state !== 'draining' && state !== 'unused';
}

/**
 * Every task of one revision is ill and every other task is well: it is the release. A stop would start the same
 * revision again; rolling back helps.
 */
export function sameRevision({ diagnosis }: GuardrailContext): Refusal | undefined {
  const { pattern, illIds } = diagnosis;
  if (pattern.kind !== 'one-revision') return undefined;
  const detail = `all ${illIds.length} tasks of ${pattern.revision} are ill and all others are well: roll back`;
  return escalate('same-revision', detail);
}

/**
 * The same while ECS rolls it out, when only the requests show it: the rollout goes on until somebody stops it.
 * CODE_DEPLOY's own alarms roll back, and tasks that fail their health checks are ECS's business first.
 */
export function badRollout(context: GuardrailContext): Refusal | undefined {
  const { observation, diagnosis } = context;
  const { service } = observation;
  if (service.controller !== 'ECS' || runningDeployment(service) === undefined) return undefined;
  const isUnseen = diagnosis.views.some(
    (view) => diagnosis.illIds.includes(view.task.id) && isWell(view),
  );
  return isUnseen ? sameRevision(context) : undefined;
}

/** Stops on one revision that keep being needed: not many ill tasks, but one ill release. */
export function lineage(context: GuardrailContext): Refusal | undefined {
  const { policy } = context.service;
  const suspect = chooseSuspect(context.diagnosis);
  if (suspect === undefined) return undefined;
  const { revision } = suspect.view.task;
  const start = earlier(context.now, policy.lineageWindow);
  const stops = context.lock.stops.filter((stop) => stop.at > start && stop.revision === revision);
  if (stops.length < policy.lineageStops) return undefined;
  return escalate(
    'same-revision',
    `${stops.length} tasks of ${revision} were stopped within ${spell(policy.lineageWindow)} ` +
      `and ${name(suspect)} is ill again: it is the release, roll back`,
  );
}

/** Every task of one zone is ill and every other task is well: it is the zone. Shifting traffic away helps. */
export function oneZone({ diagnosis }: GuardrailContext): Refusal | undefined {
  const { pattern, illIds } = diagnosis;
  if (pattern.kind !== 'one-zone') return undefined;
  const detail = `all ${illIds.length} tasks in ${pattern.zone} are ill and all others are well: shift the zone`;
  return escalate('one-zone', detail);
}

/** Too many tasks are ill at once for it to be about a task: a dependency, a release, the network. */
export function storm(context: GuardrailContext): Refusal | undefined {
  const { illIds, views } = context.diagnosis;
  const { policy } = context.service;
  const present = views.filter((view) => isJudged(view, policy)).length;
  const limit = Math.max(1, Math.floor(policy.stormShare * present));
  if (illIds.length <= limit) return undefined;
  const traffic = `${percent(context.diagnosis)} of all requests fail`;
  const counted = `${illIds.length} of ${present} tasks are ill (limit ${limit})`;
  return escalate('storm', `${counted}, ${traffic}: stopping one would not help`);
}

/** How many make a loop of it. */
function failuresOf({ service, observation }: Seen): number {
  const { failures, failureShare } = service.policy;
  return Math.max(failures, Math.ceil(observation.service.desired * failureShare));
}

/** Of revisions that are still meant to run: what a rollback has left behind does not matter any more. */
function lately({ observation, service, now }: Seen): readonly StoppedTaskReading[] {
  const start = earlier(now, service.policy.failureWindow);
  const isWanted = wantedRevisions(observation.service);
  return observation.stopped.filter(
    ({ stoppedAt, revision }) => stoppedAt > start && isWanted(revision),
  );
}

/**
 * It never ran, it ended within its grace, or the health checks killed it before it can have passed any: ECS needs
 * some time after the grace to do that.
 */
function failedToStart(task: StoppedTaskReading, context: Seen): boolean {
  const { stopCode, startedAt, stoppedAt, stoppedReason, exitCode } = task;
  if (stopCode === 'TaskFailedToStart') return true;
  if (startedAt === undefined) return stopCode === 'EssentialContainerExited';
  const lived = between(startedAt, stoppedAt);
  const grace = graceOf(context);
  if (stopCode === 'EssentialContainerExited') return exitCode !== 0 && lived < grace;
  const byChecks = /failed (?:ELB|container) health checks/i.test(stoppedReason);
  const checked = durationMillis(grace + context.service.policy.nativePatience);
  return stopCode === 'ServiceSchedulerInitiated' && byChecks && lived < checked;
}

function mostOfOneRevision(tasks: readonly StoppedTaskReading[]): readonly StoppedTaskReading[] {
  const groups = [...Map.groupBy(tasks, ({ revision }) => revision).values()];
  return groups.reduce<readonly StoppedTaskReading[]>(
    (most, group) => (group.length > most.length ? group : most),
    [],
  );
}
