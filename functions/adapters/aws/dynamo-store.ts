/**
 * The single table. Keys:
 * - `SERVICE#<id>` / `LOCK`: the lock item, with the outbox as a map of entries by id
 * - `SERVICE#<id>` / `INCIDENT#<incident id>`: the newest state of each incident
 * - `INCIDENT#<incident id>` / `ENTRY#<sequence>`: the timeline, and `THREAD` where a bot tells it
 * - `SERVICE#<id>` / `DRILL#<drill id>`: its drills; `CLICK#<incident id>` / `<time>#<id>`: who clicked what
 * - `ACCOUNT` / `STATE`: what all services share; `SERVICE#*` / `LOCK` has the outbox of its pauses
 */
import {
  type AttributeValue,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionConflictException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AccountState } from '../../core/account.ts';
import type { Entry } from '../../core/entry.ts';
import { HealerError } from '../../core/errors.ts';
import type { Incident } from '../../core/incident.ts';
import type { IncidentStore } from '../../ports/incident-store.ts';
import { ACCOUNT_KEY, accountFromItem } from './account-item.ts';
import { commitShared } from './account-transaction.ts';
import { calling } from './errors.ts';
import { fromItem, lockKey, lockUpdate } from './lock-item.ts';

/** How long the history of an incident is kept; TTL only sweeps, nothing is decided by it. */
const HISTORY_DAYS = 365;
/** Items that one BatchWriteItem takes. */
const BATCH_MAX = 25;

export function dynamoStore(client: DynamoDBClient, tableName: string): IncidentStore {
  let last: AccountState | undefined;
  return {
    read: async (serviceId, signal) =>
      fromItem(serviceId, await getItem(client, tableName, lockKey(serviceId), signal)),
    readAccount: async (signal) => {
      last = accountFromItem(await getItem(client, tableName, ACCOUNT_KEY, signal));
      return last;
    },
    lastAccount: () => last,
    commit: async (next, entries, writer, abortSignal) => {
      const command = new UpdateItemCommand({
        TableName: tableName,
        ...lockUpdate(next, entries, writer),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await calling('dynamodb:UpdateItem', () => client.send(command, { abortSignal }));
        return 'committed';
      } catch (error) {
        if (isInTransaction(error)) return 'conflict';
        const stored = conflictingItem(error);
        if (stored === undefined) throw error;
        // The SDK repeats a write whose answer was lost, and then meets its own item.
        return stored['writer']?.S === writer ? 'committed' : 'conflict';
      }
    },
    commitShared: (lock, account, entries, writer, signal) =>
      commitShared(client, tableName, { lock, account, entries, writer }, signal),
    async keep(entries, incident, signal) {
      const [first] = entries;
      if (first === undefined) return;
      await Promise.all([
        putEntries(client, tableName, entries, signal),
        incident === undefined
          ? undefined
          : putIncident(client, tableName, first, incident, signal),
      ]);
    },
    async clear(serviceId, entries, abortSignal) {
      const names = entries.map((entry, index) => [`#e${index}`, entry.id] as const);
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: lockKey(serviceId),
        UpdateExpression: `REMOVE ${names.map(([name]) => `outbox.${name}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: Object.fromEntries(names),
      });
      await calling('dynamodb:UpdateItem', () => client.send(command, { abortSignal }));
    },
  };
}

async function getItem(
  client: DynamoDBClient,
  tableName: string,
  key: Record<string, AttributeValue>,
  abortSignal: AbortSignal,
): Promise<Record<string, AttributeValue> | undefined> {
  const command = new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true });
  const answer = await calling('dynamodb:GetItem', () => client.send(command, { abortSignal }));
  return answer.Item;
}

/** A claim or an opening is being written to the same lock at this very moment. */
function isInTransaction(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof TransactionConflictException;
}

/** @returns the item that won, or undefined when the error is another one. */
function conflictingItem(error: unknown): Record<string, { S?: string }> | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof ConditionalCheckFailedException)) return undefined;
  return (cause.Item ?? {}) as Record<string, { S?: string }>;
}

async function putEntries(
  client: DynamoDBClient,
  tableName: string,
  entries: readonly Entry[],
  abortSignal: AbortSignal,
): Promise<void> {
  for (let start = 0; start < entries.length; start += BATCH_MAX) {
    const puts = entries.slice(start, start + BATCH_MAX).map((entry) => {
      const key = {
        pk: `INCIDENT#${entry.incidentId}`,
        sk: `ENTRY#${String(entry.seq).padStart(6, '0')}`,
      };
      const item = { ...key, ...entry, expiresAt: expiresAt(entry) };
      return { PutRequest: { Item: marshall(item, MARSHALL) } };
    });
    const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: puts } });
    const answer = await calling('dynamodb:BatchWriteItem', () =>
      client.send(command, { abortSignal }),
    );
    const left = answer.UnprocessedItems?.[tableName]?.length ?? 0;
    if (left > 0) {
      const message = `dynamodb:BatchWriteItem: ${left} of ${puts.length} entries were not taken`;
      throw new HealerError('dependency.unavailable', message, { retryable: true });
    }
  }
}

/** An older state never replaces a newer one, whatever order the writes arrive in. */
async function putIncident(
  client: DynamoDBClient,
  tableName: string,
  entry: Entry,
  incident: Incident,
  abortSignal: AbortSignal,
): Promise<void> {
  const key = { pk: `SERVICE#${entry.serviceId}`, sk: `INCIDENT#${incident.id}` };
  const command = new PutItemCommand({
    TableName: tableName,
    Item: marshall({ ...key, ...incident, expiresAt: expiresAt(entry) }, MARSHALL),
    ConditionExpression: 'attribute_not_exists(pk) OR seq <= :seq',
    ExpressionAttributeValues: marshall({ ':seq': incident.seq }),
  });
  try {
    await calling('dynamodb:PutItem', () => client.send(command, { abortSignal }));
  } catch (error) {
    if (conflictingItem(error) === undefined) throw error;
  }
}

const MARSHALL = { removeUndefinedValues: true };

function expiresAt(entry: Entry): number {
  return Math.floor(entry.at / 1_000) + HISTORY_DAYS * 86_400;
}
