/**
 * A table of counters in an own DynamoDB behind an own gateway: what the tests of the front call.
 */
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { LabEvents } from '../events.ts';
import { clientConfig } from '../gateway/client-config.ts';
import { startGateway } from '../gateway/gateway.ts';
import { startDynamoDb } from './start-dynamodb.ts';

export const PLACE = { region: 'eu-west-1', accountId: '111122223333' };
export const TABLE = 'healer';

export type SampleTable = Awaited<ReturnType<typeof startSampleTable>>;

export async function startSampleTable() {
  const clock = { now: 1_000_000 };
  const database = await startDynamoDb({ ...PLACE, now: () => clock.now });
  const events = new LabEvents();
  const proxies = { dynamodb: database.upstream };
  const gateway = await startGateway({ events, services: [], proxies, ...PLACE });
  const client = new DynamoDBClient(clientConfig(gateway.url, PLACE.region, 'LABTEST'));
  await client.send(createTable);
  return {
    clock,
    events,
    client,
    put: async (pk: string, count: number): Promise<void> => {
      const Item = { ...key(pk), count: { N: String(count) } };
      await client.send(new PutItemCommand({ TableName: TABLE, Item }));
    },
    /** The counter, or undefined where there is no such item. */
    read: async (pk: string): Promise<number | undefined> => {
      const input = { TableName: TABLE, Key: key(pk), ConsistentRead: true };
      const { Item } = await client.send(new GetItemCommand(input));
      return Item === undefined ? undefined : Number(Item['count']?.N);
    },
    transact: (items: TransactWriteItem[], token?: string) =>
      client.send(
        new TransactWriteItemsCommand({
          TransactItems: items,
          ...(token !== undefined && { ClientRequestToken: token }),
        }),
      ),
    close: async (): Promise<void> => {
      client.destroy();
      await gateway.close();
      await database.close();
    },
  };
}

export function key(pk: string) {
  return { pk: { S: pk }, sk: { N: '1' } };
}

/** Adds to a counter, which is made when it is not there. */
export function add(pk: string, amount: number): NonNullable<TransactWriteItem['Update']> {
  return {
    TableName: TABLE,
    Key: key(pk),
    UpdateExpression: 'ADD #c :n',
    ExpressionAttributeNames: { '#c': 'count' },
    ExpressionAttributeValues: { ':n': { N: String(amount) } },
  };
}

const createTable = new CreateTableCommand({
  TableName: TABLE,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
});
