/**
 * What dynalite lacks, before it: old values on a failed condition, transactions, time to live.
 */
import type { HttpForwarder } from '../gateway/upstream.ts';
import type { WireAnswer, WireRequest } from '../gateway/wire.ts';
import {
  type AttributeMap,
  Backend,
  itemName,
  jsonAnswer,
  jsonOf,
  keyOf,
  WireFailure,
} from './backend.ts';
import { ItemLocks } from './item-locks.ts';
import { TimeToLive } from './time-to-live.ts';
import { TransactionTokens, transactGet, transactWrite } from './transactions.ts';

type Forward = (request: WireRequest) => Promise<WireAnswer>;

/** Answers DynamoDB calls: its own operations here, all others by dynalite, untouched. */
export function createFront(forwarder: HttpForwarder, now: () => number): Forward {
  const backend = new Backend(forwarder);
  const locks = new ItemLocks();
  const tokens = new TransactionTokens(now);
  const ttl = new TimeToLive(backend);
  const pass: Forward = (request) => backend.pass(request);
  const alone =
    (task: Forward): Forward =>
    (request) =>
      locks.exclusive(() => task(request));
  const writeItem: Forward = (request) => writeOneItem(backend, locks, request);
  const own: Readonly<Record<string, Forward>> = {
    PutItem: writeItem,
    UpdateItem: writeItem,
    DeleteItem: writeItem,
    BatchWriteItem: alone(pass),
    TransactWriteItems: alone((request) => transactWrite(backend, tokens, request)),
    TransactGetItems: alone((request) => transactGet(backend, request)),
    UpdateTimeToLive: alone((request) => ttl.update(request)),
    DescribeTimeToLive: (request) => ttl.describe(request),
    DeleteTable: alone(async (request) => {
      const answer = await pass(request);
      const table = String(jsonOf(request)['TableName']);
      backend.forget(table);
      ttl.forget(table);
      return answer;
    }),
  };
  return async (request) => {
    const operation = (request.headers['x-amz-target'] ?? '').split('.').at(-1) ?? '';
    const run = own[operation] ?? ((it: WireRequest) => locks.shared(() => pass(it)));
    try {
      return await run(request);
    } catch (error) {
      if (error instanceof WireFailure) return error.answer;
      throw error;
    }
  };
}

/**
 * One write, one at a time per item: so the old item it reports is the one its condition was
 * checked against.
 */
async function writeOneItem(
  backend: Backend,
  locks: ItemLocks,
  request: WireRequest,
): Promise<WireAnswer> {
  const target = await locks.shared(() => readTarget(backend, request));
  // Whatever cannot be understood here is for dynalite to refuse in its own words.
  if (!target) return locks.shared(() => backend.pass(request));
  const { table, key, wantsOld } = target;
  return locks.onItem(itemName(table, key), async () => {
    const answer = await backend.pass(request);
    if (!wantsOld || answer.error !== 'ConditionalCheckFailedException') return answer;
    const item = await backend.getItem(request, table, key);
    return item
      ? jsonAnswer({ ...jsonOf(answer), Item: item }, answer.status, answer.error)
      : answer;
  });
}

async function readTarget(backend: Backend, request: WireRequest) {
  try {
    const input = jsonOf(request);
    const table = String(input['TableName']);
    const names = await backend.keyNames(request, table);
    const key = keyOf((input['Key'] ?? input['Item']) as AttributeMap, names);
    return { table, key, wantsOld: input['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD' };
  } catch {
    return undefined;
  }
}
