/** One change of a service's lock: how a step of the incident becomes the next state and its timeline entries. */
import type { AccountState } from './account.ts';
import { accountAfter } from './account-change.ts';
import type { Cause } from './cause.ts';
import type { Decision, DecisionInput } from './decide.ts';
import type { Effect } from './effect.ts';
import type { Entry, EntryKind } from './entry.ts';
import { floorOf } from './guardrail.ts';
import { type Incident, wantsCause } from './incident.ts';
import { activeDrill, type LockState, stopsInWindow } from './lock.ts';
import { between, durationMillis, type EpochMillis, later } from './time.ts';
import type { Reason, Victim } from './verdict.ts';

export interface Step extends DecisionInput {
  readonly decision: Decision;
  /** Lambda request id: names the claimer, and salts the id of a new incident. */
  readonly requestId: string;
}

export interface Change {
  readonly next: LockState;
  /** Entries made by this change; they are in `next.outbox` too. */
  readonly entries: readonly Entry[];
  /** What all services share, when this changes it: both are written, or neither. */
  readonly account?: AccountState;
  /** A look to schedule; absent when the incident is over, or one is scheduled already. */
  readonly recheckAt?: EpochMillis;
}

/** What differs from entry to entry; the rest is the moment's. */
export interface Part {
  readonly kind: EntryKind;
  readonly detail: string;
  readonly reason?: Reason;
  readonly until?: EpochMillis;
  readonly victim?: Victim | undefined;
  readonly outcome?: Effect | undefined;
  readonly cause?: Cause | undefined;
  readonly announce?: boolean;
  readonly quiet?: true;
  readonly pauseScope?: string | undefined;
  readonly requestedBy?: string | undefined;
}

/** What an entry is made from; without a decision it has no numbers of the moment. */
export type Moment = Pick<Step, 'service' | 'lock' | 'now'> & Partial<Pick<Step, 'decision'>>;

const ANNOUNCED: readonly EntryKind[] = ['stopped', 'stop-refused', 'escalated', 'explained'];

/**
 * Numbers the entries, plans the next look, and raises the fence.
 *
 * @param planned - keeps an earlier plan: a re-check for it is on its way already.
 */
export function write(
  step: Step,
  incident: Incident,
  parts: readonly Part[],
  planned?: EpochMillis,
): Change {
  const entries = parts.map((part, index) =>
    makeEntry(step, incident, part, incident.seq + index + 1),
  );
  const over = incident.state === 'recovered';
  const recheckAt = planned ?? planRecheck(step, incident);
  const next: LockState = {
    ...step.lock,
    version: step.lock.version + 1,
    incident: {
      ...incident,
      seq: incident.seq + entries.length,
      token: over || planned !== undefined ? incident.token : incident.token + 1,
      nextCheckAt: recheckAt,
    },
    outbox: [...step.lock.outbox, ...entries],
  };
  const account = accountAfter(
    step,
    parts.map(({ kind }) => kind),
  );
  return {
    next,
    entries,
    ...(account === undefined ? {} : { account }),
    ...(over || planned !== undefined ? {} : { recheckAt }),
  };
}

/** A little later when a person has it or has asked for quiet. */
const SLOW_FACTOR = 4;
const SLOW: readonly Reason[] = ['paused', 'account-storm', 'scaled-to-zero'];

function planRecheck(step: Step, incident: Incident): EpochMillis {
  const { service, now, decision } = step;
  const { recheck } = service.policy;
  const { verdict } = decision;
  if (isSlow(step, incident)) return later(now, durationMillis(recheck * SLOW_FACTOR));
  const usual = later(now, recheck);
  return verdict.kind === 'hold' && verdict.until > now && verdict.until < usual
    ? verdict.until
    : usual;
}

/** While a person has it (or the storm) and the alarm still rings, or while a person asked for quiet or no tasks. */
function isSlow({ service, now, decision: { verdict } }: Step, incident: Incident): boolean {
  if (verdict.kind === 'hold' && SLOW.includes(verdict.reason)) return true;
  if (incident.state !== 'escalated' || wantsCause(incident, service.policy, now)) return false;
  return verdict.kind !== 'hold' || verdict.reason === incident.escalated?.reason;
}

export function makeEntry(step: Moment, incident: Incident, part: Part, seq: number): Entry {
  const { kind, detail, reason, until, victim, outcome, cause, pauseScope, requestedBy } = part;
  const acknowledgedBy = incident.acknowledged?.by;
  return {
    id: `${incident.id}#${seq}`,
    incidentId: incident.id,
    seq,
    at: step.now,
    kind,
    announce: part.announce ?? ANNOUNCED.includes(kind),
    ...(part.quiet === true ? { quiet: true } : {}),
    serviceId: step.service.id,
    environment: step.service.environment,
    trigger: incident.openedBy,
    detail,
    stopped: incident.stopped,
    reopened: incident.reopened,
    facts: factsOf(step),
    ledger: ledgerOf(incident),
    where: whereOf(step),
    ...drillOf(step, incident),
    ...(reason === undefined ? {} : { reason }),
    ...(until === undefined ? {} : { until }),
    ...(victim === undefined ? {} : { victim }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(cause === undefined ? {} : { cause }),
    ...(acknowledgedBy === undefined ? {} : { acknowledgedBy }),
    ...(pauseScope === undefined ? {} : { pauseScope }),
    ...(requestedBy === undefined ? {} : { requestedBy }),
  };
}

/** Of an incident that opened while the drill was on, and only as long as it is. */
function drillOf({ lock, now }: Moment, incident: Incident): Pick<Entry, 'drill'> {
  const mark = activeDrill(lock.drill, now);
  return mark === undefined || incident.drill !== mark.id ? {} : { drill: mark.id };
}

function whereOf({ service: { clusterArn, logGroup } }: Moment): NonNullable<Entry['where']> {
  return { clusterArn, ...(logGroup === undefined ? {} : { logGroup }) };
}

function factsOf(step: Moment): Entry['facts'] {
  const { observation, diagnosis } = step.decision ?? {};
  const { service, lock, now } = step;
  const used = {
    stopsUsed: stopsInWindow(lock, service.policy, now).length,
    stopsAllowed: service.policy.budget,
  };
  if (observation === undefined || diagnosis === undefined) return { alarms: [], ...used };
  return {
    desired: observation.service.desired,
    running: observation.service.running,
    healthy: diagnosis.healthy,
    floor: floorOf(service, observation.service.desired),
    requests: diagnosis.requests,
    errors: diagnosis.errors,
    ...(diagnosis.blind === undefined ? {} : { blind: diagnosis.blind }),
    ...(observation.traffic === undefined ? {} : { logs: observation.traffic.cost }),
    alarms: observation.alarms.map(({ name, state, reason }) => ({ name, state, reason })),
    ...used,
  };
}

function ledgerOf(incident: Incident): Entry['ledger'] {
  const { stoppedAt, alarmSince, stableSince, recoveredAt } = incident;
  const inEpisode = stoppedAt !== undefined && stoppedAt >= incident.openedAt;
  return {
    ...(inEpisode ? { act: between(alarmSince, stoppedAt) } : {}),
    ...(inEpisode && stableSince !== undefined ? { replace: between(stoppedAt, stableSince) } : {}),
    ...(recoveredAt !== undefined ? { recover: between(alarmSince, recoveredAt) } : {}),
  };
}
