import {
  DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { dynamoStore } from '../../functions/adapters/aws/dynamo-store.ts';
import {
  type AccountState,
  accountStopsInWindow,
  emptyAccount,
  noteStop,
} from '../../functions/core/account.ts';
import { DEFAULT_ACCOUNT_LIMITS } from '../../functions/core/account-limits.ts';
import { claim, emptyLock, type LockState } from '../../functions/core/lock.ts';
import { earlier, later, minutes } from '../../functions/core/time.ts';
import type { IncidentStore } from '../../functions/ports/incident-store.ts';
import { aVictim, NOW } from '../core/builders.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { startGateway } from '../lab/gateway/gateway.ts';

const REGION = 'eu-west-1';
const ACCOUNT_ID = '000000000000';
const LIMITS = DEFAULT_ACCOUNT_LIMITS;
const signal = new AbortController().signal;
const events = new LabEvents();

const dynamodb = await startDynamoDb({ region: REGION, accountId: ACCOUNT_ID });
const gateway = await startGateway({
  events,
  services: [],
  proxies: { dynamodb: dynamodb.upstream },
  region: REGION,
  accountId: ACCOUNT_ID,
});
const config = { ...clientConfig(gateway.url, REGION, 'LABTEST'), maxAttempts: 2 };
const client = new DynamoDBClient(config);
afterAll(async () => {
  client.destroy();
  await gateway.close();
  await dynamodb.close();
});

let tests = 0;
let table: string;
/** One of its own for each test: a write is known by its service and writer, whatever the table. */
let service: string;
let store: IncidentStore;
beforeEach(async () => {
  tests += 1;
  table = `healer-${tests}`;
  service = `shop/api-${tests}`;
  await createHealerTable(client, table);
  store = dynamoStore(client, table);
});

function aClaim(serviceId = service, lock: LockState = emptyLock(serviceId)): LockState {
  const intent = { incidentId: 'i', victim: aVictim(), claimedAt: NOW, claimedBy: 'r' };
  return { ...claim(lock, intent), version: lock.version + 1 };
}

function afterStop(account: AccountState, serviceId = service): AccountState {
  return { ...noteStop(account, serviceId, NOW, LIMITS), version: account.version + 1 };
}

function commit(lock: LockState, account: AccountState, writer: string) {
  return store.commitShared(lock, account, [], writer, signal);
}

describe('what all services share', () => {
  test('is empty, and of version 0, where there is no item', async () => {
    expect(await store.readAccount(signal)).toEqual(emptyAccount());
  });

  test('comes back as it was written, with the lock of the same transaction', async () => {
    const moment = { serviceId: service, at: NOW };
    const storm = { since: earlier(NOW, minutes(2)), until: later(NOW, minutes(8)) };
    const record = { id: 'pause-1', request: 'r', seq: 1, since: NOW };
    const pause = { by: 'ana', why: 'migration', until: later(NOW, minutes(8)), record };
    const account = { version: 1, stops: [moment], opened: [moment, moment], storm, pause };

    expect(await commit(aClaim(), account, 'w')).toBe('committed');

    expect(await store.readAccount(signal)).toEqual(account);
    expect(await store.read(service, signal)).toEqual(aClaim());
  });

  test('is remembered as it was read last, by each process for itself', async () => {
    expect(store.lastAccount?.()).toBeUndefined();
    const account = await store.readAccount(signal);
    const before = events.calls().length;

    expect(store.lastAccount?.()).toBe(account);
    expect(dynamoStore(client, table).lastAccount?.()).toBeUndefined();
    expect(events.calls()).toHaveLength(before);
  });

  test('forgets a storm that a later state no longer has', async () => {
    const storm = { since: NOW, until: NOW };
    await commit(aClaim(), { ...emptyAccount(), version: 1, storm }, 'one');

    await commit(aClaim('shop/web'), { ...emptyAccount(), version: 2 }, 'two');

    expect(await store.readAccount(signal)).toEqual({ ...emptyAccount(), version: 2 });
  });

  test.each([
    ['without openings', { version: { N: '1' }, stops: { L: [] } }, 'opened'],
    ['of no version', { stops: { L: [] }, opened: { L: [] } }, 'version'],
    [
      'with a stop of nobody',
      { version: { N: '1' }, stops: { L: [{ M: { at: { N: '1' } } }] }, opened: { L: [] } },
      'stops.0.serviceId',
    ],
    [
      'with a pause of no end',
      {
        version: { N: '1' },
        stops: { L: [] },
        opened: { L: [] },
        pause: { M: { by: { S: 'ana' }, why: { S: 'x' } } },
      },
      'pause.until',
    ],
  ])('%s is not one of ours', async (_what, item, field) => {
    const key = { pk: { S: 'ACCOUNT' }, sk: { S: 'STATE' } };
    await client.send(new PutItemCommand({ TableName: table, Item: { ...key, ...item } }));

    await expect(store.readAccount(signal)).rejects.toMatchObject({
      code: 'store.malformed',
      message: expect.stringContaining(`account item: ${field}`),
    });
  });
});

describe('the transaction', () => {
  test('writes neither when the lock has changed', async () => {
    await store.commit({ ...emptyLock(service), version: 1 }, [], 'other', signal);

    expect(await commit(aClaim(), afterStop(emptyAccount()), 'mine')).toBe('conflict');

    expect(await store.readAccount(signal)).toEqual(emptyAccount());
    expect((await store.read(service, signal)).intent).toBeUndefined();
  });

  test('writes neither when the account has changed, and says that it was the account', async () => {
    await commit(aClaim('shop/web'), afterStop(emptyAccount(), 'shop/web'), 'other');

    expect(await commit(aClaim(), afterStop(emptyAccount()), 'mine')).toBe('account-conflict');

    expect(await store.read(service, signal)).toEqual(emptyLock(service));
    expect((await store.readAccount(signal)).stops).toHaveLength(1);
  });

  test('leaves the lock to single writes afterwards', async () => {
    await commit(aClaim(), afterStop(emptyAccount()), 'mine');

    const next = { ...emptyLock(service), version: 2 };
    expect(await store.commit(next, [], 'next', signal)).toBe('committed');
  });

  test('of 50 claims of one service in parallel is made once', async () => {
    const claims = Array.from({ length: 50 }, (_, index) =>
      commit(aClaim(), afterStop(emptyAccount()), `writer-${index}`),
    );

    const results = await Promise.all(claims);

    expect(results.filter((result) => result === 'committed')).toHaveLength(1);
    expect((await store.readAccount(signal)).stops).toHaveLength(1);
  });
});

describe('the budget of all services', () => {
  /** Claims as long as the budget allows it, and reads again when somebody else was faster. */
  async function claimIfAllowed(serviceId: string): Promise<'committed' | 'spent'> {
    for (let turn = 1; ; turn += 1) {
      const account = await store.readAccount(signal);
      if (accountStopsInWindow(account, LIMITS, NOW).length >= LIMITS.budget) return 'spent';
      const writer = `${serviceId}/${turn}`;
      const result = await commit(aClaim(serviceId), afterStop(account, serviceId), writer);
      if (result === 'committed') return result;
      expect(result).toBe('account-conflict');
    }
  }

  test('of 20 services that claim in parallel exactly five win', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `shop/service-${index}`);

    const results = await Promise.all(ids.map(claimIfAllowed));

    const won = ids.filter((_, index) => results[index] === 'committed');
    expect(won).toHaveLength(LIMITS.budget);
    const { stops, version } = await store.readAccount(signal);
    expect(stops.map(({ serviceId }) => serviceId).toSorted()).toEqual(won.toSorted());
    expect(version).toBe(LIMITS.budget);
    const locks = await Promise.all(ids.map((id) => store.read(id, signal)));
    expect(locks.filter((lock) => lock.intent !== undefined)).toHaveLength(LIMITS.budget);
  });
});

describe('a transaction whose answer was lost', () => {
  const loseOne = () =>
    gateway.faults.inject({
      service: 'dynamodb',
      operation: 'TransactWriteItems',
      times: 1,
      kind: 'lost-response',
    });

  test('is recognised as its own, and made once', async () => {
    const lost = loseOne();

    expect(await commit(aClaim(), afterStop(emptyAccount()), 'mine')).toBe('committed');

    expect(lost.remaining()).toBe(0);
    expect((await store.readAccount(signal)).version).toBe(1);
  });

  test('is recognised by the writer of the lock when its token is forgotten', async () => {
    await store.commit(aClaim(), [], 'mine', signal);

    expect(await commit(aClaim(), afterStop(emptyAccount()), 'mine')).toBe('committed');
  });

  test('is not taken for its own when another one won', async () => {
    await commit(aClaim(), afterStop(emptyAccount()), 'other');
    loseOne();

    expect(await commit(aClaim(), afterStop(emptyAccount()), 'mine')).toBe('conflict');
  });

  test('is not mistaken for another write of the same name', async () => {
    await commit(aClaim(), afterStop(emptyAccount()), 'request/1');
    const victim = { ...aVictim(), taskId: 'another' };
    const intent = { incidentId: 'i', victim, claimedAt: NOW, claimedBy: 'r' };
    const another = { ...claim(emptyLock(service), intent), version: 1 };

    expect(await commit(another, afterStop(emptyAccount()), 'request/1')).toBe('conflict');
  });

  test('of two services under one request id is two writes', async () => {
    expect(await commit(aClaim('a'), afterStop(emptyAccount(), 'a'), 'request/1')).toBe(
      'committed',
    );
    const account = await store.readAccount(signal);

    expect(await commit(aClaim('b'), afterStop(account, 'b'), 'request/1')).toBe('committed');
  });
});

describe('two transactions at the same moment', () => {
  /** A table that answers every write with this error. */
  function refusing(error: Error): IncidentStore {
    const busy = new DynamoDBClient(config);
    busy.middlewareStack.add(() => () => Promise.reject(error), { step: 'initialize' });
    return dynamoStore(busy, table);
  }

  function cancelled(lock: string, account: string): Error {
    const CancellationReasons = [{ Code: lock }, { Code: account }];
    return new TransactionCanceledException({ $metadata: {}, message: '', CancellationReasons });
  }

  test.each([
    ['None', 'TransactionConflict'],
    ['TransactionConflict', 'None'],
    ['TransactionConflict', 'TransactionConflict'],
  ])('may refuse each other (%s, %s), and then it is worth another try', async (lock, account) => {
    const busy = refusing(cancelled(lock, account));
    const result = busy.commitShared(aClaim(), afterStop(emptyAccount()), [], 'w', signal);

    expect(await result).toBe('account-conflict');
  });

  test('may refuse a single write too, which is a lost race', async () => {
    const busy = refusing(new TransactionConflictException({ $metadata: {}, message: '' }));

    expect(await busy.commit(aClaim(), [], 'w', signal)).toBe('conflict');
  });

  test('are no answer when the table is throttled', async () => {
    const busy = refusing(cancelled('None', 'ThrottlingError'));

    await expect(
      busy.commitShared(aClaim(), afterStop(emptyAccount()), [], 'w', signal),
    ).rejects.toMatchObject({ code: 'dependency.unavailable', retryable: true });
  });
});
