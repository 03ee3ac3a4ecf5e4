/** The bundled notify function over the lab's table, queue, topic, secrets and Slack; each run a cold start. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  ReceiveMessageCommand,
  type ReceiveMessageCommandOutput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { dynamoStore } from '../../functions/adapters/aws/dynamo-store.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { type Chat, notifyVariables } from '../../functions/core/environment-notify.ts';
import { bundle } from '../../infra/bundle.ts';
import { anEntry } from '../core/builders.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { startGateway } from '../lab/gateway/gateway.ts';
import { LambdaFunction } from '../lab/lambda/function.ts';
import { MESSAGING_ACCOUNT_ID, startMessaging } from '../lab/messaging/start-messaging.ts';
import { ACCOUNT, CALLER, REGION, SERVICES_PATH, SLACK_SECRET, TABLE } from '../lab/names.ts';
import { ParameterStore } from '../lab/parameters/parameter-store.ts';
import { SecretStore, secretsManagerService } from '../lab/parameters/secrets-service.ts';
import { ssmService } from '../lab/parameters/ssm-service.ts';
import { type SlackReceiver, startSlackReceiver } from '../lab/slack/receiver.ts';

export interface NotifyWorld {
  readonly events: LabEvents;
  readonly slack: SlackReceiver;
  readonly secrets: SecretStore;
  readonly parameters: ParameterStore;
  readonly chatTopicArn: string;
  /** Runs the bundle once, in an environment of its own. */
  invoke(event: unknown, chat?: Chat): Promise<unknown>;
  /** Keeps steps in the timeline, as remediate does. */
  record(entries: readonly Entry[]): Promise<void>;
  /** What was given up. */
  receive(): Promise<ReceiveMessageCommandOutput>;
  posted(): readonly string[];
  close(): Promise<void>;
}

const WEBHOOK: Chat = { kind: 'webhook', url: { in: 'secret', name: SLACK_SECRET } };

export async function openNotifyWorld(): Promise<NotifyWorld> {
  const parts = new AsyncDisposableStack();
  const keep = <T extends { close(): Promise<void> }>(part: T): T =>
    parts.adopt(part, (closing) => closing.close());
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ecs-self-healing-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const file = (await bundle(folder)).find(({ name }) => name === 'notify')?.file ?? '';
  const [events, secrets, parameters] = [new LabEvents(), new SecretStore(), new ParameterStore()];
  const slack = keep(await startSlackReceiver({ events, timeFactor: 100 }));
  // The emulators know one account.
  const place = { region: REGION, accountId: MESSAGING_ACCOUNT_ID };
  const services = [
    secretsManagerService({ store: secrets, ...place }),
    ssmService({ store: parameters, ...place }),
  ];
  const dynamodb = keep(await startDynamoDb(place));
  const messaging = keep(await startMessaging({ region: REGION }));
  const proxies = { dynamodb: dynamodb.upstream, sns: messaging.sns, sqs: messaging.sqs };
  const { url: gatewayUrl } = keep(await startGateway({ events, services, proxies, ...place }));
  const client = new DynamoDBClient(clientConfig(gatewayUrl, REGION, 'LABTEST'));
  parts.defer(() => client.destroy());
  await createHealerTable(client, TABLE);
  const sqs = new SQSClient(clientConfig(gatewayUrl, REGION, 'LABTEST'));
  parts.defer(() => sqs.destroy());
  const { url: deadLettersUrl } = await messaging.createQueue('announcements-dlq');
  const asked = { QueueUrl: deadLettersUrl, MessageAttributeNames: ['All'] };
  const signal = new AbortController().signal;
  return {
    events,
    slack,
    secrets,
    parameters,
    chatTopicArn: await messaging.createTopic('chat'),
    invoke: (event, chat = WEBHOOK) =>
      runOnce(event, {
        file,
        events,
        variables: {
          ...variablesOf(chat, deadLettersUrl),
          AWS_ENDPOINT_URL: gatewayUrl,
          SLACK_API_URL: slack.apiUrl,
        },
      }),
    record: (entries) => dynamoStore(client, TABLE).keep(entries, undefined, signal),
    receive: () => sqs.send(new ReceiveMessageCommand(asked)),
    posted: () => slack.messages().map(({ payload }) => payload.text ?? ''),
    close: () => parts.disposeAsync(),
  };
}

function variablesOf(chat: Chat, deadLettersUrl: string): Readonly<Record<string, string>> {
  return notifyVariables({
    chat,
    canRespond: false,
    tableName: TABLE,
    servicesPath: SERVICES_PATH,
    environment: 'prod',
    deadLettersUrl,
  });
}

interface Run {
  readonly file: string;
  readonly events: LabEvents;
  readonly variables: Readonly<Record<string, string>>;
}

async function runOnce(event: unknown, { file, events, variables }: Run): Promise<unknown> {
  const notify = new LambdaFunction({
    name: 'notify',
    handlerFile: file,
    handlerExport: 'handler',
    environment: variables,
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

let incidents = 0;
/** The first step of an incident of its own. */
export function announcement(overrides: Partial<Entry> = {}): { readonly entry: Entry } {
  incidents += 1;
  const incidentId = `inc-of-${incidents}`;
  const first = { ...anEntry(), incidentId, id: `${incidentId}#1`, seq: 1 };
  const message = { schema: 'ecs-self-healing/entry/1', entry: { ...first, ...overrides } };
  return message;
}
