/** Drills in the healer's table: `SERVICE#<id>` / `DRILL#<drill id>`, whose ids sort by time. */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import type { DrillState } from '../../core/drill/state.ts';
import { HealerError } from '../../core/errors.ts';
import type { DrillStore } from '../../ports/drill.ts';
import { calling } from './errors.ts';

/** As long as incidents; TTL only sweeps, nothing is decided by it. */
const HISTORY_DAYS = 365;
const MARSHALL = { removeUndefinedValues: true };

const time = v.pipe(v.number(), v.finite());

/** What a look decides by; an item that does not have it is not understood. */
const DrillItem = v.looseObject({
  id: v.string(),
  serviceId: v.string(),
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  token: v.number(),
  definition: v.looseObject({ name: v.string(), method: v.array(v.looseObject({})) }),
  level: v.picklist(['wiring', 'fault']),
  phase: v.picklist(['starting', 'method', 'following', 'rolling-back', 'ending', 'ended']),
  phaseSince: time,
  step: v.number(),
  startedAt: time,
  endsBy: time,
  told: v.looseObject({ start: v.boolean(), end: v.boolean() }),
  target: v.optional(v.looseObject({ taskArn: v.string(), taskId: v.string(), endsAt: time })),
  alarm: v.optional(v.looseObject({ arn: v.string(), name: v.string(), rungAt: time })),
});

type Item = Parameters<typeof unmarshall>[0];

export function drillStore(client: DynamoDBClient, tableName: string): DrillStore {
  return {
    async read(serviceId, drillId, abortSignal) {
      const Key = marshall(keyOf(serviceId, drillId));
      const command = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true });
      const { Item } = await calling('dynamodb:GetItem', () =>
        client.send(command, { abortSignal }),
      );
      return Item === undefined ? undefined : fromItem(serviceId, Item);
    },
    async commit(next, writer, abortSignal) {
      const item = { ...keyOf(next.serviceId, next.id), ...next, writer, expiresAt: expiry(next) };
      const first = next.version === 1;
      const command = new PutItemCommand({
        TableName: tableName,
        Item: marshall(item, MARSHALL),
        ConditionExpression: first ? 'attribute_not_exists(pk)' : '#version = :expected',
        ...(first
          ? {}
          : {
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: marshall({ ':expected': next.version - 1 }),
            }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await calling('dynamodb:PutItem', () => client.send(command, { abortSignal }));
        return 'committed';
      } catch (error) {
        const cause = error instanceof Error ? error.cause : undefined;
        if (!(cause instanceof ConditionalCheckFailedException)) throw error;
        // The SDK repeats a write whose answer was lost, and then meets its own item.
        return cause.Item?.['writer']?.S === writer ? 'committed' : 'conflict';
      }
    },
    async latest(serviceId, count, abortSignal) {
      const command = new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: {
          ':pk': { S: `SERVICE#${serviceId}` },
          ':sk': { S: 'DRILL#' },
        },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: count,
      });
      const { Items = [] } = await calling('dynamodb:Query', () =>
        client.send(command, { abortSignal }),
      );
      return Items.map((item) => fromItem(serviceId, item));
    },
  };
}

function keyOf(serviceId: string, drillId: string) {
  return { pk: `SERVICE#${serviceId}`, sk: `DRILL#${drillId}` };
}

function expiry({ askedAt }: DrillState): number {
  return Math.floor(askedAt / 1_000) + HISTORY_DAYS * 86_400;
}

/** What belongs to the table and not to the drill. */
const TABLE_KEYS = ['pk', 'sk', 'expiresAt', 'writer'];

/** @throws {store.malformed} when the item is not one of ours. */
function fromItem(serviceId: string, item: Item): DrillState {
  const parsed = v.safeParse(DrillItem, unmarshall(item));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const field = v.getDotPath(issue) ?? 'item';
    throw new HealerError('store.malformed', `drill of ${serviceId}: ${field}: ${issue.message}`);
  }
  const own = Object.entries(parsed.output).filter(([key]) => !TABLE_KEYS.includes(key));
  return Object.fromEntries(own) as unknown as DrillState;
}
