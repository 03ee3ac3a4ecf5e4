import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type NotifyEnvironment, notifyVariables } from '../../functions/core/environment.ts';
import { bundle } from '../../infra/bundle.ts';
import { anEntry } from '../core/builders.ts';
import { readEvent } from '../events/manifest.ts';
import { LabEvents } from '../lab/events.ts';
import { startGateway } from '../lab/gateway/gateway.ts';
import { LambdaFunction } from '../lab/lambda/function.ts';
import { ACCOUNT, CALLER, REGION, SLACK_SECRET } from '../lab/names.ts';
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

beforeAll(async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ecs-self-healing-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  file = (await bundle(folder)).find(({ name }) => name === 'notify')?.file ?? '';
  slack = parts.adopt(await startSlackReceiver({ events, timeFactor: 100 }), (part) =>
    part.close(),
  );
  const place = { region: REGION, accountId: ACCOUNT };
  const services = [
    secretsManagerService({ store: secrets, ...place }),
    ssmService({ store: parameters, ...place }),
  ];
  const gateway = await startGateway({ events, services, ...place });
  parts.adopt(gateway, (part) => part.close());
  gatewayUrl = gateway.url;
});
afterAll(() => parts.disposeAsync());
beforeEach(() => {
  slack.faults.clear();
  secrets.put(SLACK_SECRET, slack.webhookUrl);
});

/** Runs the bundle once, in an environment of its own. */
async function invoke(
  event: unknown,
  kept: NotifyEnvironment = { slackSecretId: SLACK_SECRET },
): Promise<unknown> {
  const notify = new LambdaFunction({
    name: 'notify',
    handlerFile: file,
    handlerExport: 'handler',
    environment: {
      ...notifyVariables(kept),
      AWS_ENDPOINT_URL: gatewayUrl,
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
    const slackParameterName = '/ecs-self-healing/slack-webhook';
    parameters.put(slackParameterName, value(), 'SecureString');
    const before = posted().length;

    expect(await invoke(anSnsEvent(announcement()), { slackParameterName })).toBeNull();

    expect(posted()).toHaveLength(before + 1);
  });

  test('fails without the parameter, naming the call and not the hook', async () => {
    const answer = await invoke(anSnsEvent(announcement()), { slackParameterName: '/nowhere' });

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
      errorMessage: expect.stringContaining('slack webhook secret: wanted'),
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
