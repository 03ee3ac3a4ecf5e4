/**
 * The incident reducer: what a verdict does to the lock and which timeline entries it writes. Pure.
 *
 * One pass makes one change, and one conditional write carries it: state, claim and outbox move together or not
 * at all.
 */
import { type Change, type Part, type Step, write } from './change.ts';
import { ALL_SERVICES, isLate, nameDelivery } from './delivery.ts';
import { type Effect, judgeStop } from './effect.ts';
import { type Incident, incidentId, isOpen, wantsCause } from './incident.ts';
import { activeDrill, claim, confirm, type LockState, release } from './lock.ts';
import type { AlarmReading } from './observation.ts';
import { showOpening } from './opening.ts';
import { pauseOver } from './pause.ts';
import { stableSinceAt } from './recovery.ts';
import { answeredWith, requestFor } from './request.ts';
import { between, type EpochMillis, earliest } from './time.ts';
import { type Escalate, type Hold, isPatient, type Reason, type Victim } from './verdict.ts';

/** Reasons on-call need not hear of: they pass by themselves, or end in an escalation that is told. */
const QUIET: readonly Reason[] = [
  'alarm-cleared',
  'alarm-suppressed',
  'too-old',
  'settling',
  'lock-held',
  'downstream',
  'account-storm',
  'no-suspect',
  'starting',
];

/** @returns undefined when the verdict changes nothing. */
export function advance(step: Step): Change | undefined {
  const { verdict } = step.decision;
  switch (verdict.kind) {
    case 'act':
      return verdict.completing ? undefined : advanceClaim(step, verdict.victim);
    case 'hold':
      return advanceHold(step, verdict);
    case 'escalate':
      return advanceEscalation(step, verdict);
    case 'settled':
      return verdict.outcome === 'recovered' ? advanceRecovery(step, verdict) : undefined;
  }
}

/**
 * The claimed stop was accepted, and that is told.
 *
 * A pass that made the claim itself has its next look on the way already. One that completes another's claim
 * plans a new one: the claimer may have died before it could.
 */
export function advanceStopped(step: Step): Change {
  const { lock, service, now } = step;
  const victim = lock.intent?.victim;
  const incident: Incident = {
    ...incidentOf(step),
    state: 'verifying',
    stopped: incidentOf(step).stopped + 1,
    stoppedAt: now,
    told: true,
  };
  const detail = victim?.why ?? '';
  const confirmed = confirm(lock, service.policy, now);
  const parts: readonly Part[] = [{ kind: 'stopped', detail, victim }];
  const { verdict } = step.decision;
  const isOwnClaim = verdict.kind === 'act' && !verdict.completing;
  const planned = isOwnClaim ? incident.nextCheckAt : undefined;
  return write({ ...step, lock: confirmed }, incident, parts, planned);
}

/** The claimed stop was refused for good: nothing happened, and only a human can grant what is missing. */
export function advanceRefused(step: Step, why: string): Change {
  const incident: Incident = {
    ...incidentOf(step),
    state: 'escalated',
    escalated: { reason: 'stop-refused', at: step.now },
    told: true,
  };
  const victim = step.lock.intent?.victim;
  const refused = { detail: why, reason: 'stop-refused', victim } as const;
  return write({ ...step, lock: release(step.lock) }, incident, [
    isKnown(step) ? answer(step, refused) : { kind: 'stop-refused', ...refused },
  ]);
}

/** Whoever asked again has been called for it already. */
function isKnown(step: Step): boolean {
  const { delivery } = step;
  return delivery.kind === 'manual' && incidentOf(step).escalated?.reason === 'stop-refused';
}

/** A refusal that is told, and calls nobody. */
function answer({ delivery }: Step, part: Omit<Part, 'kind'>): Part {
  const requestedBy = delivery.kind === 'manual' ? delivery.requestedBy : undefined;
  return { ...part, kind: 'held', announce: true, requestedBy };
}

function advanceClaim(step: Step, victim: Victim): Change {
  const { incident, parts } = openOrKeep(step);
  const asked = requestFor(step);
  const answered = answeredWith(incident, asked);
  const acting: Incident = { ...withoutHold(incident), ...answered, state: 'acting' };
  const intent = { incidentId: acting.id, victim, claimedAt: step.now, claimedBy: step.requestId };
  const lock = claim(judgeLastStop(step), intent);
  return write({ ...step, lock }, acting, [
    ...parts,
    { kind: 'claimed', detail: victim.why, victim, requestedBy: asked?.by },
  ]);
}

/** What the stop before this one did is settled now: later looks compare with a fleet that has changed again. */
function judgeLastStop({ lock, decision }: Step): LockState {
  const last = lock.stops.at(-1);
  if (last === undefined || decision.diagnosis === undefined) return lock;
  const effect = judgeStop(last, { diagnosis: decision.diagnosis });
  return { ...lock, stops: [...lock.stops.slice(0, -1), { ...last, effect }] };
}

function advanceHold(step: Step, verdict: Hold): Change {
  const { incident, parts } = openOrKeep(step);
  const isNew = incident.hold?.reason !== verdict.reason;
  const asked = requestFor(step);
  const isTold = isNew && !incident.told && !QUIET.includes(verdict.reason);
  const announce = asked !== undefined || isTold;
  const opening = announce
    ? { parts }
    : showOpening(step.lock.incident, incident, parts, verdict.reason);
  const since = incident.hold !== undefined && !isNew ? incident.hold.since : step.now;
  const { stableSince: _stale, waitingSince: waited, provingSince: _known, ...rest } = incident;
  const provingSince = provingSinceOf(step, incident);
  const mayLast = isPatient(verdict.reason) || verdict.reason === 'alarm-cleared';
  const stableSince = seenStableSince(step, incident);
  const holding: Incident = {
    ...rest,
    state: stateWhileHolding(incident, verdict.reason),
    hold: { reason: verdict.reason, since },
    told: incident.told || announce,
    ...opening.incident,
    ...answeredWith(incident, asked),
    ...(mayLast ? {} : { waitingSince: waited ?? step.now }),
    ...(stableSince === undefined ? {} : { stableSince }),
    ...(provingSince === undefined ? {} : { provingSince }),
  };
  const { reason, detail, until, cause } = verdict;
  const answer = { announce, requestedBy: asked?.by, pauseScope: pauseScopeOf(step, reason) };
  const held: Part = { kind: 'held', reason, detail, until, cause, ...answer };
  const steps = isNew || asked !== undefined ? [...opening.parts, held] : opening.parts;
  if (cause === undefined || !wantsCause(incident, step.service.policy, step.now)) {
    return write(step, holding, steps);
  }
  const explained: Part = { kind: 'explained', reason, detail: cause.sentence, cause };
  return write(step, { ...holding, explained: true }, [...steps, explained]);
}

/** It ends with an alarm that is seen to ring; a look that could not see everything does not begin it. */
function provingSinceOf(step: Step, { provingSince }: Incident): EpochMillis | undefined {
  if (alarmsOf(step).length > 0) return undefined;
  const { observation } = step.decision;
  if (observation === undefined) return provingSince;
  // Whoever wants no tasks does not wait for a proof.
  return observation.service.desired === 0 ? undefined : (provingSince ?? step.now);
}

/** What would have to be resumed: to end a pause that the service does not have changes nothing. */
function pauseScopeOf({ lock, account, service, now }: Step, reason: Reason): string | undefined {
  if (reason !== 'paused') return undefined;
  return pauseOver(lock, account, now) === account.pause ? ALL_SERVICES : service.id;
}

/** A person who has the storm has this service only as long as the storm holds it. */
function stateWhileHolding(incident: Incident, reason: Reason): Incident['state'] {
  const isGivenBack = incident.escalated?.reason === 'account-storm' && reason !== 'account-storm';
  if (incident.state === 'escalated' && !isGivenBack) return 'escalated';
  return incident.stopped > 0 ? 'verifying' : 'holding';
}

function seenStableSince(step: Step, incident: Incident): EpochMillis | undefined {
  const { diagnosis, observation } = step.decision;
  if (diagnosis === undefined || observation === undefined) return undefined;
  const { lock, service, now } = step;
  return stableSinceAt({ incident, lock, service, observation, diagnosis, now });
}

function advanceEscalation(step: Step, { reason, detail, cause }: Escalate): Change {
  const { incident, parts } = openOrKeep(step);
  const asked = requestFor(step);
  const escalated: Incident = {
    ...withoutHold(incident),
    ...answeredWith(incident, asked),
    state: 'escalated',
    escalated: { reason, at: step.now },
    explained: cause !== undefined,
    told: true,
  };
  const last = step.lock.stops.findLast((stop) => stop.incidentId === incident.id);
  const { diagnosis } = step.decision;
  const outcome =
    last === undefined || diagnosis === undefined ? undefined : judgeStop(last, { diagnosis });
  // A claim that could not be completed is over with it: a human has the incident now.
  return write(withoutClaim(step), escalated, [
    ...parts,
    { kind: 'escalated', reason, detail, outcome, cause, requestedBy: asked?.by },
  ]);
}

function advanceRecovery(
  step: Step,
  verdict: { readonly detail: string; readonly effect: Effect; readonly stableSince: EpochMillis },
): Change {
  const { detail, effect, stableSince } = verdict;
  const open = withoutHold(incidentOf(step));
  const recovered: Incident = { ...open, state: 'recovered', recoveredAt: step.now, stableSince };
  const told = open.told || open.shown !== true ? {} : ({ quiet: true } as const);
  const part: Part = { kind: 'recovered', detail, outcome: effect, announce: open.told, ...told };
  const judged = { ...step, lock: judgeAll(step.lock, open.id, effect) };
  return write(withoutClaim(judged), { ...recovered, told: false }, [part]);
}

/** An incident that is over has judged its stops; a later one is not to count them as failed. */
function judgeAll(lock: LockState, incidentId: string, effect: Effect): LockState {
  const stops = lock.stops.map((stop) =>
    stop.incidentId === incidentId && stop.effect === undefined ? { ...stop, effect } : stop,
  );
  return { ...lock, stops };
}

function withoutClaim(step: Step): Step {
  return { ...step, lock: release(step.lock) };
}

function incidentOf(step: Step): Incident {
  const { incident } = step.lock;
  if (incident === undefined) throw new Error('no incident to advance');
  return incident;
}

/** What was seen while it held is over with it: a stop or an escalation begins the proof of recovery anew. */
function withoutHold(incident: Incident): Incident {
  const {
    hold: _over,
    stableSince: _disproved,
    waitingSince: _ended,
    provingSince: _begun,
    ...rest
  } = incident;
  return rest;
}

function openOrKeep(step: Step): { readonly incident: Incident; readonly parts: readonly Part[] } {
  const last = step.lock.incident;
  if (isOpen(last)) return { incident: { ...last, rang: ringing(step, last.rang) }, parts: [] };
  const detail = nameDelivery(step.delivery);
  const fresh: Omit<Incident, 'id' | 'reopened' | 'seq' | 'token' | 'stopped'> = {
    state: 'open',
    openedAt: step.now,
    alarmSince: earliest(step.now, ...alarmsOf(step).map((alarm) => alarm.since)),
    openedBy: detail,
    rang: ringing(step, []),
    nextCheckAt: step.now,
    told: false,
    ...(isLate(step.delivery, step.now) ? { late: true } : {}),
    ...drillOf(step),
  };
  // What a drill made is no part of what comes after it by itself, nor the other way round.
  if (last !== undefined && last.drill === fresh.drill && isRecent(step, last.recoveredAt)) {
    const { id, reopened, seq, token, stopped } = last;
    const kept = { id, seq, token, stopped, ...answeredWith(last, undefined) };
    const incident = { ...kept, ...fresh, reopened: reopened + 1 };
    return { incident, parts: [{ kind: 'reopened', detail }] };
  }
  const id = incidentId(step.now, `${step.service.id}/${step.requestId}`);
  const incident = { id, reopened: 0, seq: 0, token: 0, stopped: 0, ...fresh };
  return { incident, parts: [{ kind: 'opened', detail }] };
}

function drillOf({ lock, now }: Step): Pick<Incident, 'drill'> {
  const mark = activeDrill(lock.drill, now);
  return mark === undefined ? {} : { drill: mark.id };
}

function isRecent({ service, now }: Step, recoveredAt: EpochMillis | undefined): boolean {
  return recoveredAt !== undefined && between(recoveredAt, now) <= service.policy.reopenWindow;
}

function alarmsOf(step: Step): readonly AlarmReading[] {
  const { alarms } = step.observation;
  return alarms.kind === 'read' ? alarms.value.filter((alarm) => alarm.state === 'ALARM') : [];
}

function ringing(step: Step, before: readonly string[]): readonly string[] {
  return [...new Set([...before, ...alarmsOf(step).map((alarm) => alarm.arn)])];
}
