import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drillStore } from '../../functions/adapters/aws/drill-store.ts';
import { WIRING } from '../../functions/core/drill/built-in.ts';
import { newDrill } from '../../functions/core/drill/plan.ts';
import type { DrillState } from '../../functions/core/drill/state.ts';
import type { DrillStore } from '../../functions/ports/drill.ts';
import { aService, NOW } from '../core/builders.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { startGateway } from '../lab/gateway/gateway.ts';

const PLACE = { region: 'eu-west-1', accountId: '000000000000' };
const TABLE = 'healer';
const signal = new AbortController().signal;

let store: DrillStore;
let stop: () => Promise<void>;

beforeAll(async () => {
  const dynamodb = await startDynamoDb(PLACE);
  const proxies = { dynamodb: dynamodb.upstream };
  const gateway = await startGateway({ events: new LabEvents(), services: [], proxies, ...PLACE });
  const client = new DynamoDBClient(clientConfig(gateway.url, PLACE.region, 'LABTEST'));
  await createHealerTable(client, TABLE);
  store = drillStore(client, TABLE);
  stop = async () => {
    client.destroy();
    await gateway.close();
    await dynamodb.close();
  };
});
afterAll(() => stop());

function aDrill(id: string, version = 1): DrillState {
  const asked = { id, definition: WIRING, by: 'ana', request: 'r', scheduled: false };
  const fresh = newDrill({ ...asked, allowProduction: false }, aService(), NOW);
  return { ...fresh, version };
}

test('keeps a drill as it is, and gives it back', async () => {
  const drill = aDrill('drill-20261120-100341-aaaaaa');

  expect(await store.commit(drill, 'w1', signal)).toBe('committed');

  expect(await store.read(drill.serviceId, drill.id, signal)).toEqual(drill);
  expect(await store.read(drill.serviceId, 'drill-of-nobody', signal)).toBeUndefined();
});

test('takes one of two that write over the same version', async () => {
  const id = 'drill-20261120-100342-bbbbbb';
  await store.commit(aDrill(id), 'w1', signal);
  const writes = ['w2', 'w3'].map((writer) => store.commit(aDrill(id, 2), writer, signal));

  expect((await Promise.all(writes)).toSorted()).toEqual(['committed', 'conflict']);
  expect(await store.commit(aDrill(id), 'w4', signal)).toBe('conflict');
});

test('knows its own write again, when the answer to it was lost', async () => {
  const drill = aDrill('drill-20261120-100343-cccccc');

  expect(await store.commit(drill, 'same', signal)).toBe('committed');
  expect(await store.commit(drill, 'same', signal)).toBe('committed');
});

test('lists the newest first, and no more than asked for', async () => {
  for (const second of [50, 51, 52]) {
    await store.commit(aDrill(`drill-20261120-1003${second}-dddddd`), `w${second}`, signal);
  }

  const latest = await store.latest('shop-prod/checkout-api', 2, signal);

  expect(latest.map(({ id }) => id)).toEqual([
    'drill-20261120-100352-dddddd',
    'drill-20261120-100351-dddddd',
  ]);
});
