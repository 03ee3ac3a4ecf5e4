/** What is kept of one drill: it can be taken up from here by anybody, at any time. Pure data. */
import type { LockState } from '../lock.ts';
import type { EpochMillis } from '../time.ts';
import type { Definition, DrillLevel } from './definition.ts';
import type { Refusal } from './refusal.ts';
import type { Row } from './verdict.ts';

/**
 * - `starting`: nothing has happened yet; it may still be refused, or wait for its turn
 * - `rolling-back`: always comes after the method was begun
 * - `ending`: judged; marks are taken away, and people are told
 */
export type DrillPhase = 'starting' | 'method' | 'following' | 'rolling-back' | 'ending' | 'ended';

export interface DrillActivity {
  readonly type: 'action' | 'probe';
  readonly name: string;
  readonly status: 'succeeded' | 'failed';
  readonly start: EpochMillis;
  readonly end: EpochMillis;
  readonly exception?: string;
}

/** The one task that the drill makes ill, named before it is. */
export interface DrillTarget {
  readonly taskArn: string;
  readonly taskId: string;
  readonly zone: string;
  readonly revision: string;
  /** When the task mends itself, whatever becomes of us. */
  readonly endsAt: EpochMillis;
  /** Requests that were sent to reach it; the others met its neighbours. */
  readonly tries: number;
  /** When it said that it is ill. */
  readonly onAt?: EpochMillis;
  /** When it said that it is mended, or was seen gone. */
  readonly offAt?: EpochMillis;
}

export interface RungAlarm {
  readonly arn: string;
  readonly name: string;
  readonly rungAt: EpochMillis;
  /** How often it was rung: it may be evaluated before anybody has looked. */
  readonly rings: number;
  /** When it was seen, or set, back. */
  readonly backAt?: EpochMillis;
}

export interface DrillSample {
  readonly at: EpochMillis;
  readonly healthy: number;
  readonly desired: number;
  /** State of the drill's incident, with the reason of a hold; `none` without one. */
  readonly incident: string;
}

/** Why it ended before its method had shown anything. */
export interface DrillAbort {
  readonly code: string;
  readonly detail: string;
  readonly at: EpochMillis;
}

export interface DrillState {
  /** `drill-20261120-100341-3f9c2k`. */
  readonly id: string;
  readonly serviceId: string;
  readonly environment: string;
  /** The fence: every write is conditional on the version that was read. */
  readonly version: number;
  /** Number of its newest look; an older one is superseded. */
  readonly token: number;
  readonly definition: Definition;
  readonly level: DrillLevel;
  readonly by: string;
  /** Names the request that asked for it: the same one delivered again starts no second drill. */
  readonly request: string;
  /** Asked for by the calendar: it waits for its turn instead of being refused. */
  readonly scheduled: boolean;
  readonly allowProduction: boolean;
  readonly askedAt: EpochMillis;
  /** When it was its turn. */
  readonly startedAt: EpochMillis;
  /** When it stops whatever it does. */
  readonly endsBy: EpochMillis;
  readonly phase: DrillPhase;
  readonly phaseSince: EpochMillis;
  /** Index into the method. */
  readonly step: number;
  readonly stepSince: EpochMillis;
  /** Why the effect of this step did not work last time. */
  readonly trouble?: string;
  readonly target?: DrillTarget;
  readonly alarm?: RungAlarm;
  /** When the first step that is no waiting took effect. */
  readonly faultAt?: EpochMillis;
  /** A person asked for its end. */
  readonly stop?: { readonly by: string; readonly why: string; readonly at: EpochMillis };
  readonly abort?: DrillAbort;
  /** Of a drill that never began. */
  readonly refusals?: readonly Refusal[];
  readonly told: { readonly start: boolean; readonly end: boolean };
  readonly run: readonly DrillActivity[];
  readonly rollbacks: readonly DrillActivity[];
  readonly samples: readonly DrillSample[];
  /** Ids of the incidents that opened while it was on. */
  readonly incidents: readonly string[];
  /** Since when something it must see could not be read. */
  readonly blindSince?: EpochMillis;
  readonly rows?: readonly Row[];
  readonly verdict?: 'pass' | 'fail' | 'aborted';
}

export function isOver({ phase }: DrillState): boolean {
  return phase === 'ended';
}

/** Whether the drill may have changed something: a step takes effect before it is recorded. */
function hasBegun({ phase }: DrillState): boolean {
  return phase !== 'starting';
}

/** The incident of the service, if it opened while the drill was on. */
export function episodeOf({ startedAt }: DrillState, { incident }: LockState) {
  return incident !== undefined && incident.openedAt >= startedAt ? incident : undefined;
}

/** @returns the state at the beginning of another phase. */
export function enter(state: DrillState, phase: DrillPhase, now: EpochMillis): DrillState {
  const { trouble: _over, ...rest } = state;
  return { ...rest, phase, phaseSince: now, stepSince: now };
}

export function abort(
  state: DrillState,
  code: string,
  detail: string,
  now: EpochMillis,
): DrillState {
  const aborted = { ...state, abort: { code, detail, at: now } };
  return enter(aborted, hasBegun(state) ? 'rolling-back' : 'ending', now);
}
