/** From a finished run to its numbers. */
import type { Schedule } from './perform.ts';
import type { ServedSecond } from './world/metrics.ts';
import type { World } from './world/world.ts';

export interface Score {
  /** Stops of a task that was ill by a fault of its own, and whose replacement was well. */
  readonly right: number;
  readonly wrong: number;
  /** Stops after which fewer than all but one task, or than one, were healthy. */
  readonly breaches: number;
  /** Requests of users since the fault that failed, or were slow. */
  readonly failed: number;
  readonly slow: number;
  /**
   * Seconds from the fault to the last bad second; absent when only the drill's own clean-up
   * ended it.
   */
  readonly recover: number | undefined;
  /** `recovered` or `successful`, said while it was not so, or before the alarm rang again. */
  readonly falseClaims: number;
  readonly claims: number;
}

const RELAPSE_MS = 5 * 60_000;
const GOOD_MS = 3 * 60_000;
/** Seconds over which the share of bad requests is taken, so that one request is not a fault. */
const SMOOTHED = 10;
const BAD_SHARE = 0.01;

export function score(world: World, schedule: Schedule): Score {
  const { faultAt } = schedule;
  const { stops, claims } = world.truth;
  const [users] = world.sites;
  const seconds = (users?.metrics.seconds ?? []).filter(({ at }) => at >= faultAt);
  return {
    right: stops.filter(({ isRight }) => isRight).length,
    wrong: stops.filter(({ isRight }) => !isRight).length,
    breaches: stops.filter(({ isBreach }) => isBreach).length,
    failed: seconds.reduce((sum, { failed }) => sum + failed, 0),
    slow: seconds.reduce((sum, { slow }) => sum + slow, 0),
    recover: timeToRecover(seconds, schedule),
    falseClaims: countFalseClaims(world),
    claims: claims.length,
  };
}

/** An alarm soon after a claim belies it, unless the scenario broke something new in between. */
export function countFalseClaims({ truth }: World): number {
  const { claims, rings, faults } = truth;
  return claims.filter(({ at, service, isFalse }) => {
    if (isFalse) return true;
    const ring = rings.find(
      (later) => later.service === service && later.at > at && later.at <= at + RELAPSE_MS,
    );
    return ring !== undefined && !faults.some((fault) => fault > at && fault <= ring.at);
  }).length;
}

function timeToRecover(
  seconds: readonly ServedSecond[],
  { faultAt, endAt, cleanUpAt = endAt }: Schedule,
): number | undefined {
  let lastBad = faultAt;
  for (const [index, { at }] of seconds.entries()) {
    const recent = seconds.slice(Math.max(0, index - SMOOTHED + 1), index + 1);
    const requests = recent.reduce((sum, second) => sum + second.requests, 0);
    const bad = recent.reduce((sum, { failed, slow }) => sum + failed + slow, 0);
    if (bad > requests * BAD_SHARE) lastBad = at;
  }
  const isHealed = endAt - lastBad >= GOOD_MS && lastBad < cleanUpAt;
  return isHealed ? (lastBad - faultAt) / 1_000 : undefined;
}
