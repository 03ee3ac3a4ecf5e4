/**
 * The one loop body of the healer: look, decide, claim, act, record, announce.
 *
 * Every delivery about a service runs it, whatever woke us: the world decides, not the message.
 */
import { advance, advanceRefused, advanceStopped } from '../core/advance.ts';
import type { Change, Step } from '../core/change.ts';
import { type Decision, decide } from '../core/decide.ts';
import { type Delivery, nameDelivery } from '../core/delivery.ts';
import type { Entry } from '../core/entry.ts';
import { HealerError } from '../core/errors.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import { isOpen } from '../core/incident.ts';
import type { LockState } from '../core/lock.ts';
import { between, durationMillis, type EpochMillis, later, minutes } from '../core/time.ts';
import type { Victim } from '../core/verdict.ts';
import type { Inbox } from '../ports/messaging.ts';
import type { TaskStopper } from '../ports/task-stopper.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { type ObserveDeps, observe } from './observe.ts';

export interface ReconcileDeps extends ObserveDeps, AnnounceDeps {
  readonly stopper: TaskStopper;
  readonly inbox: Inbox;
}

export interface Request {
  readonly service: GuardedService;
  readonly delivery: Delivery;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** What a direct invocation gets back. */
export interface Outcome {
  readonly service: string;
  readonly verdict: 'act' | 'hold' | 'escalate' | 'settled';
  readonly reason?: string;
  readonly detail: string;
  readonly incident?: string;
  readonly task?: string;
}

/** Passes of one invocation that may lose the race for the lock before the delivery goes back to the queue. */
const ATTEMPTS_MAX = 3;

/** @throws HealerError when the delivery should come again: the store failed, or the lock stayed contended. */
export async function reconcile(deps: ReconcileDeps, request: Request): Promise<Outcome> {
  const startedAt = deps.clock.now();
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const pass = await tryOnce(deps, request, attempt);
    if (pass !== undefined) return journal(deps, request, pass, startedAt);
  }
  throw new HealerError('store.contended', `lock of ${request.service.id} stayed contended`, {
    retryable: true,
    details: { attempts: ATTEMPTS_MAX },
  });
}

interface Pass {
  readonly outcome: Outcome;
  readonly version: number;
}

/** @returns undefined when another invocation changed the lock and nobody follows the incident: look again. */
async function tryOnce(
  deps: ReconcileDeps,
  request: Request,
  attempt: number,
): Promise<Pass | undefined> {
  const { service, delivery, signal } = request;
  const isRecheck = delivery.kind === 'recheck';
  const reading = deps.store.read(service.id, signal);
  if (isRecheck && isSuperseded(await reading, delivery)) {
    await tell(deps, request, await reading, []);
    return passOf(await reading, held(service, 'lock-held', 'superseded by a newer re-check'));
  }
  const [lock, observation] = await Promise.all([reading, observe(deps, service, signal)]);
  const now = deps.clock.now();
  const input = { service, lock, observation, delivery, now };
  const decision = decide(input);
  if (delivery.kind === 'manual' && delivery.dryRun)
    return passOf(lock, outcomeOf(service, lock, decision));
  const step: Step = { ...input, decision, requestId: request.requestId };
  if (decision.verdict.kind === 'act' && decision.verdict.completing) {
    return finish(deps, request, step, decision.verdict.victim, []);
  }
  const change = advance(step);
  if (change === undefined) {
    await tell(deps, request, lock, []);
    return passOf(lock, outcomeOf(service, lock, decision));
  }
  const written = await write(deps, request, change, `${request.requestId}/${attempt}`);
  if (written === 'conflict') return afterLostRace(deps, request);
  if (decision.verdict.kind === 'act') {
    return finish(
      deps,
      request,
      { ...step, lock: change.next },
      decision.verdict.victim,
      change.entries,
    );
  }
  await tell(deps, request, change.next, change.entries);
  return passOf(change.next, outcomeOf(service, change.next, decision));
}

/** SQS's longest delay; an hour without the topic takes no more than a handful of looks. */
const RETELL_MAX = minutes(15);

/**
 * Announces, and makes sure that somebody comes back for what could not be announced.
 *
 * An open incident is looked at again anyway. One that is over has no next look, so one is planned just for
 * telling, each time a little later.
 */
async function tell(
  deps: ReconcileDeps,
  request: Request,
  lock: LockState,
  own: readonly Entry[],
): Promise<void> {
  const { service, signal } = request;
  const left = await announce(deps, service, lock, own, signal);
  const oldest = left[0];
  if (oldest === undefined || isOpen(lock.incident)) return;
  const now = deps.clock.now();
  const wait = Math.min(RETELL_MAX, Math.max(service.policy.claimLease, between(oldest.at, now)));
  await scheduleRecheck(deps, request, lock, later(now, durationMillis(wait)));
}

/** Only an incident's newest re-check counts, so that re-checks never multiply. */
function isSuperseded(lock: LockState, delivery: Extract<Delivery, { kind: 'recheck' }>): boolean {
  const { incident } = lock;
  return (
    !isOpen(incident) || incident.id !== delivery.incidentId || delivery.token < incident.token
  );
}

/**
 * The write and the next look go out together: if we die after the write, the look is already on its way, and
 * if we lose
 * the race, the look is superseded when it arrives.
 */
async function write(
  deps: ReconcileDeps,
  request: Request,
  change: Change,
  writer: string,
): Promise<'committed' | 'conflict'> {
  const { next, entries, recheckAt } = change;
  const [result] = await Promise.all([
    deps.store.commit(next, entries, writer, request.signal),
    recheckAt === undefined ? undefined : scheduleRecheck(deps, request, next, recheckAt),
  ]);
  return result;
}

async function scheduleRecheck(
  deps: ReconcileDeps,
  { service, signal }: Request,
  { incident }: LockState,
  at: EpochMillis,
): Promise<void> {
  if (incident === undefined) return;
  const delay = between(deps.clock.now(), at);
  const recheck = {
    kind: 'recheck',
    serviceId: service.id,
    incidentId: incident.id,
    token: incident.token,
  } as const;
  await deps.inbox.scheduleRecheck(recheck, delay, signal);
}

/** Whoever won follows the incident; if nobody does (a pause was set, say), we look again. */
async function afterLostRace(deps: ReconcileDeps, request: Request): Promise<Pass | undefined> {
  const lock = await deps.store.read(request.service.id, request.signal);
  if (!isOpen(lock.incident)) return undefined;
  const detail = 'another invocation decided first and follows the incident';
  return passOf(lock, {
    ...held(request.service, 'lock-held', detail),
    incident: lock.incident.id,
  });
}

/** Sends the claimed stop and records what became of it. */
async function finish(
  deps: ReconcileDeps,
  request: Request,
  step: Step,
  victim: Victim,
  entries: readonly Entry[],
): Promise<Pass> {
  const { service, signal } = request;
  const incidentId = step.lock.incident?.id ?? 'unknown';
  const reason = stopReason(victim, incidentId);
  const outcome = await deps.stopper.stop(service, victim.taskArn, reason, signal);
  if (outcome.kind === 'unknown') {
    throw new HealerError(
      'dependency.outcome-unknown',
      `stop of ${victim.taskArn}: ${outcome.message}`,
      {
        retryable: true,
      },
    );
  }
  const record = (lock: LockState): Change => {
    const current = { ...step, lock, now: deps.clock.now() };
    return outcome.kind === 'accepted'
      ? advanceStopped(current)
      : advanceRefused(current, outcome.message);
  };
  const { next, own } = await recordStop(deps, request, step, record);
  await tell(deps, request, next, [...entries, ...own]);
  const told = outcomeOf(service, next, step.decision);
  return passOf(
    next,
    outcome.kind === 'accepted'
      ? told
      : { ...told, reason: 'stop-refused', detail: outcome.message },
  );
}

/** A pause may have moved the fence meanwhile; the claim is still ours to confirm until somebody else has done it. */
async function recordStop(
  deps: ReconcileDeps,
  request: Request,
  step: Step,
  record: (lock: LockState) => Change,
): Promise<{ readonly next: LockState; readonly own: readonly Entry[] }> {
  let { lock } = step;
  const claimedAt = lock.intent?.claimedAt;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const change = record(lock);
    const writer = `${request.requestId}/stop/${attempt}`;
    const result = await write(deps, request, change, writer);
    if (result === 'committed') return { next: change.next, own: change.entries };
    lock = await deps.store.read(request.service.id, request.signal);
    if (lock.intent?.claimedAt !== claimedAt) return { next: lock, own: [] };
  }
  throw new HealerError('store.contended', `stop of ${request.service.id} could not be recorded`, {
    retryable: true,
  });
}

/** ECS shows it as the task's stopped reason; its maximum is not documented, so it stays short and ASCII. */
const STOP_REASON_MAX = 200;

function stopReason(victim: Victim, incident: string): string {
  const text = `self-heal ${incident}: ${victim.why}`;
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, STOP_REASON_MAX);
}

function held(service: GuardedService, reason: string, detail: string): Outcome {
  return { service: service.id, verdict: 'hold', reason, detail };
}

function outcomeOf(service: GuardedService, lock: LockState, { verdict }: Decision): Outcome {
  const reason =
    'reason' in verdict ? verdict.reason : 'outcome' in verdict ? verdict.outcome : undefined;
  return {
    service: service.id,
    verdict: verdict.kind,
    ...(reason === undefined ? {} : { reason }),
    detail: verdict.kind === 'act' ? verdict.victim.why : verdict.detail,
    ...(lock.incident === undefined ? {} : { incident: lock.incident.id }),
    ...(verdict.kind === 'act' ? { task: verdict.victim.taskArn } : {}),
  };
}

function passOf(lock: LockState, outcome: Outcome): Pass {
  return { outcome, version: lock.version };
}

function journal(
  deps: ReconcileDeps,
  { delivery }: Request,
  { outcome, version }: Pass,
  startedAt: EpochMillis,
): Outcome {
  const { service, incident, verdict, reason, detail } = outcome;
  deps.journal.decided({
    service,
    trigger: nameDelivery(delivery),
    verdict,
    detail,
    version,
    durationMs: between(startedAt, deps.clock.now()),
    ...(incident === undefined ? {} : { incident }),
    ...(reason === undefined ? {} : { reason }),
  });
  return outcome;
}
