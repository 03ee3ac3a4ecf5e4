/**
 * Empties the outbox: an entry leaves it only when it is kept in the timeline and, if on-call is to
 * hear it, told.
 */
import type { Entry } from '../core/entry.ts';
import type { LockState } from '../core/lock.ts';
import type { Policy } from '../core/policy.ts';
import { between, type EpochMillis } from '../core/time.ts';
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
 * Another invocation's young entries are left to it: it is most likely telling them now. Only what comes before an
 * entry that is told is told first, however young: whoever listens hears of each incident in order, and hears twice
 * rather than in the wrong order. What fails stays in the outbox for the next pass, with all that comes after it;
 * healing never waits for it.
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
  const lines = linesOf(lock.outbox, isDue(deps.clock.now(), service, own));
  const { incident } = lock;
  const due = lines.flat();
  if (due.length === 0) return lock.outbox;
  const [kept, ...told] = await Promise.all([
    succeeds(deps, service, 'keep timeline', () => deps.store.keep(due, incident, signal)),
    ...lines.map((line) => publishInOrder(deps, service, line, signal)),
  ]);
  const done = kept ? told.flat() : [];
  if (done.length === 0) return lock.outbox;
  const cleared = await succeeds(deps, service, 'clear outbox', () =>
    deps.store.clear(service.id, done, signal),
  );
  return cleared ? lock.outbox.filter((entry) => !done.includes(entry)) : lock.outbox;
}

function isDue(
  now: EpochMillis,
  { policy }: Told,
  own: readonly Entry[],
): (entry: Entry) => boolean {
  const mine = new Set(own.map((entry) => entry.id));
  return ({ id, at }) => mine.has(id) || between(at, now) >= policy.claimLease;
}

/** Of each incident what is due, and all before it, in order. */
function linesOf(
  outbox: readonly Entry[],
  due: (entry: Entry) => boolean,
): readonly (readonly Entry[])[] {
  const incidents = Map.groupBy(outbox, ({ incidentId }) => incidentId);
  return [...incidents.values()].map((entries) => {
    const line = entries.toSorted((a, b) => a.seq - b.seq);
    return line.slice(0, line.findLastIndex(due) + 1);
  });
}

/** @returns those that are told, or need not be; it ends at the first that failed. */
async function publishInOrder(
  deps: AnnounceDeps,
  service: Told,
  line: readonly Entry[],
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  for (const [index, entry] of line.entries()) {
    if (!entry.announce && entry.quiet !== true) continue;
    const what = `announce ${entry.id}`;
    const publish = (): Promise<void> => deps.announcer.publish(entry, signal);
    if (!(await succeeds(deps, service, what, publish))) return line.slice(0, index);
  }
  return line;
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
