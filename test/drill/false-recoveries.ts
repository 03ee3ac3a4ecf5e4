/** Whether RECOVERED was true when it was said. */
import type { Entry } from '../../functions/core/entry.ts';
import type { LabEvent } from '../lab/events.ts';
import type { FaultSpan } from './fault-log.ts';

/** AWS seconds: an alarm so soon after it rings for what was there when it was said. */
const RELAPSE_SECONDS = 60;

export interface RecoveryRecord {
  readonly timeline: readonly Entry[];
  readonly events: readonly LabEvent[];
  readonly faults: readonly FaultSpan[];
  readonly factor: number;
}

/**
 * Recoveries that were recorded while something that the drill broke was still broken, or within
 * one AWS minute before an alarm of the same service rang.
 *
 * A fault is over when the drill has mended it, when its task was told to stop, or when nothing
 * deploys its revision any more.
 */
export function countFalseRecoveries(record: RecoveryRecord): number {
  const { timeline, faults, factor } = record;
  const recovered = timeline.filter(({ kind }) => kind === 'recovered');
  const relapseMs = (RELAPSE_SECONDS * 1_000) / factor;
  const isFalse = ({ at, serviceId }: Entry): boolean =>
    faults.some(({ from, to }) => from <= at && (to === undefined || at < to)) ||
    alarmsOf(serviceId, record.events).some((rang) => rang > at && rang <= at + relapseMs);
  return recovered.filter(isFalse).length;
}

/** When an alarm of the service went to ALARM. */
function alarmsOf(serviceId: string, events: readonly LabEvent[]): readonly number[] {
  const service = serviceId.slice(serviceId.lastIndexOf('/') + 1);
  return events.flatMap((event) => {
    const rang = event.kind === 'alarm-state' && event.to === 'ALARM';
    return rang && event.alarmName.startsWith(service) ? [event.at] : [];
  });
}
