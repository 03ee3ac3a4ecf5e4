/**
 * Begins, changes and ends a pause, for one service or for all.
 *
 * The pause and the entry that tells of it are one conditional write. A pause for all services stands in what they
 * share; its entries wait in a lock of their own, which nobody guards, and both change together.
 */
import { type AccountState, accountStopsInWindow } from '../core/account.ts';
import type { AccountLimits } from '../core/account-limits.ts';
import { ALL_SERVICES, type PauseDelivery } from '../core/delivery.ts';
import type { Entry } from '../core/entry.ts';
import { HealerError } from '../core/errors.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import { isOpen } from '../core/incident.ts';
import { type LockState, type Pause, stopsInWindow } from '../core/lock.ts';
import { changePause, nameScope, type PauseChange } from '../core/pause.ts';
import { between, type DurationMillis, durationMillis, minutes, seconds } from '../core/time.ts';
import type { SharedCommit } from '../ports/incident-store.ts';
import type { Inbox, PauseCheck, Recheck } from '../ports/messaging.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { journalPass, type Outcome, type Pass } from './outcome.ts';

export interface PauseDeps extends AnnounceDeps {
  readonly inbox: Inbox;
  /** Over all services. */
  readonly limits: AccountLimits;
}

export interface PauseAsked {
  readonly delivery: PauseDelivery;
  /** The service that it is about, or all of them. */
  readonly services: readonly GuardedService[];
  /** The same for every delivery of one request. */
  readonly request: string;
  /** Of this invocation. */
  readonly requestId: string;
  readonly signal: AbortSignal;
}

interface Seen {
  readonly lock: LockState;
  readonly account: AccountState;
}

/** Races that one invocation may lose. A person waits, and each try is two reads and a write. */
const ATTEMPTS_MAX = 12;
/** SQS's longest delay. */
const HOP_MAX = minutes(15);
/** The look at what was held leaves with the write, and must not arrive before it. */
const LOOK_AFTER = seconds(1);

/**
 * @returns what stands now; that there is no pause to end is an answer too.
 * @throws {event.malformed} when the end is not one that a pause may have.
 * @throws HealerError when it should be asked for again: the store failed, or stayed contended.
 */
export async function pauseOrResume(deps: PauseDeps, asked: PauseAsked): Promise<Outcome> {
  const startedAt = deps.clock.now();
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const pass = await tryOnce(deps, asked, attempt);
    if (pass !== undefined) return journalPass(deps, asked.delivery, pass, startedAt);
  }
  const what = `the pause of ${nameScope(asked.delivery.serviceId)} stayed contended`;
  const details = { attempts: ATTEMPTS_MAX };
  throw new HealerError('store.contended', what, { retryable: true, details });
}

async function tryOnce(
  deps: PauseDeps,
  asked: PauseAsked,
  attempt: number,
): Promise<Pass | undefined> {
  const { delivery, signal } = asked;
  const [lock, account] = await Promise.all([
    deps.store.read(delivery.serviceId, signal),
    deps.store.readAccount(signal),
  ]);
  const seen = { lock, account };
  const change = await changeOf(deps, asked, seen);
  const { outcome: reason, detail } = change;
  const outcome: Outcome = { service: delivery.serviceId, verdict: 'settled', reason, detail };
  if (change.entries.length === 0) {
    const left = await tell(deps, asked, lock, change.entries);
    await waitOn(deps, asked, change, left);
    return { outcome, version: lock.version };
  }
  const written = await write(deps, asked, seen, change, `${asked.requestId}/pause/${attempt}`);
  if (written === undefined) return undefined;
  for (const entry of change.entries) deps.journal.advanced(entry);
  await tell(deps, asked, written, change.entries);
  return { outcome, version: written.version };
}

/** A request that comes too late may have been carried out and not told: then nobody else comes back to tell. */
async function changeOf(deps: PauseDeps, asked: PauseAsked, seen: Seen): Promise<PauseChange> {
  try {
    return changePause(inputOf(deps, asked, seen));
  } catch (error) {
    await tell(deps, asked, seen.lock, []);
    throw error;
  }
}

function inputOf(
  { clock, limits }: PauseDeps,
  { delivery, services, request }: PauseAsked,
  { lock, account }: Seen,
): Parameters<typeof changePause>[0] {
  const now = clock.now();
  const environments = [...new Set(services.map(({ environment }) => environment))];
  const [service] = services;
  const base = { delivery, request, environment: environments.join(', '), now };
  if (delivery.serviceId === ALL_SERVICES || service === undefined) {
    const stopsUsed = accountStopsInWindow(account, limits, now).length;
    return { ...base, pause: account.pause, used: { stopsUsed, stopsAllowed: limits.budget } };
  }
  const { policy } = service;
  const stopsUsed = stopsInWindow(lock, policy, now).length;
  return { ...base, pause: lock.pause, used: { stopsUsed, stopsAllowed: policy.budget } };
}

/** @returns the lock as it was written, or undefined when somebody else was first. */
async function write(
  deps: PauseDeps,
  asked: PauseAsked,
  { lock, account }: Seen,
  { pause, entries, outcome }: PauseChange,
  writer: string,
): Promise<LockState | undefined> {
  const { delivery, signal } = asked;
  const isShared = delivery.serviceId === ALL_SERVICES;
  const { pause: _before, ...rest } = lock;
  const { pause: _shared, ...others } = account;
  const next: LockState = {
    ...rest,
    version: lock.version + 1,
    ...(isShared || pause === undefined ? {} : { pause }),
    outbox: [...lock.outbox, ...entries],
  };
  const changed: AccountState = {
    ...others,
    version: account.version + 1,
    ...(pause === undefined ? {} : { pause }),
  };
  const [result] = await Promise.all([
    isShared
      ? deps.store.commitShared(next, changed, entries, writer, signal)
      : (deps.store.commit(next, entries, writer, signal) satisfies Promise<SharedCommit>),
    checkAfter(deps, asked, { pause, entries }),
    outcome === 'resumed' ? lookAgain(deps, asked, lock) : undefined,
  ]);
  return result === 'committed' ? next : undefined;
}

/**
 * The first check comes early, to tell what this invocation could not; the later ones wait for the end. One is sent
 * when a pause ends too: it finds nothing to end, and tells.
 */
async function checkAfter(
  { clock, inbox }: PauseDeps,
  { delivery, services, signal }: PauseAsked,
  { pause, entries }: Pick<PauseChange, 'pause' | 'entries'>,
): Promise<void> {
  const check = checkOf(delivery, pause, entries[0]);
  if (check === undefined) return;
  const lease = leaseOf(services);
  const toEnd = pause === undefined ? lease : between(clock.now(), check.until);
  await inbox.scheduleRecheck(check, durationMillis(Math.min(lease, toEnd)), signal);
}

/**
 * A check that came before the end, or could not tell everything, sends the next one. So does a request that finds its
 * work done: whoever did it may have died before its check left.
 */
async function waitOn(
  { clock, inbox }: PauseDeps,
  { delivery, services, signal }: PauseAsked,
  { pause }: PauseChange,
  untold: Entry | undefined,
): Promise<void> {
  const now = clock.now();
  const check = delivery.kind === 'pause-check' ? delivery : checkOf(delivery, pause, untold);
  if (check === undefined) return;
  const isMine = pause?.record?.id === check.pauseId && pause.until === check.until;
  if (!isMine && untold === undefined) return;
  const toEnd = isMine ? between(now, check.until) : HOP_MAX;
  const toTell =
    untold === undefined ? HOP_MAX : Math.max(leaseOf(services), between(untold.at, now));
  const wait = durationMillis(Math.min(HOP_MAX, toEnd, toTell));
  await inbox.scheduleRecheck(check, wait, signal);
}

function checkOf(
  { serviceId }: PauseDelivery,
  pause: Pause | undefined,
  untold: Entry | undefined,
): PauseCheck | undefined {
  const pauseId = pause?.record?.id ?? untold?.incidentId;
  const until = pause?.until ?? untold?.at;
  if (pauseId === undefined || until === undefined) return undefined;
  return { kind: 'pause-check', serviceId, pauseId, until };
}

/**
 * Incidents that are open were held, or may have been. Each gets a look under its newest token, so that it is
 * followed by one chain of looks, as before.
 */
async function lookAgain(
  deps: PauseDeps,
  { delivery, services, signal }: PauseAsked,
  lock: LockState,
): Promise<void> {
  const isShared = delivery.serviceId === ALL_SERVICES;
  const locks = isShared ? await readAll(deps, services, signal) : [lock];
  const looks = locks.flatMap(({ serviceId, incident }): readonly Recheck[] =>
    isOpen(incident)
      ? [{ kind: 'recheck', serviceId, incidentId: incident.id, token: incident.token }]
      : [],
  );
  await Promise.all(looks.map((look) => deps.inbox.scheduleRecheck(look, LOOK_AFTER, signal)));
}

/** A lock that cannot be read is left to its own next look: the end of a pause does not wait for it. */
async function readAll(
  { store, journal }: PauseDeps,
  services: readonly GuardedService[],
  signal: AbortSignal,
): Promise<readonly LockState[]> {
  const locks = await Promise.all(
    services.map(async ({ id }) => {
      try {
        return [await store.read(id, signal)];
      } catch (error) {
        journal.failed({ what: 'look again after the pause', error, service: id });
        return [];
      }
    }),
  );
  return locks.flat();
}

/** @returns the oldest entry that is still to be told. */
async function tell(
  deps: PauseDeps,
  { delivery, services, signal }: PauseAsked,
  lock: LockState,
  entries: readonly Entry[],
): Promise<Entry | undefined> {
  const told = { id: delivery.serviceId, policy: { claimLease: leaseOf(services) } };
  const [oldest] = await announce(deps, told, lock, entries, signal);
  return oldest;
}

/** Time in which an invocation that is alive has told its own entries. */
function leaseOf(services: readonly GuardedService[]): DurationMillis {
  return durationMillis(Math.max(...services.map(({ policy }) => policy.claimLease)));
}
