/** Re-checks: an open incident is followed by one chain of looks, which no lost message may break. */
import type { GuardedService } from '../core/guarded-service.ts';
import { isOpen, type OpenIncident } from '../core/incident.ts';
import type { LockState } from '../core/lock.ts';
import { between, type EpochMillis, later } from '../core/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Inbox, Recheck } from '../ports/messaging.ts';

export interface LookAgainDeps {
  readonly clock: Clock;
  readonly inbox: Inbox;
}

interface Asked {
  readonly service: GuardedService;
  readonly signal: AbortSignal;
}

/** Plans the newest look of the lock's incident, open or not. */
export async function scheduleRecheck(
  deps: LookAgainDeps,
  { service, signal }: Asked,
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

/** Only an incident's newest re-check counts, so that re-checks never multiply. */
export function isSuperseded({ incident }: LockState, recheck: Recheck): boolean {
  return !isOpen(incident) || incident.id !== recheck.incidentId || recheck.token < incident.token;
}

/** The look that led to the lock's last write, whatever it was. */
export function lookBefore(
  { id: serviceId }: GuardedService,
  { id, token }: OpenIncident,
): Recheck {
  return { kind: 'recheck', serviceId, incidentId: id, token: token - 1 };
}

/**
 * A re-check that comes again finds the write that it led to, and cannot tell whether the look that left with that
 * write ever arrives. So it comes once more when that look must have been: by then the chain of looks has gone on, or
 * it is mended here.
 */
export async function watch(
  deps: LookAgainDeps,
  asked: Asked,
  lock: LockState,
  recheck: Recheck,
): Promise<void> {
  const { incident } = lock;
  if (!isOpen(incident) || recheck.incidentId !== incident.id) return;
  const now = deps.clock.now();
  const due = later(incident.nextCheckAt, asked.service.policy.claimLease);
  if (now >= due) await mendChain(deps, asked, lock);
  else if (recheck.token === incident.token - 1) {
    await deps.inbox.scheduleRecheck(recheck, between(now, due), asked.signal);
  }
}

/** Whatever broke the chain of looks, such as a message that its copy ended: an open incident is looked at again. */
export async function mendChain(deps: LookAgainDeps, asked: Asked, lock: LockState): Promise<void> {
  const { incident } = lock;
  if (!isOpen(incident)) return;
  const now = deps.clock.now();
  const due = later(incident.nextCheckAt, asked.service.policy.claimLease);
  if (now >= due) await scheduleRecheck(deps, asked, lock, now);
}
