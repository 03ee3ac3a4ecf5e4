/** A person says that they have an incident. */
import * as v from 'valibot';
import type { AcknowledgeDelivery } from '../../core/delivery.ts';
import { AskedAt, IncidentId, Person, read, ServiceId } from './schema.ts';

const Acknowledge = v.strictObject({
  kind: v.literal('acknowledge'),
  serviceId: ServiceId,
  incidentId: IncidentId,
  by: Person,
  askedAt: v.optional(AskedAt),
});

/** @throws {event.malformed} naming the field, the value got and the value wanted. */
export function openAcknowledge(message: unknown): AcknowledgeDelivery {
  const { askedAt, ...given } = read(Acknowledge, message, 'acknowledgement');
  return { ...given, ...(askedAt === undefined ? {} : { askedAt }) };
}
