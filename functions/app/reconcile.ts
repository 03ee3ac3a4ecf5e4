/**
 * The one loop body of the healer: look, decide, claim, act, record, announce.
 *
 * Every delivery about a service runs it, whatever woke us: the world decides, not the message.
 */
import type { AccountLimits } from '../core/account-limits.ts';
import { advance, advanceRefused, advanceStopped } from '../core/advance.ts';
import { notShownYet } from '../core/alarm-change.ts';
import type { Change, Step } from '../core/change.ts';
import { decide, isStopped } from '../core/decide.ts';
import type { Delivery } from '../core/delivery.ts';
import type { Entry } from '../core/entry.ts';
import { HealerError } from '../core/errors.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import { isOpen } from '../core/incident.ts';
import type { LockState } from '../core/lock.ts';
import type { AlarmReading } from '../core/observation.ts';
import { requestFor } from '../core/request.ts';
import { between, durationMillis, iso, later, minutes } from '../core/time.ts';
import type { Victim } from '../core/verdict.ts';
import type { SharedCommit } from '../ports/incident-store.ts';
import type { Inbox } from '../ports/messaging.ts';
import type { TaskStopper } from '../ports/task-stopper.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { type ExplainDeps, explain, readOnce } from './explain.ts';
import { look, lookOn, type Seen, type Shared } from './look.ts';
import { isSuperseded, lookBefore, scheduleRecheck, watch } from './look-again.ts';
import type { ObserveDeps } from './observe.ts';
import { held, journalPass, type Outcome, outcomeOf, type Pass, passOf } from './outcome.ts';
import { stopReason } from './stop-reason.ts';

export interface ReconcileDeps extends ObserveDeps, AnnounceDeps, ExplainDeps {
  readonly stopper: TaskStopper;
  readonly inbox: Inbox;
  /** Over all services. */
  readonly limits: AccountLimits;
}

export interface Request {
  readonly service: GuardedService;
  readonly delivery: Delivery;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** Passes of one invocation that may lose the race for the lock before the delivery goes back to the queue. */
const ATTEMPTS_MAX = 3;

/** @throws HealerError when the delivery should come again: the store failed, or the lock stayed contended. */
export async function reconcile(deps: ReconcileDeps, request: Request): Promise<Outcome> {
  const startedAt = deps.clock.now();
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const pass = await tryOnce(deps, request, attempt);
    if (pass !== undefined) return journalPass(deps, request.delivery, pass, startedAt);
  }
  throw new HealerError('store.contended', `lock of ${request.service.id} stayed contended`, {
    retryable: true,
    details: { attempts: ATTEMPTS_MAX },
  });
}

async function readShared(deps: ReconcileDeps, { service, signal }: Request): Promise<Shared> {
  const reading = [deps.store.read(service.id, signal), deps.store.readAccount(signal)] as const;
  const [lock, account] = await Promise.all(reading);
  return { lock, account };
}

/**
 * One look. Other services may change the account meanwhile; then it is decided again on what was seen, because a
 * storm is no time to read every log twice.
 *
 * @returns undefined when another invocation changed the lock and nobody follows the incident: look again.
 */
async function tryOnce(
  deps: ReconcileDeps,
  request: Request,
  attempt: number,
): Promise<Pass | undefined> {
  const { service, delivery } = request;
  const reading = readShared(deps, request);
  if (delivery.kind === 'recheck') {
    const { lock } = await reading;
    if (isSuperseded(lock, delivery)) {
      await Promise.all([tell(deps, request, lock, []), watch(deps, request, lock, delivery)]);
      return passOf(lock, held(service, 'lock-held', 'superseded by a newer re-check'));
    }
  }
  const looking = { ...deps, lines: readOnce(deps.lines) };
  let seen = await look(deps, request, reading);
  const before = notShownYet({ ...seen, delivery });
  if (before !== undefined) return askAgain(before, attempt);
  for (let turn = 1; turn <= turnsMax(deps.limits); turn += 1) {
    const writer = `${request.requestId}/${attempt}.${turn}`;
    const pass = await decideOn(looking, request, seen, writer);
    if (pass !== 'account-conflict') return pass;
    const { version } = seen.lock;
    const shared = await readShared(deps, request);
    if (shared.lock.version !== version) return afterLostRace(deps, request, shared.lock);
    seen = await lookOn(deps, request, { ...seen, ...shared });
  }
  return undefined;
}

/** What CloudWatch shows only in a while is asked for when the message comes again. */
function askAgain({ name, state, since }: AlarmReading, attempt: number): undefined {
  if (attempt === 1) return undefined;
  const what = `alarm ${name}: got its state ${state} of ${iso(since)}, wanted one since it rang`;
  throw new HealerError('dependency.unavailable', what, { retryable: true });
}

/** While a storm gathers the account changes no more often than this, however many services there are. */
function turnsMax({ stormServices, budget }: AccountLimits): number {
  return stormServices + budget + 1;
}

async function decideOn(
  deps: ReconcileDeps,
  request: Request,
  seen: Seen,
  writer: string,
): Promise<Pass | undefined | 'account-conflict'> {
  const { service, delivery, signal } = request;
  const { lock } = seen;
  if (isOld(deps, service, seen.observation)) return undefined;
  const input = { ...seen, service, limits: deps.limits, delivery, now: deps.clock.now() };
  const decision = await explain(deps, input, decide(input), signal);
  deps.journal.weighed(input, decision.verdict);
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
  const { next, entries } = change;
  const written = await write(deps, request, change, writer);
  if (written === 'account-conflict') return written;
  if (written === 'conflict')
    return afterLostRace(deps, request, await deps.store.read(service.id, signal));
  if (decision.verdict.kind === 'act') {
    return finish(deps, request, { ...step, lock: next }, decision.verdict.victim, entries);
  }
  await tell(deps, request, next, entries);
  return passOf(next, outcomeOf(service, next, decision));
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

/**
 * The write and the next look go out together: if we die after the write, the look is already on its way, and if we
 * lose the race, the look is superseded when it arrives.
 */
async function write(
  deps: ReconcileDeps,
  request: Request,
  change: Change,
  writer: string,
): Promise<SharedCommit> {
  const { next, account, entries, recheckAt } = change;
  const [result] = await Promise.all([
    account === undefined
      ? deps.store.commit(next, entries, writer, request.signal)
      : deps.store.commitShared(next, account, entries, writer, request.signal),
    recheckAt === undefined ? undefined : scheduleRecheck(deps, request, next, recheckAt),
  ]);
  if (result !== 'committed') return result;
  for (const entry of entries) deps.journal.advanced(entry);
  const { incident } = next;
  // A look that came before a slow write found nothing to follow.
  const mayBeGone = recheckAt !== undefined && recheckAt <= deps.clock.now();
  if (mayBeGone && isOpen(incident))
    await watch(deps, request, next, lookBefore(request.service, incident));
  return result;
}

/**
 * Whoever won follows the incident; if nobody does (a pause was set, say), we look again. So we do for a person who
 * still has no answer.
 */
async function afterLostRace(
  deps: ReconcileDeps,
  request: Request,
  lock: LockState,
): Promise<Pass | undefined> {
  const { service, delivery } = request;
  const { incident } = lock;
  if (!isOpen(incident) || requestFor({ delivery, lock }) !== undefined) return undefined;
  // The winner may have died before its look left, or we are that look, come before its write.
  await watch(deps, request, lock, lookBefore(service, incident));
  const detail = 'another invocation decided first and follows the incident';
  return passOf(lock, { ...held(service, 'lock-held', detail), incident: incident.id });
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
  if (isOld(deps, service, step.observation)) {
    // The next look asks again whether this stop is still right, and completes it then.
    const what = `stop of ${victim.taskArn}: what it stands on was seen too long ago`;
    throw new HealerError('store.contended', what, { retryable: true });
  }
  const answer = await deps.stopper.stop(service, victim.taskArn, reason, signal);
  const { observation } = step.decision;
  // Whatever ECS answers about a task that is gone: it was stopped.
  const isDone = observation !== undefined && isStopped(victim, observation);
  const outcome = isDone ? ({ kind: 'accepted' } as const) : answer;
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

/**
 * An invocation that stood still goes on without knowing it. What it saw longer ago than a claim is its claimer's is
 * not acted upon: ECS knows no fence that would refuse it.
 */
function isOld(
  { clock }: ReconcileDeps,
  { policy }: GuardedService,
  { at }: Step['observation'],
): boolean {
  return between(at, clock.now()) >= policy.claimLease;
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
