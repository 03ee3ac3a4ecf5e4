/** A person says that they have an incident. */
import * as v from 'valibot';
import type { AcknowledgeDelivery } from '../../core/delivery.ts';
import { BY_MAX } from '../../core/pause.ts';
import { IncidentId, read, ServiceId } from './schema.ts';

const Acknowledge = v.strictObject({
  kind: v.literal('acknowledge'),
  serviceId: ServiceId,
  incidentId: IncidentId,
  by: v.pipe(v.string(), v.minLength(1), v.maxLength(BY_MAX)),
});

/** @throws {event.malformed} naming the field, the value got and the value wanted. */
export function openAcknowledge(message: unknown): AcknowledgeDelivery {
  return read(Acknowledge, message, 'acknowledgement');
}
