/** What notify is asked to tell: by the topic, by an alarm on the healer itself, or by the calendar. */
import * as v from 'valibot';
import { showInput } from '../../core/bad-input.ts';
import { ENTRY_KINDS, type Entry } from '../../core/entry.ts';
import { HealerError } from '../../core/errors.ts';
import type { Telling } from '../../core/notice.ts';
import { REASONS } from '../../core/verdict.ts';
import type { InboundTellings } from '../../ports/tellings.ts';
import { openNotice } from './notice.ts';
import { openOwnAlarm, type Told } from './own-alarm.ts';
import { Instant, read, readJson } from './schema.ts';

const SnsEvent = v.looseObject({
  Records: v.array(v.looseObject({ Sns: v.looseObject({ Message: v.string() }) })),
});

const SqsBatch = v.looseObject({
  Records: v.array(
    v.looseObject({
      eventSource: v.literal('aws:sqs'),
      messageId: v.string(),
      body: v.string(),
      attributes: v.looseObject({ ApproximateReceiveCount: v.string() }),
    }),
  ),
});

/** As a queue gets it when raw delivery is off. */
const SnsInQueue = v.looseObject({ Type: v.literal('Notification'), Message: v.string() });

const count = v.optional(v.number());
const span = v.optional(Instant);

/** What a message is rendered from; a newer version of the healer may add fields. */
const Announcement = v.looseObject({
  schema: v.literal('ecs-self-healing/entry/1'),
  entry: v.looseObject({
    id: v.string(),
    incidentId: v.string(),
    seq: v.number(),
    at: Instant,
    kind: v.picklist(ENTRY_KINDS),
    quiet: v.optional(v.literal(true)),
    serviceId: v.string(),
    environment: v.string(),
    trigger: v.string(),
    reason: v.optional(v.picklist(REASONS)),
    detail: v.string(),
    until: v.optional(Instant),
    victim: v.optional(
      v.looseObject({
        taskArn: v.string(),
        taskId: v.string(),
        zone: v.optional(v.string()),
        revision: v.string(),
        startedAt: v.optional(Instant),
        why: v.string(),
        lastErrors: v.array(v.string()),
        traceIds: v.array(v.string()),
      }),
    ),
    cause: v.optional(
      v.looseObject({
        code: v.string(),
        sentence: v.string(),
        evidence: v.array(v.string()),
        fix: v.string(),
      }),
    ),
    outcome: v.optional(v.string()),
    stopped: v.number(),
    reopened: v.number(),
    facts: v.looseObject({
      desired: count,
      running: count,
      healthy: count,
      floor: count,
      requests: count,
      errors: count,
      blind: v.optional(v.string()),
      alarms: v.array(v.looseObject({ name: v.string(), state: v.string(), reason: v.string() })),
      stopsUsed: v.number(),
      stopsAllowed: v.number(),
    }),
    ledger: v.looseObject({ act: span, replace: span, recover: span }),
    where: v.optional(v.looseObject({ clusterArn: v.string(), logGroup: v.optional(v.string()) })),
    drill: v.optional(v.string()),
    acknowledgedBy: v.optional(v.string()),
    pauseScope: v.optional(v.string()),
    requestedBy: v.optional(v.string()),
  }),
});

const Published = v.looseObject({
  schema: v.picklist(['ecs-self-healing/entry/1', 'ecs-self-healing/notice/1']),
});

const Calendar = v.strictObject({ kind: v.literal('digest') });

/** @throws {event.malformed}; of a batch only when one of its records is opened. */
export function openInboundTellings(event: unknown, told: Told): InboundTellings {
  if (!isBatch(event)) return { kind: 'direct', tellings: openTellings(event, told) };
  const { Records } = read(SqsBatch, event, 'SQS event');
  const records = Records.map(({ messageId: id, body, attributes }) => ({
    id,
    body,
    receives: Number(attributes.ApproximateReceiveCount),
    open: () => openTellings(readJson(body, 'announcement'), told),
  }));
  return { kind: 'batch', records };
}

/** Each message of a batch may have come another way; whoever sends the event names none. */
function isBatch(event: unknown): boolean {
  const First = v.looseObject({ eventSource: v.literal('aws:sqs') });
  return v.is(v.looseObject({ Records: v.looseTuple([First]) }), event);
}

/** @throws {event.malformed} for all that notify does not tell, naming field, value got and value wanted. */
export function openTellings(event: unknown, told: Told): readonly Telling[] {
  const fields: Readonly<Record<string, unknown>> = v.is(v.looseObject({}), event) ? event : {};
  if ('Records' in fields) {
    const { Records } = read(SnsEvent, event, 'SNS event');
    return Records.map(({ Sns }) => openMessage(readJson(Sns.Message, 'announcement')));
  }
  if ('schema' in fields) return [openMessage(event)];
  if (v.is(SnsInQueue, event)) return [openMessage(readJson(event.Message, 'announcement'))];
  if (fields['detail-type'] === 'CloudWatch Alarm State Change') {
    const notice = openOwnAlarm(event, told);
    return notice === undefined ? [] : [{ kind: 'notice', notice }];
  }
  if (fields['kind'] === 'digest') {
    read(Calendar, event, 'digest');
    return [{ kind: 'digest-due' }];
  }
  const got = showInput(fields['detail-type'] ?? fields['kind'] ?? Object.keys(fields).slice(0, 5));
  const wanted = 'an SNS event, an announcement, an alarm on the healer, or { "kind": "digest" }';
  throw new HealerError('event.malformed', `event: got ${got}, wanted ${wanted}`);
}

function openMessage(message: unknown): Telling {
  const { schema } = read(Published, message, 'announcement');
  if (schema === 'ecs-self-healing/notice/1') {
    return { kind: 'notice', notice: openNotice(message) };
  }
  const { entry } = read(Announcement, message, 'announcement');
  return { kind: 'entry', entry: entry as unknown as Entry };
}
