/** What must hold when a claim is won: the decision to stop one task, written before the stop is sent. */
import { stormAt } from '../../functions/core/account.ts';
import { isOpen } from '../../functions/core/incident.ts';
import type { Intent } from '../../functions/core/lock.ts';
import { epochMillis } from '../../functions/core/time.ts';
import { type Process, SKEW_MAX_MS } from './process.ts';
import type { Opening } from './safety.ts';
import type { Simulation } from './simulation.ts';
import type { Site } from './site.ts';
import type { Commit } from './table.ts';
import { belowFloor, everIll, forbidden, wasBetter, wasFull, wrongVictim } from './truth.ts';

export interface Claim {
  readonly serviceId: string;
  readonly process: Process;
  readonly intent: Intent;
  /** When it was written, by the world's clock. */
  readonly at: number;
}

/** @returns which promise it breaks. */
export function checkClaim(sim: Simulation, commit: Commit, claim: Claim): string | undefined {
  const site = sim.siteOf(claim.serviceId);
  const window = sim.safety.windowOf(claim.process, claim.serviceId);
  const victim = site.find(claim.intent.victim.taskArn);
  if (victim === undefined) return 'there is no such task';
  return (
    unrecorded(commit, claim) ??
    held(sim, commit, claim) ??
    stormy(sim, claim) ??
    blind(sim, site, claim) ??
    forbidden(site, window) ??
    belowFloor(site, victim, window) ??
    wrongVictim(site, victim, window) ??
    tooSoon(sim, site, claim) ??
    tooMany(sim, site, claim)
  );
}

function unrecorded({ entries }: Commit, { intent }: Claim): string | undefined {
  const isRecorded = entries.some(
    ({ kind, victim }) => kind === 'claimed' && victim?.taskArn === intent.victim.taskArn,
  );
  return isRecorded ? undefined : 'no entry of the timeline records it';
}

/** What stands in the lock and the account is read consistently, so it is held against the very moment. */
function held(sim: Simulation, { before, account }: Commit, claim: Claim): string | undefined {
  const { incident } = before;
  const surely = epochMillis(sim.agenda.now() + SKEW_MAX_MS);
  if (sim.safety.isPaused(before, account.before)) return 'it was paused';
  if (stormAt(account.before, surely) !== undefined) return 'all services were in a storm';
  if (sim.siteOf(claim.serviceId).service.policy.mode === 'observe') return 'it is only observed';
  const isCalled = isOpen(incident) && incident.state === 'escalated';
  const isTheirs = isCalled && incident.escalated?.reason !== 'account-storm';
  return isTheirs && !sim.safety.hasAsked(claim.process) ? 'a person has the incident' : undefined;
}

/**
 * So many services opened an incident that it is not about a task, told from their timelines: by clocks that are fast
 * as by clocks that are slow, since what opens while a storm is on does not begin another.
 */
function stormy({ safety, plan }: Simulation, { intent }: Claim): string | undefined {
  const openings = safety.openings.toSorted((a, b) => a.at - b.at);
  const ends = [SKEW_MAX_MS, -SKEW_MAX_MS].flatMap((skew) => [
    stormEnd(openings, plan.limits, skew),
    prolongedEnd(openings, plan.limits, skew),
  ]);
  const isOn = ends.every((end) => intent.claimedAt < end - SKEW_MAX_MS);
  return isOn ? 'many services had opened an incident at once' : undefined;
}

function stormEnd(
  openings: readonly Opening[],
  { stormServices, stormWindow }: Simulation['plan']['limits'],
  skew: number,
): number {
  let until = 0;
  let counted: readonly Opening[] = [];
  for (const opening of openings) {
    const { at } = opening;
    // What opens while a storm is on need neither make it longer nor count for the next.
    if (at < until + 2 * SKEW_MAX_MS) continue;
    counted = [...counted.filter((one) => one.at > at - stormWindow + skew), opening];
    const services = new Set(counted.map(({ serviceId }) => serviceId)).size;
    if (services >= stormServices) until = at + stormWindow;
  }
  return until;
}

/** The same of a storm that another service makes longer when it opens in the later half. */
function prolongedEnd(
  openings: readonly Opening[],
  { stormServices, stormWindow }: Simulation['plan']['limits'],
  skew: number,
): number {
  let until = 0;
  let counted: readonly Opening[] = [];
  for (const opening of openings) {
    const { at, serviceId } = opening;
    const recent = counted.filter((one) => one.at > at - stormWindow + skew);
    const others = recent.filter((one) => one.serviceId !== serviceId);
    const isOn = at < until;
    const isLonger = at >= until - stormWindow / 2 && others.length === recent.length;
    if (isOn && !isLonger) continue;
    counted = [...others, opening].slice(-stormServices);
    if (isOn || counted.length >= stormServices) until = at + stormWindow;
  }
  return until;
}

function blind(sim: Simulation, { service }: Site, claim: Claim): string | undefined {
  const { read } = sim.safety.of(claim.process, claim.serviceId);
  const needed = ['alarms', 'service', 'tasks', 'stopped', 'traffic'];
  if (service.targetGroupArns.length > 0) needed.push('targets');
  const missing = needed.filter((source) => !read.has(source));
  return missing.length === 0 ? undefined : `it could not read ${missing.join(', ')}`;
}

/** A service rests after a stop until it has its effect, unless it can be seen that it helped. */
function tooSoon(sim: Simulation, site: Site, claim: Claim): string | undefined {
  const { policy } = site.service;
  const last = sim.safety.stops.findLast(({ serviceId }) => serviceId === claim.serviceId);
  if (last === undefined) return undefined;
  const passed = claim.at - last.at + 2 * SKEW_MAX_MS;
  const rest = Math.max(policy.settle, policy.cooldown);
  if (passed >= rest) return undefined;
  const before = { from: last.at - policy.evidenceWindow - policy.claimLease, to: last.at };
  const window = sim.safety.windowOf(claim.process, claim.serviceId);
  // A task that has fallen ill since is not seen before its requests show it.
  const seen = { ...window, from: Math.max(last.at, window.from - policy.evidenceWindow) };
  if (wasBetter(site, seen, everIll(site, before)) && wasFull(site, window)) return undefined;
  return `only ${Math.round((claim.at - last.at) / 1_000)} s after the stop before it`;
}

/** Of one service by the stops that it had, of all services by their claims. */
function tooMany(sim: Simulation, { service }: Site, claim: Claim): string | undefined {
  const { budget, budgetWindow } = service.policy;
  const since = claim.at - budgetWindow + 2 * SKEW_MAX_MS;
  const own = sim.safety.stops.filter(
    ({ serviceId, at }) => serviceId === service.id && at > since,
  );
  if (own.length >= budget) return `${own.length} of ${budget} stops of the service were used`;
  const { limits } = sim.plan;
  const { claimedAt } = claim.intent;
  const start = claimedAt - limits.budgetWindow + SKEW_MAX_MS;
  const all = sim.safety.claims.filter(({ intent }) => intent.claimedAt > start);
  if (all.length < limits.budget) return undefined;
  return `${all.length} of ${limits.budget} stops of all services were used`;
}
