import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openInbound } from '../../functions/adapters/events/inbound.ts';
import { respondVariables } from '../../functions/core/environment-respond.ts';
import { bundle } from '../../infra/bundle.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { type Gateway, startGateway } from '../lab/gateway/gateway.ts';
import { LambdaFunction } from '../lab/lambda/function.ts';
import {
  type LabQueue,
  MESSAGING_ACCOUNT_ID,
  startMessaging,
} from '../lab/messaging/start-messaging.ts';
import { ACCOUNT, CALLER, REGION, TABLE } from '../lab/names.ts';
import { SecretStore, secretsManagerService } from '../lab/parameters/secrets-service.ts';
import {
  ANA,
  aPayload,
  aSlackRequest,
  type ClickParts,
  formOf,
  type Sending,
  SIGNING_SECRET,
  SUBJECT,
} from './a-click.ts';

const SECRET_ID = 'ecs-self-healing/slack-signing';

const events = new LabEvents();
const secrets = new SecretStore();
const parts = new AsyncDisposableStack();
const replies: { readonly url: string | undefined; readonly body: unknown }[] = [];
let gateway: Gateway;
let inbox: LabQueue;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
let slackUrl: string;
let respond: LambdaFunction;
let clicks = 0;

beforeAll(async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ecs-self-healing-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const handlerFile = (await bundle(folder)).find(({ name }) => name === 'respond')?.file ?? '';
  slackUrl = await startReplies();
  await startAws();
  secrets.put(SECRET_ID, JSON.stringify({ signingSecret: SIGNING_SECRET }));
  respond = deploy(handlerFile, SECRET_ID);
});
afterAll(() => parts.disposeAsync());
beforeEach(async () => {
  gateway.faults.clear();
  replies.length = 0;
  await received();
});

/** Where Slack takes replies to whoever clicked. */
async function startReplies(): Promise<string> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      replies.push({ url: request.url, body: JSON.parse(body) });
      response.end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  parts.defer(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startAws(): Promise<void> {
  const place = { region: REGION, accountId: ACCOUNT };
  const database = parts.adopt(await startDynamoDb(place), (part) => part.close());
  const messaging = parts.adopt(await startMessaging({ region: REGION }), (part) => part.close());
  gateway = await startGateway({
    events,
    region: REGION,
    accountId: MESSAGING_ACCOUNT_ID,
    services: [secretsManagerService({ store: secrets, ...place })],
    proxies: { dynamodb: database.upstream, sqs: messaging.sqs },
  });
  parts.adopt(gateway, (part) => part.close());
  inbox = await messaging.createQueue('inbox');
  sqs = new SQSClient(clientConfig(gateway.url, REGION, 'LABTEST'));
  dynamodb = new DynamoDBClient(clientConfig(gateway.url, REGION, 'LABTEST'));
  parts.defer(() => sqs.destroy());
  parts.defer(() => dynamodb.destroy());
  await createHealerTable(dynamodb, TABLE);
}

function deploy(handlerFile: string, secretId: string): LambdaFunction {
  const made = new LambdaFunction({
    name: 'respond',
    handlerFile,
    handlerExport: 'handler',
    environment: {
      ...respondVariables({
        signingSecret: { in: 'secret', name: secretId },
        users: ['U0000000001', ANA],
        inboxUrl: inbox.url,
        tableName: TABLE,
      }),
      AWS_ENDPOINT_URL: gateway.url,
      SLACK_API_URL: slackUrl,
    },
    timeoutMs: 10_000,
    memoryMb: 256,
    region: REGION,
    accountId: ACCOUNT,
    accessKeyId: CALLER.respond,
    events,
  });
  parts.adopt(made, (part) => part.close());
  return made;
}

/** A click that was never made before, unless its time is given. */
function aClick(given: ClickParts = {}, sending: Partial<Sending> = {}) {
  clicks += 1;
  const actionTs = `1763633021.${String(clicks).padStart(6, '0')}`;
  const payload = aPayload({ actionTs, replyUrl: `${slackUrl}/actions/T01/2/abc`, ...given });
  return aSlackRequest(formOf(payload), { at: Date.now(), ...sending });
}

async function invoke(event: unknown): Promise<unknown> {
  return (await respond.invoke(event, { mode: 'sync' })).payload;
}

/** What is in the inbox; it is empty afterwards. */
async function received(): Promise<readonly unknown[]> {
  const queue = { QueueUrl: inbox.url, MaxNumberOfMessages: 10 };
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(queue));
  for (const { ReceiptHandle } of Messages) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl: inbox.url, ReceiptHandle }));
  }
  return Messages.map(({ Body = '' }) => JSON.parse(Body) as unknown);
}

async function recorded(): Promise<readonly Record<string, unknown>[]> {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: TABLE }));
  return Items.map((item) => unmarshall(item));
}

describe('the bundled respond function', () => {
  test.each([
    ['acknowledge', { kind: 'acknowledge', by: `ana (${ANA})` }],
    ['pause', { kind: 'pause', for: 'PT30M', by: `ana (${ANA})` }],
    ['resume', { kind: 'resume', by: `ana (${ANA})` }],
    ['stop-one-more', { kind: 'manual', dryRun: false, requestedBy: `ana (${ANA})` }],
  ])('hands on %s, which remediate understands, and says so', async (action, request) => {
    expect(await invoke(aClick({ action }))).toEqual({ statusCode: 200, body: '' });

    const messages = await received();
    expect(messages).toEqual([expect.objectContaining(request)]);
    expect(openInbound(messages[0])).toMatchObject({
      kind: 'direct',
      deliveries: [{ kind: request.kind, serviceId: SUBJECT.serviceId }],
    });
    expect(await recorded()).toContainEqual(expect.objectContaining({ action, outcome: 'asked' }));
    expect(replies).toMatchObject([
      { url: '/actions/T01/2/abc', body: { response_type: 'ephemeral', replace_original: false } },
    ]);
  });

  test('takes a body that is not in base64', async () => {
    expect(await invoke(aClick({}, { base64: false }))).toMatchObject({ statusCode: 200 });

    expect(await received()).toHaveLength(1);
  });

  test('does nothing when the same request is sent again', async () => {
    const event = aClick({ action: 'stop-one-more' });

    await invoke(event);
    expect(await invoke(event)).toEqual({ statusCode: 200, body: '' });

    expect(await received()).toHaveLength(1);
    expect(replies).toHaveLength(1);
  });

  test('keeps and refuses a click of somebody else', async () => {
    const user = { id: 'U0666', username: 'mallory' };

    expect(await invoke(aClick({ action: 'stop-one-more', user }))).toMatchObject({
      statusCode: 200,
    });

    expect(await received()).toEqual([]);
    expect(await recorded()).toContainEqual(
      expect.objectContaining({ userId: 'U0666', outcome: 'not-allowed' }),
    );
    expect(replies).toMatchObject([{ body: { text: expect.stringMatching(/not on the list/) } }]);
  });

  test.each([
    ['by another secret', () => aClick({}, { secret: 'guessed' }), 401],
    ['of ten minutes ago', () => aClick({}, { at: Date.now() - 600_000 }), 401],
    ['of ten minutes ahead', () => aClick({}, { at: Date.now() + 600_000 }), 401],
    ['by GET', () => aClick({}, { method: 'GET' }), 405],
    ['with too large a body', () => aSlackRequest('x'.repeat(70_000), { at: Date.now() }), 413],
    ['in JSON', () => aClick({}, { headers: { 'content-type': 'application/json' } }), 415],
    ['with a button of somebody else', () => aClick({ action: 'pancake' }), 400],
    ['that is no request', () => ({}), 400],
  ])('refuses one %s', async (_what, event, statusCode) => {
    const before = (await recorded()).length;

    expect(await invoke(event())).toMatchObject({ statusCode });

    expect(await received()).toEqual([]);
    expect(await recorded()).toHaveLength(before);
    expect(replies).toEqual([]);
  });

  test('says that nothing was done when the inbox is down, and how to do it by hand', async () => {
    gateway.faults.inject({ service: 'sqs', operation: 'SendMessage', times: 9, kind: 'throttle' });

    expect(await invoke(aClick({ action: 'pause' }))).toMatchObject({
      errorMessage: expect.stringContaining('sqs:SendMessage'),
    });

    expect(await recorded()).toContainEqual(expect.objectContaining({ outcome: 'failed' }));
    expect(replies).toMatchObject([{ body: { text: expect.stringMatching(/heal -- pause/) } }]);
  });

  test('does what was asked when the reply is not to be had', async () => {
    const replyUrl = 'http://169.254.169.254/latest';

    expect(await invoke(aClick({ replyUrl }))).toMatchObject({ statusCode: 200 });

    expect(await received()).toHaveLength(1);
  });

  test('counts what it refuses, and logs neither the secret nor what was sent', async () => {
    await invoke(aClick({ user: { username: 'top-secret-name' } }, { secret: 'guessed' }));

    const logged = JSON.stringify(events.all().filter(({ kind }) => kind === 'function-log'));
    expect(logged).toMatch(/RefusedClicks/);
    expect(logged).toMatch(/click\.forged/);
    expect(logged).not.toContain(SIGNING_SECRET);
    expect(logged).not.toMatch(/top-secret-name|payload=|actions\/T01/);
  });
});
