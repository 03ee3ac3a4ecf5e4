import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { ENTRY_KINDS, type Entry } from '../../core/entry.ts';
import { HealerError } from '../../core/errors.ts';
import type { Incident } from '../../core/incident.ts';
import type { IncidentHistory } from '../../ports/operator.ts';
import type { Timeline } from '../../ports/threads.ts';
import { queryAll } from './query-all.ts';

const time = v.pipe(v.number(), v.finite());

/** What a reader shows of an incident; the rest is passed on as it is. */
const IncidentItem = v.looseObject({
  id: v.string(),
  state: v.picklist(['open', 'acting', 'verifying', 'holding', 'escalated', 'recovered']),
  openedAt: time,
  openedBy: v.string(),
  seq: v.number(),
  stopped: v.number(),
  reopened: v.number(),
});

const EntryItem = v.looseObject({
  id: v.string(),
  incidentId: v.string(),
  seq: v.number(),
  at: time,
  kind: v.picklist(ENTRY_KINDS),
  serviceId: v.string(),
  detail: v.string(),
  facts: v.looseObject({ alarms: v.array(v.looseObject({})) }),
  ledger: v.looseObject({}),
});

/** Reads what `dynamoStore` keeps: the incidents of a service, and the timeline of each. */
export function incidentHistory(client: DynamoDBClient, tableName: string): IncidentHistory {
  const query = async (pk: string, sk: string, abortSignal: AbortSignal): Promise<Item[]> => {
    const input = {
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
      ExpressionAttributeValues: { ':pk': { S: pk }, ':sk': { S: sk } },
      ConsistentRead: true,
    };
    return queryAll(client, input, abortSignal);
  };
  return {
    incidents: async (serviceId, signal) => {
      const items = await query(`SERVICE#${serviceId}`, 'INCIDENT#', signal);
      return items.map((item) => read<Incident>(IncidentItem, item, `incident of ${serviceId}`));
    },
    timeline: async (incidentId, signal) => {
      const items = await query(`INCIDENT#${incidentId}`, 'ENTRY#', signal);
      return items.map((item) => read<Entry>(EntryItem, item, `entry of ${incidentId}`));
    },
  };
}

/** Reads a part of a timeline. */
export function entryTimeline(client: DynamoDBClient, tableName: string): Timeline {
  return {
    async between(incidentId, { first, last }, signal) {
      const values = { pk: `INCIDENT#${incidentId}`, first: entryKey(first), last: entryKey(last) };
      const input = {
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries(values).map(([name, value]) => [`:${name}`, { S: value }]),
        ),
        ConsistentRead: true,
      };
      const items = await queryAll(client, input, signal);
      // One that is not understood comes by its own message; it must not keep back the others.
      return items.filter(isEntry).map((item) => read<Entry>(EntryItem, item, 'entry'));
    },
  };
}

function entryKey(seq: number): string {
  return `ENTRY#${String(seq).padStart(6, '0')}`;
}

function isEntry(item: Item): boolean {
  return v.is(EntryItem, unmarshall(item));
}

type Item = Record<string, AttributeValue>;

/** What belongs to the table and not to the record. */
const TABLE_KEYS = ['pk', 'sk', 'expiresAt'];

/** @throws {store.malformed} when the item is not one of ours. */
function read<T>(schema: v.GenericSchema<unknown, object>, item: Item, what: string): T {
  const parsed = v.safeParse(schema, unmarshall(item));
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const field = v.getDotPath(issue) ?? 'item';
    throw new HealerError('store.malformed', `${what}: ${field}: ${issue.message}`);
  }
  const own = Object.entries(parsed.output).filter(([key]) => !TABLE_KEYS.includes(key));
  return Object.fromEntries(own) as T;
}
