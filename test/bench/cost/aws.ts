/**
 * AWS for the measured process: the answers of the `events` folder, with three tasks of which the first is ill, and
 * the lab's real table, queue and topic. What it is asked is recorded, with the capacity that DynamoDB would charge.
 */
import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DEFAULT_ACCOUNT_LIMITS } from '../../../functions/core/account-limits.ts';
import { remediateVariables } from '../../../functions/core/environment.ts';
import { drillVariables } from '../../../functions/core/environment-drill.ts';
import { notifyVariables } from '../../../functions/core/environment-notify.ts';
import { respondVariables } from '../../../functions/core/environment-respond.ts';
import type { FunctionName } from '../../../infra/bundle.ts';
import { alarmAnswers, ecsAnswers, elbAnswers, tasks } from '../../handlers/canned-answers.ts';
import { createHealerTable } from '../../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../../lab/dynamodb/start-dynamodb.ts';
import { LabEvents, type RecordedCall } from '../../lab/events.ts';
import { clientConfig } from '../../lab/gateway/client-config.ts';
import { startGateway } from '../../lab/gateway/gateway.ts';
import { LogStore } from '../../lab/logs/log-store.ts';
import { logsService } from '../../lab/logs/logs-service.ts';
import { MESSAGING_ACCOUNT_ID, startMessaging } from '../../lab/messaging/start-messaging.ts';
import {
  ACCOUNT,
  CALLER,
  clusterArn,
  FUNCTION_CALLER,
  GUARDED_ALARMS,
  LOG_GROUP,
  REGION,
  SERVICE,
  SERVICES_PATH,
  SIGNING_SECRET,
  SLACK_SECRET,
  TABLE,
} from '../../lab/names.ts';
import { ParameterStore } from '../../lab/parameters/parameter-store.ts';
import { SecretStore, secretsManagerService } from '../../lab/parameters/secrets-service.ts';
import { ssmService } from '../../lab/parameters/ssm-service.ts';

const REQUESTS = 50;
const TARGET_GROUP =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/checkout-api-tg/6d0ecf831eec9f09';

export class CostAws {
  readonly #parts: AsyncDisposableStack;
  readonly #events: LabEvents;
  readonly #client: DynamoDBClient;
  readonly #variables: Readonly<Record<FunctionName, Readonly<Record<string, string>>>>;

  private constructor(parts: AsyncDisposableStack, opened: Opened) {
    this.#parts = parts;
    this.#events = opened.events;
    this.#variables = opened.variables;
    this.#client = new DynamoDBClient(clientConfig(opened.url, REGION, CALLER.platform));
  }

  /** @param latencyMs - of each call; without it parallel calls may look sequential. */
  static async open(latencyMs = 0): Promise<CostAws> {
    const parts = new AsyncDisposableStack();
    const aws = new CostAws(parts, await openParts(parts, latencyMs));
    parts.defer(() => aws.#client.destroy());
    await createHealerTable(aws.#client, TABLE);
    return aws;
  }

  /** All variables that a process of this function has in Lambda, as far as its code reads them. */
  environmentOf(name: FunctionName): Record<string, string> {
    return { ...this.#variables[name], AWS_ACCESS_KEY_ID: FUNCTION_CALLER[name] };
  }

  /** Makes the next decision the first one: no incident, no lock, no stop in the budget. */
  async forget(): Promise<void> {
    const { Items = [] } = await this.#client.send(new ScanCommand({ TableName: TABLE }));
    for (const { pk, sk } of Items) {
      if (pk === undefined || sk === undefined) continue;
      await this.#client.send(new DeleteItemCommand({ TableName: TABLE, Key: { pk, sk } }));
    }
  }

  /** Calls of remediate since the given count of them. */
  calls(since = 0): readonly RecordedCall[] {
    const own = this.#events.calls().filter(({ caller }) => caller === CALLER.remediate);
    return own.slice(since);
  }

  close(): Promise<void> {
    return this.#parts.disposeAsync();
  }
}

interface Opened {
  readonly events: LabEvents;
  readonly url: string;
  readonly variables: Readonly<Record<FunctionName, Readonly<Record<string, string>>>>;
}

async function openParts(parts: AsyncDisposableStack, latencyMs: number): Promise<Opened> {
  const keep = <T extends { close(): Promise<void> }>(part: T): T =>
    parts.adopt(part, (closing) => closing.close());
  const place = { region: REGION, accountId: ACCOUNT };
  const events = new LabEvents();
  const dynamodb = keep(await startDynamoDb(place));
  const messaging = keep(await startMessaging({ region: REGION }));
  const gateway = keep(
    await startGateway({
      events,
      latencyMs,
      region: REGION,
      accountId: MESSAGING_ACCOUNT_ID,
      services: [
        ecsAnswers(),
        elbAnswers(),
        alarmAnswers(() => 'ALARM'),
        logsService({ store: requestLog(), ...place }),
        ssmService({ store: guardedServices(), ...place }),
        secretsManagerService({ store: secretsOfSlack(), ...place }),
      ],
      proxies: { dynamodb: dynamodb.upstream, sns: messaging.sns, sqs: messaging.sqs },
    }),
  );
  const inbox = await messaging.createQueue('inbox');
  const topicArn = await messaging.createTopic('incidents');
  const variables = variablesOf(inbox.url, topicArn, gateway.url);
  return { events, url: gateway.url, variables };
}

function variablesOf(inboxUrl: string, topicArn: string, url: string): Opened['variables'] {
  const lambda = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_SESSION_TOKEN: 'lab',
    AWS_LAMBDA_FUNCTION_NAME: 'measured',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    HOME: '/home/sbx_user1051',
  };
  const shared = { tableName: TABLE, servicesPath: SERVICES_PATH };
  const limits = { accountLimits: DEFAULT_ACCOUNT_LIMITS };
  const chat = { kind: 'webhook', url: { in: 'secret', name: SLACK_SECRET } } as const;
  const signingSecret = { in: 'secret', name: SIGNING_SECRET } as const;
  const notify = { chat, canRespond: false, environment: 'prod', ...shared };
  const drill = { ...shared, topicArn, queueUrl: inboxUrl, faultUrls: {} };
  const own = {
    remediate: remediateVariables({ ...shared, inboxUrl, topicArn, ...limits }),
    notify: notifyVariables(notify),
    respond: respondVariables({ inboxUrl, tableName: TABLE, signingSecret, users: ['U024BE7LH'] }),
    drill: drillVariables({ ...drill, mayDrillProduction: false }),
  };
  const entries = Object.entries(own).map(([name, values]) => [name, { ...lambda, ...values }]);
  return Object.fromEntries(entries) as Opened['variables'];
}

function guardedServices(): ParameterStore {
  const store = new ParameterStore();
  const service = {
    cluster: clusterArn(),
    service: SERVICE,
    environment: 'prod',
    alarms: GUARDED_ALARMS,
    targetGroups: [TARGET_GROUP],
    logGroup: LOG_GROUP,
  };
  store.put(`${SERVICES_PATH}/${SERVICE}`, JSON.stringify([service]));
  return store;
}

function secretsOfSlack(): SecretStore {
  const store = new SecretStore();
  store.put(SLACK_SECRET, 'https://hooks.slack.example/services/T0/B0/x');
  store.put(SIGNING_SECRET, JSON.stringify({ signingSecret: 'lab' }));
  return store;
}

/** Fifty requests of each task, of which the first task failed four of five, and nothing else. */
function requestLog(): LogStore {
  const store = new LogStore();
  for (const [index, { taskArn = '' }] of tasks().entries()) {
    const stream = `app/app/${taskArn.split('/').at(-1) ?? ''}`;
    for (let request = 0; request < REQUESTS; request += 1) {
      const status = index === 0 && request % 5 > 0 ? 500 : 200;
      store.put(LOG_GROUP, stream, Date.now(), JSON.stringify({ status, msg: 'request' }));
    }
  }
  return store;
}
