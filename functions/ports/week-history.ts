import type { ServiceWeek } from '../core/digest.ts';
import type { Entry } from '../core/entry.ts';
import type { EpochMillis } from '../core/time.ts';

/** What the weekly digest reads. Every read takes a signal and throws a `HealerError` when it fails. */
export interface WeekHistory {
  /** @returns the incidents that began since then, the one that is open whenever it began, and the drills. */
  week(serviceId: string, since: EpochMillis, signal: AbortSignal): Promise<ServiceWeek>;
  /** @returns everything that was kept of one incident, oldest first. */
  timeline(incidentId: string, signal: AbortSignal): Promise<readonly Entry[]>;
}
