/** Takes a delivery out of whatever it came in: SQS, SNS, EventBridge, the alarm itself, a re-check, a person. */
import * as v from 'valibot';
import type { Arrival } from '../../core/delivery.ts';
import { HealerError } from '../../core/errors.ts';
import type { Inbound } from '../../ports/inbound.ts';
import { openAcknowledge } from './acknowledge.ts';
import { fromDirectAction, fromEventBridge, fromSnsMessage } from './alarm.ts';
import { openPause, openPauseCheck, openResume } from './pause.ts';
import { IncidentId, RequestName, read, readJson, ServiceId, show } from './schema.ts';

const SqsRecord = v.looseObject({
  eventSource: v.literal('aws:sqs'),
  messageId: v.string(),
  body: v.string(),
});
const SqsBatch = v.looseObject({ Records: v.array(SqsRecord) });

const SnsBatch = v.looseObject({
  Records: v.array(
    v.looseObject({
      EventSource: v.literal('aws:sns'),
      Sns: v.looseObject({ Message: v.string() }),
    }),
  ),
});

/** An SNS notification as a queue gets it when raw delivery is off. */
const SnsInQueue = v.looseObject({ Type: v.literal('Notification'), Message: v.string() });

const Recheck = v.strictObject({
  kind: v.literal('recheck'),
  serviceId: ServiceId,
  incidentId: v.string(),
  token: v.pipe(v.number(), v.integer()),
});

const Manual = v.strictObject({
  kind: v.literal('manual'),
  serviceId: ServiceId,
  requestedBy: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  reason: v.pipe(v.string(), v.minLength(1), v.maxLength(300)),
  dryRun: v.optional(v.boolean(), false),
  incidentId: v.optional(IncidentId),
  request: v.optional(RequestName),
});

/** @throws {event.malformed} or {event.unknown-kind}; for a batch only when one of its records is opened. */
export function openInbound(event: unknown): Inbound {
  if (firstRecord(event)?.['eventSource'] === 'aws:sqs') {
    const { Records } = read(SqsBatch, event, 'SQS event');
    const records = Records.map(({ messageId, body }) => ({
      id: messageId,
      open: () => openBody(readJson(body, 'message body')),
    }));
    return { kind: 'batch', records };
  }
  return { kind: 'direct', deliveries: openBody(event) };
}

function openBody(body: unknown): readonly Arrival[] {
  if (firstRecord(body)?.['EventSource'] === 'aws:sns') {
    const { Records } = read(SnsBatch, body, 'SNS event');
    return Records.map(({ Sns }) => openMessage(readJson(Sns.Message, 'SNS message')));
  }
  if (v.is(SnsInQueue, body)) return [openMessage(readJson(body.Message, 'SNS message'))];
  return [openMessage(body)];
}

function openMessage(message: unknown): Arrival {
  const fields = isRecord(message) ? message : {};
  if (fields['kind'] === 'recheck') return read(Recheck, message, 're-check');
  if (fields['kind'] === 'manual') return openManual(message);
  if (fields['kind'] === 'acknowledge') return openAcknowledge(message);
  if (fields['kind'] === 'pause') return openPause(message);
  if (fields['kind'] === 'resume') return openResume(message);
  if (fields['kind'] === 'pause-check') return openPauseCheck(message);
  if ('alarmData' in fields) return { kind: 'alarm', alarm: fromDirectAction(message) };
  if ('AlarmName' in fields) return { kind: 'alarm', alarm: fromSnsMessage(message) };
  if (fields['detail-type'] === 'CloudWatch Alarm State Change') {
    return { kind: 'alarm', alarm: fromEventBridge(message) };
  }
  const got = show(fields['detail-type'] ?? fields['kind'] ?? Object.keys(fields).slice(0, 5));
  const wanted =
    'a CloudWatch alarm (direct, SNS or EventBridge), a re-check, a manual request, an acknowledgement, ' +
    'a pause or a resume';
  throw new HealerError('event.unknown-kind', `event: got ${got}, wanted ${wanted}`);
}

function openManual(message: unknown): Arrival {
  const { incidentId, request, ...rest } = read(Manual, message, 'manual request');
  return {
    ...rest,
    ...(incidentId === undefined ? {} : { incidentId }),
    ...(request === undefined ? {} : { request }),
  };
}

function firstRecord(event: unknown): Record<string, unknown> | undefined {
  const records = isRecord(event) ? event['Records'] : undefined;
  const first: unknown = Array.isArray(records) ? records[0] : undefined;
  return isRecord(first) ? first : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
