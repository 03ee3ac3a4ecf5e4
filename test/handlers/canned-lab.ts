/**
 * The bundled remediate function over AWS answers taken from the `events` folder: three tasks, the first failing
 * four of five requests, everything else well. Table, queue and topic are the lab's real ones.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { dynamoStore } from '../../functions/adapters/aws/dynamo-store.ts';
import { DEFAULT_ACCOUNT_LIMITS } from '../../functions/core/account-limits.ts';
import { ALL_SERVICES } from '../../functions/core/delivery.ts';
import { remediateVariables } from '../../functions/core/environment.ts';
import type { LockState } from '../../functions/core/lock.ts';
import type { PolicyOverrides } from '../../functions/core/policy.ts';
import { type Bundle, bundle } from '../../infra/bundle.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents, type RecordedCall } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { type Gateway, startGateway } from '../lab/gateway/gateway.ts';
import { type EventSource, pollQueue } from '../lab/lambda/event-sources.ts';
import { LambdaFunction } from '../lab/lambda/function.ts';
import { LogStore } from '../lab/logs/log-store.ts';
import { logsService } from '../lab/logs/logs-service.ts';
import {
  type LabQueue,
  MESSAGING_ACCOUNT_ID,
  startMessaging,
} from '../lab/messaging/start-messaging.ts';
import {
  ACCOUNT,
  CALLER,
  clusterArn,
  GUARDED_ALARMS,
  LOG_GROUP,
  REGION,
  SERVICE,
  SERVICE_ID,
  SERVICES_PATH,
  TABLE,
} from '../lab/names.ts';
import { ParameterStore } from '../lab/parameters/parameter-store.ts';
import { ssmService } from '../lab/parameters/ssm-service.ts';
import { type AlarmState, alarmAnswers, ecsAnswers, elbAnswers, tasks } from './canned-answers.ts';

/** Enough for every retry of the SDK on a busy machine. */
const TIMEOUT_MS = 15_000;
const REQUESTS = 50;
const TARGET_GROUP =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/checkout-api-tg/6d0ecf831eec9f09';

export class CannedLab {
  readonly events = new LabEvents();
  readonly gateway: Gateway;
  readonly inbox: LabQueue;
  /** What every alarm is in. */
  alarmState: AlarmState = 'ALARM';
  readonly #parts: AsyncDisposableStack;
  readonly #client: DynamoDBClient;
  readonly #logs: LogStore;
  readonly #environment: Record<string, string>;
  readonly #bundle: Bundle;
  readonly #parameters: ParameterStore;
  #function: LambdaFunction;

  private constructor(parts: AsyncDisposableStack, made: Made) {
    this.#parts = parts;
    this.events = made.events;
    this.gateway = made.gateway;
    this.inbox = made.inbox;
    this.#logs = made.logs;
    this.#bundle = made.bundle;
    this.#parameters = made.parameters;
    this.#environment = made.environment;
    this.#client = new DynamoDBClient(clientConfig(made.gateway.url, REGION, CALLER.drill));
    this.#function = this.#deploy();
    made.alarmState = () => this.alarmState;
  }

  static async open(): Promise<CannedLab> {
    const parts = new AsyncDisposableStack();
    const made = await make(parts);
    const lab = new CannedLab(parts, made);
    await createHealerTable(lab.#client, TABLE);
    lab.configure({});
    lab.makeIll(0);
    return lab;
  }

  async invoke(event: unknown): Promise<unknown> {
    const { payload } = await this.#function.invoke(event, { mode: 'sync' });
    return payload;
  }

  /** Feeds the function from its inbox, as its event source mapping does. */
  poll(sqs: SQSClient): EventSource {
    return pollQueue({
      sqs,
      queueUrl: this.inbox.url,
      queueArn: this.inbox.arn,
      function: this.#function,
      reportBatchItemFailures: true,
    });
  }

  /** Another environment variable, or none: the next invocation starts cold with it. */
  async redeploy(
    change: Readonly<Record<string, string | undefined>> = {},
    timeoutMs = TIMEOUT_MS,
  ): Promise<void> {
    await this.#function.close();
    this.#function = this.#deploy(change, timeoutMs);
  }

  configure(policy: PolicyOverrides): void {
    const service = {
      cluster: clusterArn(),
      service: SERVICE,
      environment: 'prod',
      alarms: GUARDED_ALARMS,
      targetGroups: [TARGET_GROUP],
      logGroup: LOG_GROUP,
      policy,
    };
    this.#parameters.put(`${SERVICES_PATH}/${SERVICE}`, JSON.stringify([service]));
  }

  /** Logs fifty requests of each task, of which the given one failed four of five, and nothing else. */
  makeIll(...ill: readonly number[]): void {
    this.#logs.deleteGroup(LOG_GROUP);
    for (const [index, { taskArn = '' }] of tasks().entries()) {
      const stream = `app/app/${taskArn.split('/').at(-1) ?? ''}`;
      for (let request = 0; request < REQUESTS; request += 1) {
        const status = ill.includes(index) && request % 5 > 0 ? 500 : 200;
        this.#logs.put(LOG_GROUP, stream, Date.now(), JSON.stringify({ status, msg: 'request' }));
      }
    }
  }

  /** Forgets the incident, the lock, and the stops that count against the budget of all services. */
  async forget(): Promise<void> {
    const lock = { pk: { S: `SERVICE#${SERVICE_ID}` }, sk: { S: 'LOCK' } };
    const ofAll = { pk: { S: `SERVICE#${ALL_SERVICES}` }, sk: { S: 'LOCK' } };
    const account = { pk: { S: 'ACCOUNT' }, sk: { S: 'STATE' } };
    for (const Key of [lock, ofAll, account])
      await this.#client.send(new DeleteItemCommand({ TableName: TABLE, Key }));
  }

  lock(): Promise<LockState> {
    return dynamoStore(this.#client, TABLE).read(SERVICE_ID, new AbortController().signal);
  }

  /** The function's own calls so far. */
  calls(operation?: string): readonly RecordedCall[] {
    const own = this.events.calls().filter(({ caller }) => caller === CALLER.remediate);
    return operation === undefined ? own : own.filter((call) => call.operation === operation);
  }

  async close(): Promise<void> {
    await this.#function.close();
    this.#client.destroy();
    await this.#parts.disposeAsync();
  }

  #deploy(
    change: Readonly<Record<string, string | undefined>> = {},
    timeoutMs = TIMEOUT_MS,
  ): LambdaFunction {
    const wanted = Object.entries({ ...this.#environment, ...change });
    const environment = Object.fromEntries(
      wanted.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    return new LambdaFunction({
      name: 'remediate',
      handlerFile: this.#bundle.file,
      handlerExport: 'handler',
      environment,
      timeoutMs,
      memoryMb: 512,
      region: REGION,
      accountId: ACCOUNT,
      accessKeyId: CALLER.remediate,
      events: this.events,
    });
  }
}

interface Made {
  readonly events: LabEvents;
  readonly gateway: Gateway;
  readonly logs: LogStore;
  readonly bundle: Bundle;
  readonly parameters: ParameterStore;
  readonly environment: Record<string, string>;
  readonly inbox: LabQueue;
  alarmState: () => AlarmState;
}

async function make(parts: AsyncDisposableStack): Promise<Made> {
  const keep = <T extends { close(): Promise<void> }>(part: T): T =>
    parts.adopt(part, (closing) => closing.close());
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ecs-self-healing-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const built = (await bundle(folder)).find(({ name }) => name === 'remediate');
  if (built === undefined) throw new Error('no bundle of remediate');
  const events = new LabEvents();
  const logs = new LogStore();
  const parameters = new ParameterStore();
  const dynamodb = keep(await startDynamoDb({ region: REGION, accountId: ACCOUNT }));
  const messaging = keep(await startMessaging({ region: REGION }));
  const place = { region: REGION, accountId: ACCOUNT };
  const made = { alarmState: (): AlarmState => 'ALARM' };
  const gateway = keep(
    await startGateway({
      events,
      region: REGION,
      accountId: MESSAGING_ACCOUNT_ID,
      services: [
        ecsAnswers(),
        elbAnswers(),
        alarmAnswers(() => made.alarmState()),
        logsService({ store: logs, ...place }),
        ssmService({ store: parameters, ...place }),
      ],
      proxies: { dynamodb: dynamodb.upstream, sns: messaging.sns, sqs: messaging.sqs },
    }),
  );
  const inbox = await messaging.createQueue('inbox', {
    visibilityTimeoutSeconds: 1,
    deadLetter: { maxReceiveCount: 2 },
  });
  const topicArn = await messaging.createTopic('incidents');
  const variables = remediateVariables({
    tableName: TABLE,
    inboxUrl: inbox.url,
    topicArn,
    servicesPath: SERVICES_PATH,
    accountLimits: DEFAULT_ACCOUNT_LIMITS,
  });
  const environment = { ...variables, AWS_ENDPOINT_URL: gateway.url };
  return Object.assign(made, {
    events,
    gateway,
    logs,
    bundle: built,
    parameters,
    environment,
    inbox,
  });
}
