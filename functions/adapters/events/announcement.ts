/** The entries in an SNS event of our own topic. */
import * as v from 'valibot';
import { ENTRY_KINDS, type Entry } from '../../core/entry.ts';
import { REASONS } from '../../core/verdict.ts';
import { read, readJson } from './schema.ts';

const SnsEvent = v.looseObject({
  Records: v.array(v.looseObject({ Sns: v.looseObject({ Message: v.string() }) })),
});

const count = v.optional(v.number());

/** What a message is rendered from; a newer version of the healer may add fields. */
const Announcement = v.looseObject({
  schema: v.literal('ecs-self-healing/entry/1'),
  entry: v.looseObject({
    id: v.string(),
    incidentId: v.string(),
    seq: v.number(),
    at: v.number(),
    kind: v.picklist(ENTRY_KINDS),
    serviceId: v.string(),
    environment: v.string(),
    trigger: v.string(),
    reason: v.optional(v.picklist(REASONS)),
    detail: v.string(),
    until: count,
    victim: v.optional(
      v.looseObject({
        taskArn: v.string(),
        taskId: v.string(),
        zone: v.optional(v.string()),
        revision: v.string(),
        startedAt: count,
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
    ledger: v.looseObject({ act: count, replace: count, recover: count }),
  }),
});

/** @throws {event.malformed} when a record is not an announcement of ours. */
export function openAnnouncements(event: unknown): readonly Entry[] {
  const { Records } = read(SnsEvent, event, 'SNS event');
  return Records.map(({ Sns }) => {
    const message = readJson(Sns.Message, 'announcement');
    return read(Announcement, message, 'announcement').entry as unknown as Entry;
  });
}
