import {
  PutItemCommand,
  TransactGetItemsCommand,
  type TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { add, key, type SampleTable, startSampleTable, TABLE } from './dynamodb/sample-table.ts';

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

/** Counters read at one moment. */
async function snapshot(names: readonly string[]): Promise<number[]> {
  const TransactItems = names.map((pk) => ({ Get: { TableName: TABLE, Key: key(pk) } }));
  const { Responses } = await db.client.send(new TransactGetItemsCommand({ TransactItems }));
  return (Responses ?? []).map(({ Item }) => Number(Item?.['count']?.N));
}

describe('TransactWriteItems', () => {
  it('puts, updates, deletes and checks together', async () => {
    await db.put('old', 1);
    await db.put('gone', 1);
    await db.transact([
      { Put: { TableName: TABLE, Item: { ...key('new'), count: { N: '5' } } } },
      { Update: add('old', 2) },
      { Delete: { TableName: TABLE, Key: key('gone') } },
      {
        ConditionCheck: {
          TableName: TABLE,
          Key: key('never'),
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    ]);
    expect(await Promise.all(['new', 'old', 'gone', 'never'].map(db.read))).toEqual([
      5,
      3,
      undefined,
      undefined,
    ]);
  });

  it('does nothing when a condition fails, and says which, with the item when asked', async () => {
    await db.put('a', 1);
    await db.put('b', 1);
    const error = await failureOf<TransactionCanceledException>(
      db.transact([
        { Update: add('a', 10) },
        { Put: { TableName: TABLE, Item: { ...key('c'), count: { N: '1' } } } },
        {
          ConditionCheck: {
            TableName: TABLE,
            Key: key('b'),
            ConditionExpression: '#c > :n',
            ExpressionAttributeNames: { '#c': 'count' },
            ExpressionAttributeValues: { ':n': { N: '1' } },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        {
          Delete: { TableName: TABLE, Key: key('d'), ConditionExpression: 'attribute_exists(pk)' },
        },
      ]),
    );
    expect(error.name).toBe('TransactionCanceledException');
    expect(error.message).toContain('[None, None, ConditionalCheckFailed, ConditionalCheckFailed]');
    expect(error.CancellationReasons).toEqual([
      { Code: 'None' },
      { Code: 'None' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { ...key('b'), count: { N: '1' } },
      },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
    ]);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(db.read))).toEqual([
      1,
      1,
      undefined,
      undefined,
    ]);
  });

  it('is all or nothing to concurrent readers and writers', async () => {
    await db.put('a', 50);
    await db.put('b', 50);
    const failing = (index: number) => index % 3 === 0;
    const transfers = Array.from({ length: 40 }, (_, index) => {
      // What a failing transfer adds for a moment would show among the small sums of the others.
      const amount = failing(index) ? 1_000_000 : index;
      const ConditionExpression = failing(index)
        ? 'attribute_not_exists(pk)'
        : 'attribute_exists(pk)';
      const items = [
        { Update: add('a', amount) },
        { Update: { ...add('b', -amount), ConditionExpression } },
      ];
      return db.transact(items).catch((error: Error) => error.name);
    });
    const snapshots = Array.from({ length: 60 }, () => snapshot(['a', 'b']));
    const readings = Array.from({ length: 120 }, () => db.read('a'));
    const plainWrites = Array.from({ length: 20 }, () => db.put('other', 1));
    const moved = Array.from({ length: 40 }, (_, index) => (failing(index) ? 0 : index));
    const total = moved.reduce((sum, amount) => sum + amount, 0);
    for (const [a, b] of await Promise.all(snapshots)) expect((a ?? 0) + (b ?? 0)).toBe(100);
    for (const a of await Promise.all(readings)) expect(a).toBeLessThanOrEqual(50 + total);
    const outcomes = await Promise.all(transfers);
    expect(outcomes.filter((it) => it === 'TransactionCanceledException')).toHaveLength(14);
    await Promise.all(plainWrites);
    expect(await snapshot(['a', 'b'])).toEqual([50 + total, 50 - total]);
  });

  it('runs once per token for ten minutes, and not for another transaction', async () => {
    await db.put('a', 0);
    await db.transact([{ Update: add('a', 1) }], 'token-1');
    await db.transact([{ Update: add('a', 1) }], 'token-1');
    expect(await db.read('a')).toBe(1);
    const error = await failureOf(db.transact([{ Update: add('a', 2) }], 'token-1'));
    expect(error.name).toBe('IdempotentParameterMismatchException');
    db.clock.now += 10 * 60 * 1000;
    await db.transact([{ Update: add('a', 2) }], 'token-1');
    expect(await db.read('a')).toBe(3);
  });

  it('refuses two actions on one item, however its key is written', async () => {
    const Item = { sk: { N: '1.0' }, pk: { S: 'a' } };
    const error = await failureOf(
      db.transact([{ Update: add('a', 1) }, { Put: { TableName: TABLE, Item } }]),
    );
    expect(error).toMatchObject({
      name: 'ValidationException',
      message: 'Transaction request cannot include multiple operations on one item',
    });
    expect(await db.read('a')).toBeUndefined();
  });

  it('tells an update its item cannot take from an expression that is wrong', async () => {
    await db.client.send(
      new PutItemCommand({ TableName: TABLE, Item: { ...key('text'), count: { S: 'x' } } }),
    );
    const cancelled = await failureOf<TransactionCanceledException>(
      db.transact([{ Update: add('a', 1) }, { Update: add('text', 1) }]),
    );
    expect(cancelled.CancellationReasons).toMatchObject([
      { Code: 'None' },
      { Code: 'ValidationError' },
    ]);
    const wrong = { ...add('b', 1), UpdateExpression: 'ADD #c' };
    const refused = await failureOf(db.transact([{ Update: add('a', 1) }, { Update: wrong }]));
    expect(refused.name).toBe('ValidationException');
    expect(await db.read('a')).toBeUndefined();
  });

  it('knows no unknown table', async () => {
    const Update = { ...add('a', 1), TableName: 'elsewhere' };
    const error = await failureOf(db.transact([{ Update }]));
    expect(error.name).toBe('ResourceNotFoundException');
  });
});

describe('TransactGetItems', () => {
  it('answers in order, with an empty answer for an item that is not there', async () => {
    await db.put('a', 1);
    const { Responses } = await db.client.send(
      new TransactGetItemsCommand({
        TransactItems: ['none', 'a'].map((pk) => ({ Get: { TableName: TABLE, Key: key(pk) } })),
      }),
    );
    expect(Responses).toEqual([{}, { Item: { ...key('a'), count: { N: '1' } } }]);
  });
});
