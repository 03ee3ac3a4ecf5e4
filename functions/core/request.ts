/**
 * A person who was called asks for one more stop.
 *
 * It is decided by the guardrails as they are, and answered once: by a stop, or by a refusal that is told.
 */
import type { Delivery } from './delivery.ts';
import { hasPerson, type Incident } from './incident.ts';
import type { LockState } from './lock.ts';

export interface Asked {
  readonly request: string;
  readonly by: string;
}

/** Requests that are remembered: a delivery that comes again later than after so many others is a new one. */
const ANSWERED_MAX = 10;

/** @returns nothing for a dry run, for what was answered before, and for an incident that is another by now. */
export function requestFor({
  delivery,
  lock: { incident },
}: {
  readonly delivery: Delivery;
  readonly lock: Pick<LockState, 'incident'>;
}): Asked | undefined {
  if (!hasPerson(incident) || delivery.kind !== 'manual' || delivery.dryRun) return undefined;
  const { request, incidentId = incident.id, requestedBy: by } = delivery;
  if (request === undefined || incidentId !== incident.id) return undefined;
  return incident.answered?.includes(request) === true ? undefined : { request, by };
}

/** The field of the incident that remembers it. */
export function answeredWith(
  { answered }: Incident,
  asked: Asked | undefined,
): Pick<Incident, 'answered'> {
  if (asked === undefined) return answered === undefined ? {} : { answered };
  return { answered: [...(answered ?? []), asked.request].slice(-ANSWERED_MAX) };
}
