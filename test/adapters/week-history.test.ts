import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamoStore } from '../../functions/adapters/aws/dynamo-store.ts';
import { weekHistory } from '../../functions/adapters/aws/week-history.ts';
import { isHealerError } from '../../functions/core/errors.ts';
import { type Incident, incidentId } from '../../functions/core/incident.ts';
import { type EpochMillis, earlier, minutes } from '../../functions/core/time.ts';
import type { WeekHistory } from '../../functions/ports/week-history.ts';
import { aLock, anEntry, anIncident, NOW } from '../core/builders.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { type Gateway, startGateway } from '../lab/gateway/gateway.ts';

const PLACE = { region: 'eu-west-1', accountId: '000000000000' };
const TABLE = 'healer';
const DAY = minutes(24 * 60);
const SINCE = earlier(NOW, minutes(14 * 24 * 60));
const signal = new AbortController().signal;
const events = new LabEvents();
const parts = new AsyncDisposableStack();

let gateway: Gateway;
let client: DynamoDBClient;
let history: WeekHistory;

beforeAll(async () => {
  const dynamodb = parts.adopt(await startDynamoDb(PLACE), (part) => part.close());
  const proxies = { dynamodb: dynamodb.upstream };
  gateway = parts.adopt(await startGateway({ events, services: [], proxies, ...PLACE }), (part) =>
    part.close(),
  );
  client = parts.adopt(
    new DynamoDBClient({ ...clientConfig(gateway.url, PLACE.region, 'LABTEST'), maxAttempts: 2 }),
    (part) => part.destroy(),
  );
  await createHealerTable(client, TABLE);
  history = weekHistory(client, TABLE);
});
afterAll(() => parts.disposeAsync());

let names = 0;
function aServiceId(): string {
  names += 1;
  return `shop/service-${names}`;
}

function begun(at: EpochMillis, overrides: Partial<Incident> = {}): Incident {
  return anIncident({ id: incidentId(at, 'x'), openedAt: at, alarmSince: at, ...overrides });
}

/** Keeps it as the healer does, with an entry of its timeline. */
async function keep(serviceId: string, incident: Incident): Promise<void> {
  const entry = anEntry({ serviceId, incidentId: incident.id, seq: incident.seq });
  await dynamoStore(client, TABLE).keep([entry], incident, signal);
}

async function idsOf(serviceId: string): Promise<readonly string[]> {
  const { incidents } = await history.week(serviceId, SINCE, signal);
  return incidents.map(({ id }) => id);
}

test('of a service that nothing is known of is empty', async () => {
  const serviceId = aServiceId();

  expect(await history.week(serviceId, SINCE, signal)).toEqual({
    serviceId,
    incidents: [],
    drills: [],
  });
});

test('has what began since then, of this service alone, in two queries', async () => {
  const serviceId = aServiceId();
  const [young, old] = [begun(earlier(NOW, DAY)), begun(earlier(SINCE, DAY))];
  await keep(serviceId, young);
  await keep(serviceId, old);
  await keep(`${serviceId}0`, begun(NOW));
  const before = events.calls().length;

  expect(await idsOf(serviceId)).toEqual([young.id]);

  expect(events.calls().slice(before)).toMatchObject([
    { operation: 'Query', status: 200 },
    { operation: 'Query', status: 200 },
  ]);
});

test('has the incident that is open, however old, as the lock has it', async () => {
  const serviceId = aServiceId();
  const incident = begun(earlier(SINCE, DAY), { state: 'escalated', seq: 4 });
  const lock = aLock({ serviceId, version: 1, incident });
  await dynamoStore(client, TABLE).commit(lock, [], 'w', signal);

  const { incidents } = await history.week(serviceId, SINCE, signal);

  expect(incidents).toMatchObject([{ id: incident.id, state: 'escalated' }]);
});

test('has an incident once, in its newest state', async () => {
  const serviceId = aServiceId();
  const kept = begun(earlier(NOW, DAY), { seq: 2 });
  await keep(serviceId, kept);
  const incident: Incident = { ...kept, seq: 3, state: 'recovered', recoveredAt: NOW };
  await dynamoStore(client, TABLE).commit(
    aLock({ serviceId, version: 1, incident }),
    [],
    'w',
    signal,
  );

  const { incidents } = await history.week(serviceId, SINCE, signal);

  expect(incidents).toMatchObject([{ id: kept.id, state: 'recovered' }]);
});

test('has the drills that ended', async () => {
  const serviceId = aServiceId();
  const aDrill = (id: string, rest: object): PutItemCommand => {
    const key = { pk: `SERVICE#${serviceId}`, sk: `DRILL#${id}` };
    const Item = marshall({ ...key, id, phase: 'ended', phaseSince: NOW, ...rest });
    return new PutItemCommand({ TableName: TABLE, Item });
  };
  await client.send(aDrill('drill-20261119-100341-aaaaaa', { verdict: 'pass' }));
  await client.send(aDrill('drill-20261118-100341-aaaaaa', { verdict: 'fail' }));
  await client.send(aDrill('drill-20261120-100341-aaaaaa', { phase: 'following' }));
  await client.send(aDrill('drill-20260920-100341-aaaaaa', { verdict: 'pass' }));

  expect((await history.week(serviceId, SINCE, signal)).drills).toEqual([
    { endedAt: NOW, passed: false },
    { endedAt: NOW, passed: true },
  ]);
});

test('goes on over pages', async () => {
  const serviceId = aServiceId();
  const openedBy = 'x'.repeat(300_000);
  for (const days of [1, 2, 3, 4, 5]) {
    await keep(serviceId, begun(earlier(NOW, minutes(days * 1_440)), { openedBy }));
  }

  expect(await idsOf(serviceId)).toHaveLength(5);
});

test('gives the timeline of an incident', async () => {
  const serviceId = aServiceId();
  const incident = begun(NOW, { id: `inc-${serviceId}`, seq: 1 });
  await keep(serviceId, incident);

  expect(await history.timeline(incident.id, signal)).toMatchObject([{ seq: 1, kind: 'stopped' }]);
});

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) =>
    isHealerError(error) ? [error.code, error.message] : error,
  );
}

test('names service and field of an item that is not one of ours', async () => {
  const serviceId = aServiceId();
  const key = { pk: `SERVICE#${serviceId}`, sk: `INCIDENT#${incidentId(NOW, 'x')}` };
  const Item = marshall({ ...key, ...anIncident(), stopped: 'twice' });
  await client.send(new PutItemCommand({ TableName: TABLE, Item }));

  expect(await failureOf(history.week(serviceId, SINCE, signal))).toEqual([
    'store.malformed',
    expect.stringMatching(`incident of ${serviceId}: stopped: `),
  ]);
});

test('fails as unavailable when the table is throttled', async () => {
  const fault = { service: 'dynamodb', operation: 'Query', times: 5, kind: 'throttle' } as const;
  const throttled = gateway.faults.inject(fault);

  expect(await failureOf(history.week(aServiceId(), SINCE, signal))).toEqual([
    'dependency.unavailable',
    expect.stringContaining('dynamodb:Query'),
  ]);
  throttled.cancel();
});
