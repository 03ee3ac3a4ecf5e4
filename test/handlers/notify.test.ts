import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Chat, notifyVariables } from '../../functions/core/environment-notify.ts';
import type { Kept } from '../../functions/core/environment-variables.ts';
import { bundle } from '../../infra/bundle.ts';
import { anEntry } from '../core/builders.ts';
import { readEvent } from '../events/manifest.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { startGateway } from '../lab/gateway/gateway.ts';
import { LambdaFunction } from '../lab/lambda/function.ts';
import { MESSAGING_ACCOUNT_ID, startMessaging } from '../lab/messaging/start-messaging.ts';
import {
  ACCOUNT,
  CALLER,
  REGION,
  SERVICES_PATH,
  SLACK_SECRET,
  TABLE,
  TOKEN_SECRET,
} from '../lab/names.ts';
import { ParameterStore } from '../lab/parameters/parameter-store.ts';
import { SecretStore, secretsManagerService } from '../lab/parameters/secrets-service.ts';
import { ssmService } from '../lab/parameters/ssm-service.ts';
import { type SlackReceiver, startSlackReceiver } from '../lab/slack/receiver.ts';

const events = new LabEvents();
const secrets = new SecretStore();
const parameters = new ParameterStore();
const parts = new AsyncDisposableStack();
let slack: SlackReceiver;
let gatewayUrl: string;
let file: string;
let chatTopicArn: string;

beforeAll(async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ecs-self-healing-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  file = (await bundle(folder)).find(({ name }) => name === 'notify')?.file ?? '';
  slack = parts.adopt(await startSlackReceiver({ events, timeFactor: 100 }), (part) =>
    part.close(),
  );
  // The emulators know one account.
  const place = { region: REGION, accountId: MESSAGING_ACCOUNT_ID };
  const services = [
    secretsManagerService({ store: secrets, ...place }),
    ssmService({ store: parameters, ...place }),
  ];
  const dynamodb = parts.adopt(await startDynamoDb(place), (part) => part.close());
  const messaging = parts.adopt(await startMessaging({ region: REGION }), (part) => part.close());
  const proxies = { dynamodb: dynamodb.upstream, sns: messaging.sns, sqs: messaging.sqs };
  const gateway = await startGateway({ events, services, proxies, ...place });
  parts.adopt(gateway, (part) => part.close());
  gatewayUrl = gateway.url;
  chatTopicArn = await messaging.createTopic('chat');
  const client = new DynamoDBClient(clientConfig(gatewayUrl, REGION, 'LABTEST'));
  await createHealerTable(client, TABLE);
  client.destroy();
});
afterAll(() => parts.disposeAsync());
beforeEach(() => {
  slack.faults.clear();
  secrets.put(SLACK_SECRET, slack.webhookUrl);
});

const WEBHOOK: Chat = { kind: 'webhook', url: { in: 'secret', name: SLACK_SECRET } };

/** Runs the bundle once, in an environment of its own. */
async function invoke(event: unknown, chat: Chat = WEBHOOK): Promise<unknown> {
  const notify = new LambdaFunction({
    name: 'notify',
    handlerFile: file,
    handlerExport: 'handler',
    environment: {
      ...notifyVariables({
        chat,
        canRespond: false,
        tableName: TABLE,
        servicesPath: SERVICES_PATH,
        environment: 'prod',
      }),
      AWS_ENDPOINT_URL: gatewayUrl,
      SLACK_API_URL: slack.apiUrl,
    },
    timeoutMs: 10_000,
    memoryMb: 256,
    region: REGION,
    accountId: ACCOUNT,
    accessKeyId: CALLER.notify,
    events,
  });
  try {
    return (await notify.invoke(event, { mode: 'sync' })).payload;
  } finally {
    await notify.close();
  }
}

function anSnsEvent(message: unknown): unknown {
  const event = readEvent('sns-alarm-metric-ALARM.json') as {
    Records: { Sns: { Message: string } }[];
  };
  for (const { Sns } of event.Records) Sns.Message = JSON.stringify(message);
  return event;
}

const announcement = (overrides: object = {}): unknown => ({
  schema: 'ecs-self-healing/entry/1',
  entry: { ...anEntry(), ...overrides },
});

function posted(): readonly string[] {
  return slack.messages().map(({ payload }) => payload.text ?? '');
}

describe('the bundled notify function', () => {
  test('posts an announcement to Slack', async () => {
    expect(await invoke(anSnsEvent(announcement()))).toBeNull();

    expect(posted().at(-1)).toMatch(/^ACTING checkout-api \(prod\): stopped 1 ill task of 4/);
  });

  test('reads the hook from a secret in JSON too', async () => {
    secrets.put(SLACK_SECRET, JSON.stringify({ webhookUrl: slack.webhookUrl }));
    const before = posted().length;

    await invoke(anSnsEvent(announcement()));

    expect(posted()).toHaveLength(before + 1);
  });

  test.each([
    ['bare', () => slack.webhookUrl],
    ['in JSON', () => JSON.stringify({ webhookUrl: slack.webhookUrl })],
  ])('reads the hook %s from an encrypted parameter', async (_name, value) => {
    const url: Kept = { in: 'parameter', name: '/ecs-self-healing/slack-webhook' };
    parameters.put(url.name, value(), 'SecureString');
    const before = posted().length;

    expect(await invoke(anSnsEvent(announcement()), { kind: 'webhook', url })).toBeNull();

    expect(posted()).toHaveLength(before + 1);
  });

  test('fails without the parameter, naming the call and not the hook', async () => {
    const url: Kept = { in: 'parameter', name: '/nowhere' };

    const answer = await invoke(anSnsEvent(announcement()), { kind: 'webhook', url });

    expect(JSON.stringify(answer)).toMatch(/ssm:GetParameter: .*ParameterNotFound/);
  });

  test.each([
    ['another schema', { schema: 'pancake/1', entry: {} }],
    ['a missing field', { schema: 'ecs-self-healing/entry/1', entry: { id: 'x' } }],
    ['no JSON object', 'text'],
  ])('fails on %s, so that the message is kept', async (_name, message) => {
    expect(await invoke(anSnsEvent(message))).toMatchObject({
      errorMessage: expect.stringContaining('announcement'),
    });
  });

  test('fails when Slack is down, so that the message comes again', async () => {
    slack.faults.next({ kind: 'server-error' }, 3);

    expect(await invoke(anSnsEvent(announcement()))).toMatchObject({
      errorMessage: 'slack did not take the message: 500',
    });
  });

  test.each([
    ['http://evil.example/hook'],
    ['{"hook":"https://hooks.slack.com/services/T/B/topsecret"}'],
  ])('fails on the secret %s without showing it', async (secret) => {
    secrets.put(SLACK_SECRET, secret);
    const before = events.all().length;

    const failed = await invoke(anSnsEvent(announcement()));

    expect(failed).toMatchObject({
      errorMessage: expect.stringMatching(/^(?:slack webhook secret|secret of webhookUrl): wanted/),
    });
    const logged = JSON.stringify(
      events
        .all()
        .slice(before)
        .filter(({ kind }) => kind === 'function-log'),
    );
    expect(logged).not.toMatch(/evil\.example|topsecret/);
  });

  test('never logs the hook', () => {
    const logged = events.all().filter(({ kind }) => kind === 'function-log');

    expect(JSON.stringify(logged)).not.toContain(new URL(slack.webhookUrl).pathname);
  });
});

const TOKEN: Kept = { in: 'secret', name: TOKEN_SECRET };
const bot = (): Chat => ({
  kind: 'bot',
  token: TOKEN,
  channel: slack.bot.channel,
  mention: 'S0ONCALL',
  broadcast: 'needs-human',
});

describe('the bundled notify function with a bot', () => {
  const incidentId = 'inc-of-the-bot';
  const step = (seq: number, kind: string): unknown =>
    anSnsEvent(announcement({ id: `${incidentId}#${seq}`, incidentId, seq, kind }));

  test('keeps one message for an incident, from one cold start to the next', async () => {
    secrets.put(TOKEN_SECRET, JSON.stringify({ botToken: slack.bot.token }));

    expect(await invoke(step(1, 'stopped'), bot())).toBeNull();
    expect(await invoke(step(2, 'recovered'), bot())).toBeNull();
    expect(await invoke(step(1, 'stopped'), bot())).toBeNull();

    const [root, ...replies] = slack.bot.messages();
    expect(root?.states.map(({ text }) => text?.split(' ')[0])).toEqual(['ACTING', 'RECOVERED']);
    expect(replies.map(({ threadTs }) => threadTs)).toEqual([root?.ts, root?.ts]);
  });

  test('fails with a hint when Slack refuses, and never logs the token', async () => {
    secrets.put(TOKEN_SECRET, 'xoxb-topsecret');

    expect(await invoke(step(3, 'recovered'), bot())).toMatchObject({
      errorMessage: expect.stringContaining('invalid_auth'),
    });

    const logged = events.all().filter(({ kind }) => kind === 'function-log');
    expect(JSON.stringify(logged)).not.toContain('topsecret');
  });
});

describe('the bundled notify function with a topic', () => {
  test('publishes what Amazon Q Developer shows', async () => {
    const chat: Chat = { kind: 'topic', topicArn: chatTopicArn };

    expect(await invoke(anSnsEvent(announcement()), chat)).toBeNull();

    const messages = events.all().flatMap((event) => {
      if (event.kind !== 'call' || event.operation !== 'Publish') return [];
      return [(event.input as { readonly Message: string }).Message];
    });
    expect(JSON.parse(messages.at(-1) ?? '{}')).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: { textType: 'client-markdown', title: expect.stringContaining('ACTING') },
      metadata: { threadId: anEntry().incidentId },
    });
  });
});
