/**
 * The deployed healer in the lab: table, queue, topic, configuration, and the bundled functions
 * with their sources.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  compressAccountLimits,
  DEFAULT_ACCOUNT_LIMITS,
} from '../../functions/core/account-limits.ts';
import { notifyVariables, remediateVariables } from '../../functions/core/environment.ts';
import type { Bundle } from '../../infra/bundle.ts';
import { createHealerTable } from './dynamodb/healer-table.ts';
import type { LabEvents } from './events.ts';
import { clientConfig } from './gateway/client-config.ts';
import { type EventSource, pollQueue, pollTopicQueue } from './lambda/event-sources.ts';
import { LambdaFunction } from './lambda/function.ts';
import type { LabMessaging, LabQueue } from './messaging/start-messaging.ts';
import { ACCOUNT, CALLER, REGION, SERVICES_PATH, SLACK_SECRET, TABLE } from './names.ts';
import type { ParameterStore } from './parameters/parameter-store.ts';
import type { SecretStore } from './parameters/secrets-service.ts';
import type { GuardedServiceEntry } from './site/guarded-services.ts';
import type { TimeFactor } from './time-factor.ts';

export interface HealerOptions {
  readonly time: TimeFactor;
  readonly events: LabEvents;
  readonly gatewayUrl: string;
  readonly messaging: LabMessaging;
  readonly parameters: ParameterStore;
  readonly secrets: SecretStore;
  readonly bundles: readonly Bundle[];
  /** What is in its care, as configuration writes it. */
  readonly services: readonly GuardedServiceEntry[];
  readonly slackUrl: string;
}

/** Node arguments that end a function's process when the lab is gone. */
const ORPHAN_GUARD = ['--import', new URL('./process/orphan-guard.mjs', import.meta.url).href];
const FUNCTION_TIMEOUT_SECONDS = 60;
/** A function's own work does not become faster with the time factor. */
const FUNCTION_TIMEOUT_MS_MIN = 10_000;
const RECEIVES_MAX = 5;
/** Messages handled at the same time; each environment runs one. */
const CONCURRENCY = 4;

export class Healer {
  readonly remediate: LambdaFunction;
  readonly notify: LambdaFunction;
  readonly inbox: LabQueue;
  /** How many times EventBridge delivers each event: it promises at least once. */
  copies = 1;
  readonly #sqs: SQSClient;
  readonly #sources: readonly EventSource[];

  private constructor(
    parts: Pick<Healer, 'remediate' | 'notify' | 'inbox'>,
    sqs: SQSClient,
    sources: readonly EventSource[],
  ) {
    this.remediate = parts.remediate;
    this.notify = parts.notify;
    this.inbox = parts.inbox;
    this.#sqs = sqs;
    this.#sources = sources;
  }

  static async deploy(options: HealerOptions): Promise<Healer> {
    const { messaging, gatewayUrl, time } = options;
    await createTable(gatewayUrl);
    const visibilityTimeoutSeconds = Math.ceil(functionTimeoutMs(time) / 1_000);
    const inbox = await messaging.createQueue('inbox', {
      visibilityTimeoutSeconds,
      deadLetter: { maxReceiveCount: RECEIVES_MAX },
    });
    const topicArn = await messaging.createTopic('incidents');
    const topicQueue = await messaging.createQueue('incidents-to-notify');
    const subscriptionArn = await messaging.subscribeQueue(topicArn, topicQueue.arn);
    configure(options);
    const remediate = makeFunction(options, 'remediate', {
      ...remediateVariables({
        tableName: TABLE,
        inboxUrl: inbox.url,
        topicArn,
        servicesPath: SERVICES_PATH,
        accountLimits: compressAccountLimits(DEFAULT_ACCOUNT_LIMITS, time.factor),
      }),
    });
    const notify = makeFunction(
      options,
      'notify',
      notifyVariables({ slackSecretId: SLACK_SECRET }),
    );
    const sqs = new SQSClient(clientConfig(gatewayUrl, REGION, CALLER.platform));
    const sources = [
      pollQueue({
        sqs,
        queueUrl: inbox.url,
        queueArn: inbox.arn,
        function: remediate,
        batchSize: 1,
        reportBatchItemFailures: true,
        concurrency: CONCURRENCY,
      }),
      pollTopicQueue({ sqs, queueUrl: topicQueue.url, subscriptionArn, function: notify }),
    ];
    return new Healer({ remediate, notify, inbox }, sqs, sources);
  }

  /** Puts an event into the inbox as the EventBridge rule does. */
  async deliver(event: unknown): Promise<void> {
    const command = { QueueUrl: this.inbox.url, MessageBody: JSON.stringify(event) };
    const copies = Array.from({ length: this.copies });
    await Promise.all(copies.map(() => this.#sqs.send(new SendMessageCommand(command))));
  }

  async close(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.close()));
    await Promise.all([this.remediate.close(), this.notify.close()]);
    this.#sqs.destroy();
  }
}

/** What CDK would write: a parameter for each guarded service, and the secret of the Slack hook. */
function configure({ parameters, secrets, services, slackUrl }: HealerOptions): void {
  for (const entry of services) {
    parameters.put(`${SERVICES_PATH}/${entry.service}`, JSON.stringify([entry]));
  }
  secrets.put(SLACK_SECRET, slackUrl);
}

function makeFunction(
  { bundles, events, gatewayUrl, time }: HealerOptions,
  name: 'remediate' | 'notify',
  environment: Readonly<Record<string, string>>,
): LambdaFunction {
  const found = bundles.find((bundle) => bundle.name === name);
  if (found === undefined) throw new Error(`no bundle of ${name}`);
  return new LambdaFunction({
    name,
    handlerFile: found.file,
    handlerExport: 'handler',
    environment: {
      ...environment,
      AWS_ENDPOINT_URL: gatewayUrl,
      LAB_PARENT_PID: String(process.pid),
    },
    timeoutMs: functionTimeoutMs(time),
    memoryMb: 512,
    region: REGION,
    accountId: ACCOUNT,
    accessKeyId: CALLER[name],
    events,
    nodeArgs: ORPHAN_GUARD,
    asyncInvoke: { timeFactor: time.factor },
  });
}

function functionTimeoutMs(time: TimeFactor): number {
  return time.deadline(FUNCTION_TIMEOUT_SECONDS, FUNCTION_TIMEOUT_MS_MIN);
}

async function createTable(gatewayUrl: string): Promise<void> {
  const client = new DynamoDBClient(clientConfig(gatewayUrl, REGION, CALLER.platform));
  await createHealerTable(client, TABLE);
  client.destroy();
}
