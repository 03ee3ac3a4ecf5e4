/**
 * A person says that they have an incident: a pure transition of its lock.
 *
 * It is written down and told, and changes nothing else. Healing goes on, the next look comes when it was planned.
 */
import { makeEntry } from './change.ts';
import type { AcknowledgeDelivery } from './delivery.ts';
import type { Entry } from './entry.ts';
import type { GuardedService } from './guarded-service.ts';
import { type Incident, isOpen } from './incident.ts';
import type { LockState } from './lock.ts';
import { cleanName } from './pause.ts';
import { type EpochMillis, iso } from './time.ts';

export interface AcknowledgeInput {
  readonly service: GuardedService;
  readonly lock: LockState;
  readonly delivery: AcknowledgeDelivery;
  readonly now: EpochMillis;
}

/** `unchanged`: the person had it already. `not-open`: it is over, or another one is open. */
export type AcknowledgeOutcome = 'acknowledged' | 'unchanged' | 'not-open';

export interface Acknowledgement {
  readonly outcome: AcknowledgeOutcome;
  readonly detail: string;
  /** Absent when nothing is to be written. */
  readonly change?: { readonly next: LockState; readonly entry: Entry };
}

/** People who had it before, and are remembered. */
const BEFORE_MAX = 10;

export function acknowledge({ service, lock, delivery, now }: AcknowledgeInput): Acknowledgement {
  const { incident } = lock;
  if (!isOpen(incident) || incident.id !== delivery.incidentId) {
    return { outcome: 'not-open', detail: closed(delivery.incidentId, incident) };
  }
  const by = cleanName(delivery.by);
  const had = incident.acknowledged;
  // Whoever handed it on does not get it back by a message that is delivered again.
  if (had?.by === by || had?.before?.includes(by) === true) {
    return { outcome: 'unchanged', detail: `${had.by} has it since ${iso(had.at)}` };
  }
  const before = had === undefined ? [] : [...(had.before ?? []), had.by].slice(-BEFORE_MAX);
  const acknowledged = { by, at: now, ...(before.length === 0 ? {} : { before }) };
  const seq = incident.seq + 1;
  const held: Incident = { ...incident, acknowledged, seq, told: true };
  const detail = had === undefined ? `${by} has it` : `${by} has it, instead of ${had.by}`;
  const reason = incident.escalated?.reason ?? incident.hold?.reason;
  const why = reason === undefined ? {} : { reason };
  const part = { kind: 'acknowledged' as const, detail, announce: true, ...why };
  const entry = makeEntry({ service, lock, now }, held, part, seq);
  const outbox = [...lock.outbox, entry];
  const next: LockState = { ...lock, version: lock.version + 1, incident: held, outbox };
  return { outcome: 'acknowledged', detail, change: { next, entry } };
}

function closed(id: string, incident: Incident | undefined): string {
  if (incident?.id === id) return `${id} is over already`;
  return isOpen(incident) ? `${id} is over; ${incident.id} is open now` : `${id} is not open`;
}
