/**
 * Empties the outbox: an entry leaves it only when it is kept in the timeline and, if on-call is to
 * hear it, told.
 */
import type { Entry } from '../core/entry.ts';
import type { LockState } from '../core/lock.ts';
import type { Policy } from '../core/policy.ts';
import { between } from '../core/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { IncidentStore } from '../ports/incident-store.ts';
import type { Journal } from '../ports/journal.ts';
import type { Announcer } from '../ports/messaging.ts';

export interface AnnounceDeps {
  readonly clock: Clock;
  readonly store: IncidentStore;
  readonly announcer: Announcer;
  readonly journal: Journal;
}

/** Whose outbox it is: a guarded service, or all of them. */
export interface Told {
  readonly id: string;
  readonly policy: Pick<Policy, 'claimLease'>;
}

/**
 * Keeps and tells this pass's own entries, and those that an earlier pass left behind.
 *
 * Another invocation's young entries are left to it: it is most likely telling them now. What fails stays in the
 * outbox for the next pass; healing never waits for it.
 *
 * @returns the entries that are still in the outbox.
 */
export async function announce(
  deps: AnnounceDeps,
  service: Told,
  lock: LockState,
  own: readonly Entry[],
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const now = deps.clock.now();
  const mine = new Set(own.map((entry) => entry.id));
  const due = lock.outbox.filter(
    (entry) => mine.has(entry.id) || between(entry.at, now) >= service.policy.claimLease,
  );
  const { incident } = lock;
  if (due.length === 0) return lock.outbox;
  const [kept, ...told] = await Promise.all([
    succeeds(deps, service, 'keep timeline', () => deps.store.keep(due, incident, signal)),
    ...due.map((entry) =>
      succeeds(deps, service, `announce ${entry.id}`, async () => {
        if (entry.announce || entry.quiet === true) {
          await deps.announcer.publish(entry, signal);
        }
      }),
    ),
  ]);
  const done = kept ? due.filter((_, index) => told[index] === true) : [];
  if (done.length === 0) return lock.outbox;
  const cleared = await succeeds(deps, service, 'clear outbox', () =>
    deps.store.clear(service.id, done, signal),
  );
  return cleared ? lock.outbox.filter((entry) => !done.includes(entry)) : lock.outbox;
}

async function succeeds(
  deps: AnnounceDeps,
  service: Told,
  what: string,
  work: () => Promise<void>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    deps.journal.failed({ what, error, service: service.id });
    return false;
  }
}
