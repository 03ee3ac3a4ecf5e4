/**
 * What was true of a service while a decision was made.
 *
 * A look takes a while, and so does a stop. So a promise is broken only where it was broken at every moment from the
 * look to the deed: had there been one moment at which the deed was allowed, the healer may have seen that one.
 */
import type { GuardedService } from '../../functions/core/guarded-service.ts';
import { type Fleet, isIll, isLive, isServing, type SimTask, valueAt, wasIll } from './fleet.ts';
import type { Site } from './site.ts';

/** From the oldest thing that may have been seen to the deed. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

const STEP_MS = 1_000;

/** Whether it held at every moment of the window. */
function always({ from, to }: Window, holds: (at: number) => boolean): boolean {
  for (let at = from; at < to; at += STEP_MS) if (!holds(at)) return false;
  return holds(to);
}

/** @returns what forbade any stop in this service all the time, whoever was chosen. */
export function forbidden(site: Site, window: Window): string | undefined {
  const { fleet, alarms } = site;
  if (always(window, (at) => !alarms.ringsAt(at))) return 'no alarm rang';
  if (always(window, (at) => valueAt(alarms.suppressed, at))) return 'its alarms were suppressed';
  if (always(window, (at) => fleet.desiredAt(at) === 0)) return 'it was scaled to zero';
  if (always(window, (at) => fleet.isDeployingAt(at))) return 'a deployment was in progress';
  return undefined;
}

/** @returns why this task should not have gone: too few others would serve. */
export function belowFloor(site: Site, victim: SimTask, window: Window): string | undefined {
  const { fleet, service } = site;
  const tooFew = (at: number): boolean => {
    const others = fleet.tasks.filter((task) => task !== victim && isServing(task, at)).length;
    const isOut = isIll(victim, at, ['unhealthy']) && others > 0;
    return !isOut && others < floorOf(service, fleet.desiredAt(at));
  };
  return always(window, tooFew) ? 'too few healthy tasks remained' : undefined;
}

/** As `docs/safety.md` says it: all but those that may be missing, and never none. */
function floorOf({ policy }: GuardedService, desired: number): number {
  if (desired === 1 && policy.singleTask === 'stop') return 0;
  const share = Math.floor(desired * policy.maxUnavailableShare);
  return Math.max(1, desired - Math.max(policy.maxUnavailable, share));
}

/** @returns why this task should not have been chosen. */
export function wrongVictim(site: Site, victim: SimTask, window: Window): string | undefined {
  const { fleet, service } = site;
  const evidence = evidenceOf(site, window);
  const isStormy = always(evidence, (at) => isStorm(fleet, service, at));
  return wrongTask(site, victim, window) ?? (isStormy ? 'most tasks were ill' : undefined);
}

/** @returns why this task should not go, whoever chose it. */
export function wrongTask(site: Site, victim: SimTask, window: Window): string | undefined {
  const evidence = evidenceOf(site, window);
  if (!wasIll(victim, evidence.from, evidence.to)) return 'the task was well';
  const { protectedFrom = 0, protectedUntil = 0 } = victim;
  if (always(window, (at) => protectedFrom <= at && at < protectedUntil)) {
    return 'the task was protected';
  }
  return undefined;
}

/** Requests are counted over a while. */
function evidenceOf({ service }: Site, { from, to }: Window): Window {
  return { from: from - service.policy.evidenceWindow, to };
}

function isStorm(fleet: Fleet, { policy }: GuardedService, at: number): boolean {
  const serving = fleet.tasks.filter((task) => isLive(task, at) && task.healthyAt <= at);
  const ill = serving.filter((task) => isIll(task, at)).length;
  return ill > Math.max(1, Math.floor(policy.stormShare * serving.length));
}

/** Tasks that were ill at some time: requests are counted over a while, and show them all. */
export function everIll({ fleet }: Site, { from, to }: Window): number {
  return fleet.tasks.filter((task) => wasIll(task, from, to)).length;
}

/** Whether at some moment fewer were ill than before. */
export function wasBetter({ fleet }: Site, window: Window, illBefore: number): boolean {
  return !always(window, (at) => countIll(fleet, at) >= illBefore);
}

/** Whether at some moment all places were filled. */
export function wasFull({ fleet }: Site, window: Window): boolean {
  return !always(window, (at) => {
    const serving = fleet.tasks.filter((task) => isLive(task, at) && task.runningAt <= at).length;
    return serving < fleet.desiredAt(at);
  });
}

function countIll(fleet: Fleet, at: number): number {
  return fleet.tasks.filter((task) => isLive(task, at) && isIll(task, at)).length;
}
