import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clickRecord } from '../../functions/adapters/aws/click-record.ts';
import type { Click } from '../../functions/core/click.ts';
import type { ClickLog } from '../../functions/ports/clicks.ts';
import { NOW } from '../core/builders.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { type Gateway, startGateway } from '../lab/gateway/gateway.ts';
import { REGION, TABLE } from '../lab/names.ts';

const { signal } = new AbortController();
const parts = new AsyncDisposableStack();
let gateway: Gateway;
let client: DynamoDBClient;
let clicks: ClickLog;

beforeAll(async () => {
  const place = { region: REGION, accountId: '000000000000' };
  const dynamodb = parts.adopt(await startDynamoDb(place), (part) => part.close());
  const proxies = { dynamodb: dynamodb.upstream };
  gateway = await startGateway({ events: new LabEvents(), services: [], proxies, ...place });
  parts.adopt(gateway, (part) => part.close());
  client = new DynamoDBClient({ ...clientConfig(gateway.url, REGION, 'LABTEST'), maxAttempts: 2 });
  parts.defer(() => client.destroy());
  await createHealerTable(client, TABLE);
  clicks = clickRecord(client, TABLE);
});
afterAll(() => parts.disposeAsync());

let made = 0;
/** A click on an incident of its own. */
function aClick(overrides: Partial<Click> = {}): Click {
  made += 1;
  return {
    id: 'click-0123',
    action: 'stop-one-more',
    subject: { serviceId: 'shop-prod/checkout-api', incidentId: `inc-${made}` },
    userId: 'U0123456789',
    userName: 'ana',
    teamId: 'T01',
    at: NOW,
    replyUrl: 'https://hooks.slack.com/actions/secret',
    ...overrides,
  };
}

async function kept(about: string): Promise<readonly Record<string, unknown>[]> {
  const query = new QueryCommand({
    TableName: TABLE,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: `CLICK#${about}` } },
    ConsistentRead: true,
  });
  const { Items = [] } = await client.send(query);
  return Items.map((item) => unmarshall(item));
}

test('a click is kept with who, what, when and what became of it, for a year', async () => {
  const click = aClick();
  const { incidentId } = click.subject;

  expect(await clicks.begin(click, 'received', signal)).toBe(true);
  expect(await kept(incidentId)).toMatchObject([{ outcome: 'received' }]);
  await clicks.settle(click, 'asked', signal);

  expect(await kept(incidentId)).toEqual([
    {
      pk: `CLICK#${incidentId}`,
      sk: '2026-11-20T10:03:41.516Z#click-0123',
      id: 'click-0123',
      action: 'stop-one-more',
      serviceId: 'shop-prod/checkout-api',
      incidentId,
      userId: 'U0123456789',
      userName: 'ana',
      teamId: 'T01',
      at: NOW,
      outcome: 'asked',
      expiresAt: Math.floor(NOW / 1_000) + 365 * 86_400,
    },
  ]);
});

test('the same click begins once, whatever became of it', async () => {
  const click = aClick();

  const began = await Promise.all([1, 2, 3].map(() => clicks.begin(click, 'received', signal)));
  await clicks.settle(click, 'failed', signal);

  expect(began.filter((isFirst) => isFirst)).toHaveLength(1);
  expect(await clicks.begin(click, 'received', signal)).toBe(false);
  expect(await kept(click.subject.incidentId)).toMatchObject([{ outcome: 'failed' }]);
});

test('another click about the same incident is another item', async () => {
  const first = aClick();

  await clicks.begin(first, 'received', signal);
  await clicks.begin({ ...first, id: 'click-4567' }, 'not-allowed', signal);

  expect(await kept(first.subject.incidentId)).toHaveLength(2);
});

test('a click about no incident is kept by its service', async () => {
  const subject = { serviceId: 'shop-prod/basket', incidentId: '' };

  await clicks.begin(aClick({ subject }), 'received', signal);

  expect(await kept('shop-prod/basket')).toHaveLength(1);
});

test('a write whose answer was lost is recognised as its own', async () => {
  const click = aClick();
  const lost = gateway.faults.inject({
    service: 'dynamodb',
    operation: 'PutItem',
    times: 1,
    kind: 'lost-response',
  });

  expect(await clicks.begin(click, 'received', signal)).toBe(true);

  expect(lost.remaining()).toBe(0);
  expect(await clicks.begin(click, 'received', signal)).toBe(false);
});
