import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoStore } from '../../functions/adapters/aws/dynamo-store.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { isHealerError } from '../../functions/core/errors.ts';
import { claim, emptyLock, type LockState } from '../../functions/core/lock.ts';
import type { IncidentStore } from '../../functions/ports/incident-store.ts';
import { aLock, anIncident, aVictim, NOW } from '../core/builders.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { type Gateway, startGateway } from '../lab/gateway/gateway.ts';

const REGION = 'eu-west-1';
const TABLE = 'healer';
const signal = new AbortController().signal;
const events = new LabEvents();

let gateway: Gateway;
let client: DynamoDBClient;
let store: IncidentStore;
let stop: () => Promise<void>;

beforeAll(async () => {
  const dynamodb = await startDynamoDb({ region: REGION, accountId: '000000000000' });
  gateway = await startGateway({
    events,
    services: [],
    proxies: { dynamodb: dynamodb.upstream },
    region: REGION,
    accountId: '000000000000',
  });
  client = new DynamoDBClient({ ...clientConfig(gateway.url, REGION, 'LABTEST'), maxAttempts: 2 });
  await createHealerTable(client, TABLE);
  store = dynamoStore(client, TABLE);
  stop = async () => {
    client.destroy();
    await gateway.close();
    await dynamodb.close();
  };
});
afterAll(() => stop());

let names = 0;
/** A service of its own for each test. */
function aServiceId(): string {
  names += 1;
  return `shop/service-${names}`;
}

function anEntry(serviceId: string, seq: number): Entry {
  return {
    id: `inc-1#${seq}`,
    incidentId: `inc-${serviceId}`,
    seq,
    at: NOW,
    kind: 'held',
    announce: false,
    serviceId,
    environment: 'prod',
    trigger: 'alarm',
    detail: 'why',
    stopped: 0,
    reopened: 0,
    facts: { alarms: [], stopsUsed: 0, stopsAllowed: 3 },
    ledger: {},
  };
}

function next(lock: LockState, change: Partial<LockState> = {}): LockState {
  return { ...lock, ...change, version: lock.version + 1 };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    (value) => String(value),
    (error: unknown) => (isHealerError(error) ? error.code : String(error)),
  );
}

describe('the lock item', () => {
  test('reads an empty lock of version 0 where there is no item', async () => {
    const id = aServiceId();

    expect(await store.read(id, signal)).toEqual(emptyLock(id));
  });

  test('comes back as it was written', async () => {
    const serviceId = aServiceId();
    const intent = {
      incidentId: 'i',
      victim: { ...aVictim(), lastErrors: ['500 x'] },
      claimedAt: NOW,
      claimedBy: 'r',
    };
    const stops = [{ incidentId: 'i', taskArn: 'arn', at: NOW }];
    const record = { id: 'pause-1', request: 'r', seq: 1, since: NOW };
    const pause = { by: 'ana', why: 'load test', until: NOW, record };
    const acknowledged = { by: 'ana', at: NOW, before: ['ben'] };
    const incident = anIncident({ acknowledged, answered: ['click-1'] });
    const lock = next(aLock({ serviceId, intent, stops, pause, incident, cooldownUntil: NOW }));
    const entry = anEntry(serviceId, 1);

    await store.commit(lock, [entry], 'w', signal);

    expect(await store.read(serviceId, signal)).toEqual({ ...lock, outbox: [entry] });
  });

  test('drops what a later state no longer has', async () => {
    const serviceId = aServiceId();
    const first = next(
      claim(aLock({ serviceId }), {
        incidentId: 'i',
        victim: aVictim(),
        claimedAt: NOW,
        claimedBy: 'r',
      }),
    );
    await store.commit(first, [], 'w1', signal);

    await store.commit(next(aLock({ serviceId, version: 1 })), [], 'w2', signal);

    expect(await store.read(serviceId, signal)).toEqual(aLock({ serviceId, version: 2 }));
  });

  test('refuses an item that is not one of ours', async () => {
    const serviceId = aServiceId();
    await store.commit(next(aLock({ serviceId, stops: 'many' as never })), [], 'w', signal);

    expect(await codeOf(store.read(serviceId, signal))).toBe('store.malformed');
  });
});

describe('the claim', () => {
  test('of 200 in parallel exactly one wins, and the item names its victim', async () => {
    const serviceId = aServiceId();
    const claims = Array.from({ length: 200 }, (_, index) => {
      const victim = { ...aVictim(), taskId: `task-${index}` };
      const intent = { incidentId: 'i', victim, claimedAt: NOW, claimedBy: `request-${index}` };
      return store.commit(next(claim(emptyLock(serviceId), intent)), [], `writer-${index}`, signal);
    });

    const results = await Promise.all(claims);

    expect(results.filter((result) => result === 'committed')).toHaveLength(1);
    const winner = results.indexOf('committed');
    const lock = await store.read(serviceId, signal);
    expect(lock).toMatchObject({ version: 1, intent: { victim: { taskId: `task-${winner}` } } });
  });

  test('of 200 over an older claim exactly one wins', async () => {
    const serviceId = aServiceId();
    await store.commit(next(aLock({ serviceId })), [], 'first', signal);
    const lock = await store.read(serviceId, signal);

    const results = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        store.commit(next(lock), [], `writer-${index}`, signal),
      ),
    );

    expect(results.filter((result) => result === 'committed')).toHaveLength(1);
  });

  test('whose answer was lost is recognised as its own', async () => {
    const serviceId = aServiceId();
    const lost = gateway.faults.inject({
      service: 'dynamodb',
      operation: 'UpdateItem',
      times: 1,
      kind: 'lost-response',
    });

    const result = await store.commit(next(aLock({ serviceId })), [], 'mine', signal);

    expect(lost.remaining()).toBe(0);
    expect(result).toBe('committed');
  });

  test('whose answer was lost is not taken for its own when another one won', async () => {
    const serviceId = aServiceId();
    await store.commit(next(aLock({ serviceId })), [], 'other', signal);
    gateway.faults.inject({
      service: 'dynamodb',
      operation: 'UpdateItem',
      times: 1,
      kind: 'lost-response',
    });

    expect(await store.commit(next(aLock({ serviceId })), [], 'mine', signal)).toBe('conflict');
  });

  test('fails as unavailable when the table is throttled for long', async () => {
    const throttled = gateway.faults.inject({
      service: 'dynamodb',
      operation: 'UpdateItem',
      times: 20,
      kind: 'throttle',
    });

    expect(
      await codeOf(store.commit(next(aLock({ serviceId: aServiceId() })), [], 'w', signal)),
    ).toBe('dependency.unavailable');
    throttled.cancel();
  });
});

describe('the outbox', () => {
  test('two passes add to it and clear it without losing the entries of the other', async () => {
    const serviceId = aServiceId();
    const [one, two, three] = [1, 2, 3].map((seq) => anEntry(serviceId, seq)) as [
      Entry,
      Entry,
      Entry,
    ];
    await store.commit(next(aLock({ serviceId })), [one], 'a', signal);
    await store.commit(next(aLock({ serviceId, version: 1 })), [two, three], 'b', signal);

    await Promise.all([
      store.clear(serviceId, [one], signal),
      store.clear(serviceId, [three], signal),
    ]);

    const { outbox, version } = await store.read(serviceId, signal);
    expect(outbox).toEqual([two]);
    expect(version).toBe(2);
  });

  test('clearing twice changes nothing', async () => {
    const serviceId = aServiceId();
    const entry = anEntry(serviceId, 1);
    await store.commit(next(aLock({ serviceId })), [entry], 'a', signal);

    await store.clear(serviceId, [entry], signal);
    await store.clear(serviceId, [entry], signal);

    expect((await store.read(serviceId, signal)).outbox).toEqual([]);
  });

  test('keeping is repeatable, and an older state of the incident never replaces a newer one', async () => {
    const serviceId = aServiceId();
    const entries = Array.from({ length: 30 }, (_, index) => anEntry(serviceId, index + 1));
    const incident = anIncident({ seq: 30, state: 'recovered' });

    await store.keep(entries, incident, signal);
    await store.keep(entries.slice(0, 1), anIncident({ seq: 1, state: 'holding' }), signal);

    const calls = events.calls().filter((call) => call.operation === 'PutItem');
    expect(calls.at(-1)?.error).toBe('ConditionalCheckFailedException');
  });

  test('of a pause is kept where there is no incident', async () => {
    const serviceId = aServiceId();
    const before = events.calls().filter((call) => call.operation === 'PutItem').length;

    await store.keep([anEntry(serviceId, 1)], undefined, signal);

    const calls = events.calls();
    expect(calls.filter((call) => call.operation === 'PutItem')).toHaveLength(before);
    expect(calls.at(-1)).toMatchObject({ operation: 'BatchWriteItem', status: 200 });
  });
});
