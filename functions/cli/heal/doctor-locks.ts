/** Whether work that was begun goes on: claims, re-checks and announcements. */
import type { GuardedService } from '../../core/guarded-service.ts';
import { isOpen } from '../../core/incident.ts';
import { isLeased, type LockState } from '../../core/lock.ts';
import { between, type EpochMillis, iso, later, minutes, spell } from '../../core/time.ts';
import { count, explainFailure, finding, type Health } from './doctor-check.ts';
import type { CheckDone } from './events.ts';
import { readEach } from './services.ts';

/** A re-check may wait in the inbox for the visibility timeout of one that died before it. */
const OVERDUE = minutes(5);

export async function checkLocks({
  healer,
  services,
  signal,
}: Health): Promise<readonly CheckDone[]> {
  if (services.length === 0) return [];
  const now = healer.observing.clock.now();
  const found = await readEach(services, async (service) => {
    try {
      return judgeLock(service, await healer.locks.read(service.id, signal), now);
    } catch (error) {
      const mend = 'see docs/runbook.md, "How to read an incident in the table"';
      return [explainFailure('locks', error, mend)];
    }
  });
  const bad = found.flat();
  const all = `${count(services.length, 'lock')} without a stale claim`;
  return bad.length > 0 ? bad : [finding('locks', 'well', all)];
}

function judgeLock(
  service: GuardedService,
  lock: LockState,
  now: EpochMillis,
): readonly CheckDone[] {
  return [
    ...judgeClaim(service, lock, now),
    ...judgeRecheck(service, lock, now),
    ...judgeOutbox(service, lock, now),
  ];
}

function askAgain({ id }: GuardedService): string {
  return `invoke remediate with events/manual-heal.json, its serviceId "${id}"`;
}

function judgeClaim(
  service: GuardedService,
  { intent }: LockState,
  now: EpochMillis,
): readonly CheckDone[] {
  if (intent === undefined || isLeased(intent, service.policy, now)) return [];
  const { claimedAt, claimedBy, victim } = intent;
  const age = spell(between(claimedAt, now));
  const lease = spell(service.policy.claimLease);
  const detail =
    `${service.id}: stale claim of task ${victim.taskId} by ${claimedBy}, ` +
    `${age} old, lease ${lease}`;
  const mend = `${askAgain(service)}: the next pass completes that very stop`;
  return [finding('locks', 'wrong', detail, mend)];
}

function judgeRecheck(
  service: GuardedService,
  { incident }: LockState,
  now: EpochMillis,
): readonly CheckDone[] {
  if (!isOpen(incident) || now <= later(incident.nextCheckAt, OVERDUE)) return [];
  const { id, nextCheckAt } = incident;
  const detail = `${service.id}: ${id} should have been looked at ${iso(nextCheckAt)}`;
  return [finding('locks', 'wrong', detail, `${askAgain(service)}: it goes on from there`)];
}

function judgeOutbox(
  service: GuardedService,
  { outbox }: LockState,
  now: EpochMillis,
): readonly CheckDone[] {
  const late = outbox.filter(({ at }) => between(at, now) > service.policy.claimLease);
  if (late.length === 0) return [];
  const detail = `${service.id}: ${count(late.length, 'entry')} of the timeline not told yet`;
  const mend =
    'see the log of remediate for "announce" and "keep timeline": topic, key or table refuse';
  return [finding('locks', 'wrong', detail.replace('entrys', 'entries'), mend)];
}
