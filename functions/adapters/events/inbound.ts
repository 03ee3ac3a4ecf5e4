/** Takes a delivery out of whatever it came in: SQS, SNS, EventBridge, the alarm itself, a re-check, a person. */
import * as v from 'valibot';
import { showInput } from '../../core/bad-input.ts';
import type { Arrival } from '../../core/delivery.ts';
import { HealerError } from '../../core/errors.ts';
import { epochMillis } from '../../core/time.ts';
import type { Inbound, Incoming } from '../../ports/inbound.ts';
import { openAcknowledge } from './acknowledge.ts';
import { fromDirectAction, fromEventBridge, fromSnsMessage } from './alarm.ts';
import { openPause, openPauseCheck, openResume } from './pause.ts';
import {
  AskedAt,
  IncidentId,
  Person,
  RequestName,
  read,
  readJson,
  Sentence,
  ServiceId,
} from './schema.ts';

/** Epoch milliseconds as text. What is not understood is not said, and costs nobody a message. */
const SentTimestamp = v.fallback(
  v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,15}$/),
      v.transform((text) => epochMillis(Number(text))),
    ),
  ),
  undefined,
);

const SqsRecord = v.looseObject({
  eventSource: v.literal('aws:sqs'),
  messageId: v.string(),
  body: v.string(),
  attributes: v.fallback(v.looseObject({ SentTimestamp: v.optional(SentTimestamp) }), {}),
});
const SqsBatch = v.looseObject({ Records: v.array(SqsRecord) });

/** SNS sends one at a time. A message that holds thousands would be thousands of passes at once. */
const NOTIFICATIONS_MAX = 10;

const SnsBatch = v.looseObject({
  Records: v.pipe(
    v.array(
      v.looseObject({
        EventSource: v.literal('aws:sns'),
        Sns: v.looseObject({ Message: v.string() }),
      }),
    ),
    v.maxLength(NOTIFICATIONS_MAX, `at most ${NOTIFICATIONS_MAX} records`),
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

const Watchdog = v.strictObject({ kind: v.literal('watchdog') });

const Manual = v.strictObject({
  kind: v.literal('manual'),
  serviceId: ServiceId,
  requestedBy: Person,
  reason: Sentence,
  dryRun: v.optional(v.boolean(), false),
  incidentId: v.optional(IncidentId),
  request: v.optional(RequestName),
  askedAt: v.optional(AskedAt),
});

/** @throws {event.malformed} or {event.unknown-kind}; for a batch only when one of its records is opened. */
export function openInbound(event: unknown): Inbound {
  if (firstRecord(event)?.['eventSource'] === 'aws:sqs') {
    const { Records } = read(SqsBatch, event, 'SQS event');
    const records = Records.map(({ messageId, body, attributes: { SentTimestamp: sentAt } }) => ({
      id: messageId,
      ...(sentAt === undefined ? {} : { sentAt }),
      open: () => openBody(readJson(body, 'message body')),
    }));
    return { kind: 'batch', records };
  }
  return { kind: 'direct', deliveries: openBody(event) };
}

function openBody(body: unknown): readonly Incoming[] {
  if (firstRecord(body)?.['EventSource'] === 'aws:sns') {
    const { Records } = read(SnsBatch, body, 'SNS event');
    return Records.map(({ Sns }) => openMessage(readJson(Sns.Message, 'SNS message')));
  }
  if (v.is(SnsInQueue, body)) return [openMessage(readJson(body.Message, 'SNS message'))];
  return [openMessage(body)];
}

function openMessage(message: unknown): Incoming {
  const fields = isRecord(message) ? message : {};
  if (fields['kind'] === 'recheck') return read(Recheck, message, 're-check');
  if (fields['kind'] === 'manual') return openManual(message);
  if (fields['kind'] === 'acknowledge') return openAcknowledge(message);
  if (fields['kind'] === 'pause') return openPause(message);
  if (fields['kind'] === 'resume') return openResume(message);
  if (fields['kind'] === 'pause-check') return openPauseCheck(message);
  if (fields['kind'] === 'watchdog') return read(Watchdog, message, 'look of the watchdog');
  if ('alarmData' in fields) return { kind: 'alarm', alarm: fromDirectAction(message) };
  if ('AlarmName' in fields) return { kind: 'alarm', alarm: fromSnsMessage(message) };
  if (fields['detail-type'] === 'CloudWatch Alarm State Change') {
    return { kind: 'alarm', alarm: fromEventBridge(message) };
  }
  const got = showInput(fields['detail-type'] ?? fields['kind'] ?? Object.keys(fields).slice(0, 5));
  const wanted =
    'a CloudWatch alarm (direct, SNS or EventBridge), a re-check, a manual request, an acknowledgement, ' +
    'a pause or a resume';
  throw new HealerError('event.unknown-kind', `event: got ${got}, wanted ${wanted}`);
}

function openManual(message: unknown): Arrival {
  const { incidentId, request, askedAt, ...rest } = read(Manual, message, 'manual request');
  return {
    ...rest,
    ...(askedAt === undefined ? {} : { askedAt }),
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
