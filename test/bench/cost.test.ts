/** What a decision costs is counted right, and a function reads and loads nothing that it need not. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bundle } from '../../infra/bundle.ts';
import type { RecordedCall } from '../lab/events.ts';
import { type Counted, countDecisions, median } from './cost/decisions.ts';
import { dynamoUnits } from './cost/dynamo-units.ts';
import { brokenGoals, decisionGoals } from './cost/goals.ts';
import { chargedFor } from './cost/incident-counts.ts';
import { MeasuredProcess } from './cost/measured-process.ts';

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cost-'));
  return folder;
}

describe('a new process that stops a task, and is asked again', () => {
  let counted: Counted;

  beforeAll(async () => {
    const folder = await aFolder();
    const built = await bundle(folder);
    counted = await countDecisions(built.find(({ name }) => name === 'remediate')?.file ?? '');
    await rm(folder, { recursive: true, force: true });
  });

  test('decides as it should', () => {
    expect(counted.decisions.map(({ verdict }) => verdict)).toEqual([
      'act',
      'hold settling',
      'hold settling',
    ]);
  });

  test('has not loaded undici', () => {
    expect(counted.usage.hasUndici).toBe(false);
  });

  test('has read no file since it was loaded', () => {
    expect(counted.usage.fileReads).toEqual([]);
  });

  test('makes no more calls and round trips than agreed', () => {
    expect(brokenGoals(decisionGoals(counted))).toEqual([]);
  });
});

test('a process that cannot load its bundle says why', async () => {
  const file = path.join(await aFolder(), 'none.mjs');
  onTestFinished(() => rm(path.dirname(file), { recursive: true, force: true }));

  await expect(MeasuredProcess.start({ file, environment: {} })).rejects.toThrow(/none\.mjs/);
});

function aCall(operation: string, input: unknown): RecordedCall {
  return {
    kind: 'call',
    at: 0,
    endedAt: 1,
    caller: 'X',
    service: 'dynamodb',
    operation,
    input,
    status: 200,
  };
}

const key = { pk: { S: 'SERVICE#a' }, sk: { S: 'LOCK' } };
const anItem = (bytes: number) => ({ ...key, text: { S: 'x'.repeat(bytes) } });

describe('the units that DynamoDB charges', () => {
  test.each([
    ['a read of what is not there', [aCall('GetItem', { Key: key })], 1, 0],
    ['an item up to a kilobyte', [aCall('PutItem', { Item: anItem(900) })], 0, 1],
    ['an item above it', [aCall('PutItem', { Item: anItem(1_020) })], 0, 2],
    [
      'two in a transaction, twice each',
      [
        aCall('TransactWriteItems', {
          TransactItems: [{ Put: { Item: anItem(10) } }, { Update: { Key: key } }],
        }),
      ],
      0,
      4,
    ],
    [
      'each of a batch',
      [
        aCall('BatchWriteItem', {
          RequestItems: {
            t: [{ PutRequest: { Item: anItem(10) } }, { PutRequest: { Item: anItem(2_100) } }],
          },
        }),
      ],
      0,
      4,
    ],
    [
      'a small update of a large item, and its read',
      [
        aCall('PutItem', { Item: anItem(5_000) }),
        aCall('UpdateItem', { Key: key, ExpressionAttributeValues: { ':a': { N: '1' } } }),
        aCall('GetItem', { Key: key }),
      ],
      2,
      10,
    ],
  ])('%s', (_name, calls, reads, writes) => {
    expect(dynamoUnits(calls)).toEqual({ reads, writes });
  });

  test('are of nothing else', () => {
    const call = { ...aCall('Publish', {}), service: 'sns' };
    expect(dynamoUnits([call])).toEqual({ reads: 0, writes: 0 });
  });
});

test('a metric is counted once for each set of its dimensions', () => {
  const line = (service: string) =>
    JSON.stringify({
      _aws: {
        CloudWatchMetrics: [
          { Namespace: 'N', Dimensions: [['Service']], Metrics: [{ Name: 'a' }, { Name: 'b' }] },
        ],
      },
      Service: service,
      a: 1,
      b: 1,
    });

  expect(chargedFor([], [line('x'), line('x'), line('y'), 'text']).customMetrics).toBe(4);
});

test('what was not measured breaks its goal', () => {
  const goal = { what: 'calls', atMost: 3, unit: '' };

  expect(brokenGoals([{ ...goal, got: 3 }])).toEqual([]);
  expect(brokenGoals([{ ...goal, got: 4 }])).toEqual(['calls: got 4, wanted at most 3']);
  expect(brokenGoals([{ ...goal, got: Number.NaN }])).toHaveLength(1);
});

test.each([
  [[1, 9, 2], 2],
  [[4, 1, 2, 3], 2.5],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});
