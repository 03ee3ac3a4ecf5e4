import {
  type ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  add,
  key,
  PLACE,
  type SampleTable,
  startSampleTable,
  TABLE,
} from './dynamodb/sample-table.ts';

let db: SampleTable;

beforeEach(async () => {
  db = await startSampleTable();
});

afterEach(async () => {
  await db.close();
});

async function failureOf<T = Error>(sending: Promise<unknown>): Promise<T> {
  return sending.then(
    () => expect.unreachable('the call succeeded'),
    (error: T) => error,
  );
}

describe('passed through', () => {
  it('has active tables at once, with the lab account in their ARN', async () => {
    const { Table } = await db.client.send(new DescribeTableCommand({ TableName: TABLE }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      TableArn: `arn:aws:dynamodb:${PLACE.region}:${PLACE.accountId}:table/${TABLE}`,
    });
  });

  it('lets one of 200 racing updates win, and shows the losers the winner', async () => {
    await db.put('lock', 0);
    const claims = Array.from({ length: 200 }, (_, claimant) =>
      db.client.send(
        new UpdateItemCommand({
          TableName: TABLE,
          Key: key('lock'),
          UpdateExpression: 'SET #c = :next, claimant = :me',
          ConditionExpression: '#c = :seen',
          ExpressionAttributeNames: { '#c': 'count' },
          ExpressionAttributeValues: {
            ':next': { N: '1' },
            ':seen': { N: '0' },
            ':me': { N: String(claimant) },
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    );
    const results = await Promise.allSettled(claims);
    const winners = results.flatMap(({ status }, claimant) =>
      status === 'fulfilled' ? [claimant] : [],
    );
    expect(winners).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'fulfilled') continue;
      expect(result.reason).toMatchObject({
        name: 'ConditionalCheckFailedException',
        Item: { claimant: { N: String(winners[0]) } },
      });
    }
  });

  it('is recorded with the input parsed and the caller', async () => {
    await db.put('a', 1);
    expect(db.events.calls().at(-1)).toMatchObject({
      caller: 'LABTEST',
      service: 'dynamodb',
      operation: 'PutItem',
      input: { TableName: TABLE, Item: { pk: { S: 'a' } } },
      status: 200,
    });
  });
});

describe('ReturnValuesOnConditionCheckFailure', () => {
  const condition = {
    TableName: TABLE,
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const;

  it('ALL_OLD puts the item into the error of a put and of a delete', async () => {
    await db.put('a', 7);
    const Item = { ...key('a'), count: { N: '8' } };
    const refusedPut = failureOf(db.client.send(new PutItemCommand({ ...condition, Item })));
    const refusedDelete = failureOf(
      db.client.send(new DeleteItemCommand({ ...condition, Key: key('a') })),
    );
    for (const error of await Promise.all([refusedPut, refusedDelete])) {
      expect(error).toMatchObject({
        name: 'ConditionalCheckFailedException',
        Item: { count: { N: '7' } },
      });
    }
    expect(db.events.calls().at(-1)?.error).toBe('ConditionalCheckFailedException');
  });

  it('ALL_OLD shows the item the condition failed on, while others change it', async () => {
    await db.put('switch', 0);
    const flips = Array.from({ length: 200 }, (_, index) => {
      const [from, to] = index % 2 === 0 ? ['0', '1'] : ['1', '0'];
      const flip = new UpdateItemCommand({
        TableName: TABLE,
        Key: key('switch'),
        UpdateExpression: 'SET #c = :to',
        ConditionExpression: '#c = :from',
        ExpressionAttributeNames: { '#c': 'count' },
        ExpressionAttributeValues: { ':from': { N: from }, ':to': { N: to } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return db.client.send(flip).then(
        () => 'flipped',
        (error: ConditionalCheckFailedException) => error.Item?.['count']?.N === to,
      );
    });
    const outcomes = await Promise.all(flips);
    expect(new Set(outcomes)).toEqual(new Set(['flipped', true]));
  });

  it('has no item when none was asked for, or none is there', async () => {
    await db.put('a', 7);
    const { ReturnValuesOnConditionCheckFailure: _, ...plain } = condition;
    const unasked = await failureOf(
      db.client.send(new DeleteItemCommand({ ...plain, Key: key('a') })),
    );
    expect(unasked).not.toHaveProperty('Item.pk');
    const wantsOne = { ...condition, ConditionExpression: 'attribute_exists(pk)', Key: key('b') };
    const absent = await failureOf(db.client.send(new DeleteItemCommand(wantsOne)));
    expect(absent).toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(absent).not.toHaveProperty('Item.pk');
  });
});

describe('time to live', () => {
  const specification = (Enabled: boolean) =>
    new UpdateTimeToLiveCommand({
      TableName: TABLE,
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled },
    });
  const described = async () =>
    (await db.client.send(new DescribeTimeToLiveCommand({ TableName: TABLE })))
      .TimeToLiveDescription;

  it('is kept, and refused when it changes nothing', async () => {
    expect(await described()).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await db.client.send(specification(true));
    expect(await described()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
    expect(await failureOf(db.client.send(specification(true)))).toMatchObject({
      name: 'ValidationException',
      message: 'TimeToLive is already enabled',
    });
    await db.client.send(specification(false));
    expect(await described()).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });
});

it('still answers queries while transactions run', async () => {
  await db.put('a', 1);
  const query = new QueryCommand({
    TableName: TABLE,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: 'a' } },
  });
  const [{ Count }] = await Promise.all([
    db.client.send(query),
    db.transact([{ Update: add('b', 1) }]),
  ]);
  expect(Count).toBe(1);
});
