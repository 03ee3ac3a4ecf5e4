/**
 * The one item per guarded service that makes a decision exclusive, and its pure transitions.
 *
 * `version` is the fence: every write is conditional on the version that was read, and raises it by one. A
 * claim names
 * its victim *before* the stop is sent; whoever finds a claim that nobody confirmed repeats that very stop.
 */
import { assert } from './assert.ts';
import type { Effect } from './effect.ts';
import type { Entry } from './entry.ts';
import type { Incident } from './incident.ts';
import type { Policy } from './policy.ts';
import { between, durationMillis, type EpochMillis, earlier, later } from './time.ts';
import type { Baseline, Victim } from './verdict.ts';

export interface Intent {
  readonly incidentId: string;
  readonly victim: Victim;
  readonly claimedAt: EpochMillis;
  /** Request id of the invocation that claimed. */
  readonly claimedBy: string;
}

export interface StopRecord {
  readonly incidentId: string;
  readonly taskArn: string;
  readonly at: EpochMillis;
  readonly revision?: string;
  readonly before?: Baseline;
  /** Set once it was judged. */
  readonly effect?: Effect;
}

export interface Pause {
  readonly by: string;
  readonly why: string;
  readonly until: EpochMillis;
  /** Absent when somebody wrote the pause into the table by hand. */
  readonly record?: PauseRecord;
}

/** What a pause is told by. */
export interface PauseRecord {
  /** `pause-20261120-100341-3f9c2k`: its entries have it in the place of an incident's. */
  readonly id: string;
  /** Names the request that wrote it last; the same one delivered again changes nothing. */
  readonly request: string;
  /** Sequence of its last entry. */
  readonly seq: number;
  readonly since: EpochMillis;
}

/** A drill is on: what is told meanwhile says so. It ends by itself. */
export interface DrillMark {
  readonly id: string;
  readonly by: string;
  readonly since: EpochMillis;
  readonly until: EpochMillis;
}

export interface LockState {
  readonly serviceId: string;
  /** 0 when the service has no item yet. */
  readonly version: number;
  readonly intent?: Intent;
  /** Our stops of the lineage window, oldest first. */
  readonly stops: readonly StopRecord[];
  readonly cooldownUntil?: EpochMillis;
  /** The open incident, or the last one. */
  readonly incident?: Incident;
  readonly pause?: Pause;
  /** No decision is made by it: it is only told. */
  readonly drill?: DrillMark;
  /** Timeline entries that are not yet both kept and told. */
  readonly outbox: readonly Entry[];
}

export function emptyLock(serviceId: string): LockState {
  return { serviceId, version: 0, stops: [], outbox: [] };
}

/** Names the victim. @throws InvariantError when another claim is open: it must be completed first. */
export function claim(lock: LockState, intent: Intent): LockState {
  assert(lock.intent === undefined, `claim of ${intent.victim.taskId} over an open claim`);
  return { ...lock, intent };
}

/** The claimed stop was accepted: it counts against the budget, and the service rests. */
export function confirm(lock: LockState, policy: Policy, now: EpochMillis): LockState {
  const { intent, ...rest } = lock;
  assert(intent !== undefined, 'confirm without a claim');
  const { taskArn, revision, before } = intent.victim;
  const stop: StopRecord = {
    incidentId: intent.incidentId,
    taskArn,
    at: now,
    revision,
    ...(before === undefined ? {} : { before }),
  };
  const kept = durationMillis(Math.max(policy.budgetWindow, policy.lineageWindow));
  const start = earlier(now, kept);
  return {
    ...rest,
    stops: [...lock.stops.filter((earlierStop) => earlierStop.at > start), stop],
    cooldownUntil: later(now, policy.cooldown),
  };
}

/** Gives a claim up, if there is one: its stop was refused for good, or is not wanted any more. */
export function release(lock: LockState): LockState {
  const { intent: _refused, ...rest } = lock;
  return rest;
}

export function stopsInWindow(
  lock: LockState,
  policy: Policy,
  now: EpochMillis,
): readonly StopRecord[] {
  const start = earlier(now, policy.budgetWindow);
  return lock.stops.filter((stop) => stop.at > start);
}

/** True while only the claimer may work on its claim; afterwards it is certainly dead, and anyone completes it. */
export function isLeased(intent: Intent, policy: Policy, now: EpochMillis): boolean {
  return between(intent.claimedAt, now) < policy.claimLease;
}

/** @returns the mark while it is on. */
export function activeDrill(mark: DrillMark | undefined, now: EpochMillis): DrillMark | undefined {
  return mark !== undefined && now < mark.until ? mark : undefined;
}

/** @returns the pause while it is on. */
export function activePause(pause: Pause | undefined, now: EpochMillis): Pause | undefined {
  return pause !== undefined && now < pause.until ? pause : undefined;
}
