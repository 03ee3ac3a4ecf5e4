import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamoStore } from '../../functions/adapters/aws/dynamo-store.ts';
import { notifyVariables } from '../../functions/core/environment-notify.ts';
import { epochMillis } from '../../functions/core/time.ts';
import { bundle } from '../../infra/bundle.ts';
import { anEntry, anIncident } from '../core/builders.ts';
import { readEvent } from '../events/manifest.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { startGateway } from '../lab/gateway/gateway.ts';
import { LambdaFunction } from '../lab/lambda/function.ts';
import {
  CALLER,
  REGION,
  SERVICE,
  SERVICE_ID,
  SERVICES_PATH,
  SLACK_SECRET,
  TABLE,
} from '../lab/names.ts';
import { ParameterStore } from '../lab/parameters/parameter-store.ts';
import { SecretStore, secretsManagerService } from '../lab/parameters/secrets-service.ts';
import { ssmService } from '../lab/parameters/ssm-service.ts';
import { type SlackReceiver, startSlackReceiver } from '../lab/slack/receiver.ts';

// The table emulator knows one account.
const PLACE = { region: REGION, accountId: '000000000000' };
const PREFIX = `${REGION}:${PLACE.accountId}`;
const RUNBOOK = 'https://example.com/runbook';

const events = new LabEvents();
const parts = new AsyncDisposableStack();
let slack: SlackReceiver;
let client: DynamoDBClient;
let notify: LambdaFunction;

beforeAll(async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ecs-self-healing-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const handlerFile = (await bundle(folder)).find(({ name }) => name === 'notify')?.file ?? '';
  slack = parts.adopt(await startSlackReceiver({ events, timeFactor: 100 }), (part) =>
    part.close(),
  );
  const dynamodb = parts.adopt(await startDynamoDb(PLACE), (part) => part.close());
  const services = [
    secretsManagerService({ store: secretOf(slack), ...PLACE }),
    ssmService({ store: guarding(SERVICE), ...PLACE }),
  ];
  const proxies = { dynamodb: dynamodb.upstream };
  const gateway = await startGateway({ events, services, proxies, ...PLACE });
  parts.adopt(gateway, (part) => part.close());
  client = new DynamoDBClient(clientConfig(gateway.url, REGION, 'LABTEST'));
  parts.adopt(client, (part) => part.destroy());
  await createHealerTable(client, TABLE);
  notify = new LambdaFunction({
    name: 'notify',
    handlerFile,
    handlerExport: 'handler',
    environment: {
      ...notifyVariables({
        chat: { kind: 'webhook', url: { in: 'secret', name: SLACK_SECRET } },
        canRespond: false,
        tableName: TABLE,
        servicesPath: SERVICES_PATH,
        environment: 'prod',
        runbookUrl: RUNBOOK,
      }),
      AWS_ENDPOINT_URL: gateway.url,
    },
    timeoutMs: 10_000,
    memoryMb: 256,
    accessKeyId: CALLER.notify,
    events,
    ...PLACE,
  });
  parts.adopt(notify, (part) => part.close());
});
afterAll(() => parts.disposeAsync());

function secretOf({ webhookUrl }: SlackReceiver): SecretStore {
  const secrets = new SecretStore();
  secrets.put(SLACK_SECRET, webhookUrl);
  return secrets;
}

/** The parameter that has one service under care. */
function guarding(service: string): ParameterStore {
  const parameters = new ParameterStore();
  const entry = {
    cluster: `arn:aws:ecs:${PREFIX}:cluster/shop-prod`,
    service,
    environment: 'prod',
    alarms: [`arn:aws:cloudwatch:${PREFIX}:alarm:${service}-5xx-rate`],
    targetGroups: [],
  };
  parameters.put(`${SERVICES_PATH}/${service}`, JSON.stringify([entry]));
  return parameters;
}

/** An incident of an hour ago that one stop ended. */
async function wasIll(hoursAgo: number): Promise<void> {
  const openedAt = epochMillis(Date.now() - hoursAgo * 3_600_000);
  const id = `inc-${new Date(openedAt).toISOString().replace(/[-:]/g, '').slice(0, 15)}`;
  const incident = anIncident({
    id: `${id.replace('T', '-')}-aaaaaa`,
    state: 'recovered',
    openedAt,
    alarmSince: openedAt,
    recoveredAt: epochMillis(openedAt + 134_000),
    stopped: 1,
    stoppedAt: openedAt,
  });
  const entry = anEntry(
    { incidentId: incident.id, seq: 1, at: openedAt, serviceId: SERVICE_ID },
    { revision: `${SERVICE}:57` },
  );
  await dynamoStore(client, TABLE).keep([entry], incident, new AbortController().signal);
}

async function told(event: unknown): Promise<{ readonly text: string; readonly all: string }> {
  const answer = await notify.invoke(event, { mode: 'sync' });
  expect(answer.payload).toBeNull();
  const { payload } = slack.messages().at(-1) ?? {};
  return { text: payload?.text ?? '', all: JSON.stringify(payload) };
}

test('the calendar has the week told, with what keeps coming back', async () => {
  await Promise.all([1, 2, 3].map(wasIll));

  const { text, all } = await told(readEvent('digest.json'));

  expect(text).toBe('WEEKLY prod: 3 incidents, 3 recovered, 0 needed a person. No action needed.');
  expect(all).toContain(`3 stops on revision ${SERVICE}:57`);
  expect(all).toContain('2 min 14 s');
});

test('an alarm on the healer itself is told', async () => {
  const { text, all } = await told(readEvent('eventbridge-own-alarm-ALARM.json'));

  expect(text).toMatch(/^HEALER BROKEN in prod: .* A person must look\.$/);
  expect(all).toContain(`${RUNBOOK}#no-access`);
});

test('what is no event of ours fails, and says what is wanted', async () => {
  const { payload } = await notify.invoke({ kind: 'pancake' }, { mode: 'sync' });

  expect(payload).toMatchObject({
    errorMessage: expect.stringMatching(
      /^event: got "pancake", wanted an SNS event, an announcement, /,
    ),
  });
});
