/** Empties the outbox: an entry leaves it only when it is kept in the timeline and, if on-call is to hear it, told. */
import type { Entry } from '../core/entry.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import type { LockState } from '../core/lock.ts';
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

/**
 * Keeps and tells this pass's own entries, and those that an earlier pass left behind.
 *
 * Another invocation's young entries are left to it: it is most likely telling them now. What fails stays in the outbox
 * for the next pass; healing never waits for it.
 */
export async function announce(
  deps: AnnounceDeps,
  service: GuardedService,
  lock: LockState,
  own: readonly Entry[],
  signal: AbortSignal,
): Promise<void> {
  const now = deps.clock.now();
  const mine = new Set(own.map((entry) => entry.id));
  const due = lock.outbox.filter(
    (entry) => mine.has(entry.id) || between(entry.at, now) >= service.policy.claimLease,
  );
  const { incident } = lock;
  if (due.length === 0 || incident === undefined) return;
  const settled = await Promise.all(
    due.map(async (entry) => {
      try {
        const told = entry.announce ? deps.announcer.publish(entry, signal) : undefined;
        await Promise.all([told, deps.store.keep(entry, incident, signal)]);
        return [entry];
      } catch (error) {
        deps.journal.failed({ what: `announce ${entry.id}`, error, service: service.id });
        return [];
      }
    }),
  );
  const done = settled.flat();
  if (done.length === 0) return;
  try {
    await deps.store.clear(service.id, done, signal);
  } catch (error) {
    deps.journal.failed({ what: 'clear outbox', error, service: service.id });
  }
}
