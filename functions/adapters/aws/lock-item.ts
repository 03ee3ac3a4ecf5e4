/** The lock as a DynamoDB item, there and back. */
import type { AttributeValue, Update } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import type { Entry } from '../../core/entry.ts';
import { HealerError } from '../../core/errors.ts';
import { emptyLock, type LockState } from '../../core/lock.ts';

type Item = Record<string, AttributeValue>;

const time = v.pipe(v.number(), v.finite());

/** A pause that is not understood may be on, so nothing is decided over it. */
export const PauseField = v.looseObject({
  by: v.string(),
  why: v.string(),
  until: time,
  record: v.optional(
    v.looseObject({ id: v.string(), request: v.string(), seq: v.number(), since: time }),
  ),
});

/** Nothing is decided by it, so one that is not understood is none. */
const DrillField = v.looseObject({ id: v.string(), by: v.string(), since: time, until: time });

/** What a decision reads from the item; an item that does not have it is not understood, and unknown means hold. */
const LockItem = v.looseObject({
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  stops: v.array(v.looseObject({ incidentId: v.string(), taskArn: v.string(), at: time })),
  outbox: v.record(v.string(), v.looseObject({ id: v.string(), seq: v.number(), at: time })),
  intent: v.optional(
    v.looseObject({
      incidentId: v.string(),
      claimedAt: time,
      claimedBy: v.string(),
      victim: v.looseObject({ taskArn: v.string(), taskId: v.string(), why: v.string() }),
    }),
  ),
  cooldownUntil: v.optional(time),
  pause: v.optional(PauseField),
  drill: v.fallback(v.optional(DrillField), undefined),
  incident: v.optional(
    v.looseObject({
      id: v.string(),
      state: v.picklist(['open', 'acting', 'verifying', 'holding', 'escalated', 'recovered']),
      openedAt: time,
      alarmSince: time,
      rang: v.array(v.string()),
      seq: v.number(),
      token: v.number(),
      stopped: v.number(),
      waitingSince: v.optional(time),
      told: v.boolean(),
      acknowledged: v.optional(
        v.looseObject({ by: v.string(), at: time, before: v.optional(v.array(v.string())) }),
      ),
      answered: v.optional(v.array(v.string())),
    }),
  ),
});

/** The state that a commit sets or removes as a whole; the outbox is changed entry by entry. */
const STATE_KEYS = ['stops', 'intent', 'cooldownUntil', 'pause', 'drill', 'incident'] as const;

export function lockKey(serviceId: string): Item {
  return { pk: { S: `SERVICE#${serviceId}` }, sk: { S: 'LOCK' } };
}

/** @throws {store.malformed} when the item is not one of ours. */
export function fromItem(serviceId: string, item: Item | undefined): LockState {
  if (item === undefined) return emptyLock(serviceId);
  const parsed = v.safeParse(LockItem, unmarshall(item));
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const field = v.getDotPath(issue) ?? 'item';
    throw new HealerError(
      'store.malformed',
      `lock item of ${serviceId}: ${field}: ${issue.message}`,
    );
  }
  const { version, stops, outbox, intent, cooldownUntil, pause, drill, incident } = parsed.output;
  const entries = Object.values(outbox).toSorted((a, b) => a.at - b.at || a.seq - b.seq);
  const state = {
    serviceId,
    version,
    stops,
    outbox: entries,
    intent,
    cooldownUntil,
    pause,
    drill,
    incident,
  };
  return Object.fromEntries(
    Object.entries(state).filter(([, part]) => part !== undefined),
  ) as unknown as LockState;
}

/** The conditional write: it succeeds only over the version that was read. */
export function lockUpdate(
  next: LockState,
  entries: readonly Entry[],
  writer: string,
): Omit<Update, 'TableName'> {
  const first = next.version === 1;
  const set: Record<string, unknown> = { version: next.version, writer };
  const remove: string[] = [];
  for (const key of STATE_KEYS) {
    if (next[key] === undefined) remove.push(key);
    else set[key] = next[key];
  }
  const outbox = first
    ? { outbox: Object.fromEntries(entries.map((entry) => [entry.id, entry])) }
    : {};
  const assignments = Object.entries({ ...set, ...outbox });
  const added = first ? [] : entries;
  const values = marshall(
    Object.fromEntries([
      ...assignments.map(([key, value]) => [`:${key}`, value]),
      ...added.map((entry, index) => [`:e${index}`, entry]),
      ...(first ? [] : [[':expected', next.version - 1]]),
    ]),
    { removeUndefinedValues: true },
  );
  const sets = [
    ...assignments.map(([key]) => `#${key} = :${key}`),
    ...added.map((_, index) => `outbox.#e${index} = :e${index}`),
  ];
  const removes = remove.length === 0 ? '' : ` REMOVE ${remove.map((key) => `#${key}`).join(', ')}`;
  return {
    Key: lockKey(next.serviceId),
    UpdateExpression: `SET ${sets.join(', ')}${removes}`,
    ConditionExpression: first ? 'attribute_not_exists(pk)' : '#version = :expected',
    ExpressionAttributeNames: Object.fromEntries([
      ...[...assignments.map(([key]) => key), ...remove].map((key) => [`#${key}`, key]),
      ...added.map((entry, index) => [`#e${index}`, entry.id]),
    ]),
    ExpressionAttributeValues: values,
  };
}
