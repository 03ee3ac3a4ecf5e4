/** Every call that a deployed healer makes, by its own adapters with the real SDK, once. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as secrets from '@aws-sdk/client-secrets-manager';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, onTestFinished, vi } from 'vitest';
import type { RemediateDeps } from '../../functions/app/remediate.ts';
import { lookAround } from '../../functions/app/watchdog.ts';
import { emptyAccount } from '../../functions/core/account.ts';
import type { GuardedService } from '../../functions/core/guarded-service.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import type { Look } from '../../functions/core/watchdog.ts';
import { composeRemediate } from '../../functions/handlers/compose-remediate.ts';
import { aLock, anEntry, anIncident, NOW } from '../core/builders.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { startGateway } from '../lab/gateway/gateway.ts';
import type { AwsService, OperationTable } from '../lab/gateway/operation.ts';
import { type Authorizer, makeAuthorizer } from '../lab/iam/authorizer.ts';
import { MESSAGING_ACCOUNT_ID, startMessaging } from '../lab/messaging/start-messaging.ts';
import { ACCOUNT, CALLER, FUNCTION_CALLER, REGION } from '../lab/names.ts';
import { ParameterStore } from '../lab/parameters/parameter-store.ts';
import { ssmService } from '../lab/parameters/ssm-service.ts';
import { type DeployedHealer, environmentAt } from './deployed-healer.ts';

const signal = new AbortController().signal;
const TASK_ID = 'a1'.repeat(16);
const SECRET = 'https://hooks.example.com/x';
const WINDOW = { from: earlier(NOW, minutes(5)), to: NOW };

/** AWS with what the template deploys in it, and the template's roles in force. */
export async function deploy(healer: DeployedHealer) {
  const events = new LabEvents();
  const place = { region: REGION, accountId: ACCOUNT };
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const keep = <T extends { close(): Promise<void> }>(part: T): T =>
    opened.adopt(part, (closing) => closing.close());
  const authorizer = makeAuthorizer({
    policies: {
      [CALLER.remediate]: healer.remediate.role,
      [CALLER.notify]: healer.notify.role,
      ...(healer.respond && { [CALLER.respond]: healer.respond.role }),
      ...(healer.drill && { [CALLER.rehearse]: healer.drill.role }),
    },
    region: REGION,
    account: ACCOUNT,
  });
  const parameters = new ParameterStore();
  for (const [name, value] of Object.entries(healer.parameters)) parameters.put(name, value);
  // Made by hand: CloudFormation makes no SecureString.
  for (const [variable, name] of Object.entries(healer.notify.environment)) {
    if (variable.endsWith('_PARAMETER_NAME')) parameters.put(name, SECRET, 'SecureString');
  }
  const dynamodb = keep(await startDynamoDb(place));
  const messaging = keep(await startMessaging({ region: REGION }));
  const gateway = keep(
    await startGateway({
      events,
      authorize: authorizer.authorize,
      services: [...madeUpServices(), ssmService({ store: parameters, ...place })],
      proxies: { dynamodb: dynamodb.upstream, sns: messaging.sns, sqs: messaging.sqs },
      region: REGION,
      accountId: MESSAGING_ACCOUNT_ID,
    }),
  );
  const platform = new DynamoDBClient(clientConfig(gateway.url, REGION, CALLER.platform));
  for (const table of healer.tables) await createHealerTable(platform, table);
  for (const queue of healer.queues) await messaging.createQueue(queue);
  for (const topic of healer.topics) await messaging.createTopic(topic);
  platform.destroy();
  return { events, authorizer, url: gateway.url };
}

/** Just enough of an answer for an adapter to go on to its next call. */
function madeUpServices(): readonly AwsService[] {
  const offer = (signingName: string, schemas: object, operations: OperationTable): AwsService => ({
    signingName,
    schemas: schemas as AwsService['schemas'],
    operations,
  });
  const status = { status: 'ACTIVE', desiredCount: 2, runningCount: 2, pendingCount: 0 };
  return [
    offer('ecs', ecs, {
      DescribeServices: () => ({ services: [status] }),
      ListTasks: ({ cluster = '' }: ecs.ListTasksRequest) => ({
        taskArns: [`${cluster.replace(':cluster/', ':task/')}/${TASK_ID}`],
      }),
      DescribeTasks: () => ({ tasks: [] }),
      GetTaskProtection: () => ({ protectedTasks: [] }),
      StopTask: () => ({}),
    }),
    // More pages than anyone reads: the rest is counted by Logs Insights.
    offer('logs', logs, {
      FilterLogEvents: () => ({ events: [], nextToken: 'next' }),
      StartQuery: () => ({ queryId: 'q' }),
      GetQueryResults: () => ({ status: 'Complete', results: [] }),
    }),
    offer('monitoring', cloudwatch, {
      DescribeAlarms: ({ AlarmNames = [] }: cloudwatch.DescribeAlarmsInput) => ({
        MetricAlarms: AlarmNames.map((name) => ({
          AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`,
          StateValue: 'OK',
          StateUpdatedTimestamp: new Date(NOW),
        })),
      }),
      SetAlarmState: () => ({}),
    }),
    offer('elasticloadbalancing', elb, {
      DescribeTargetHealth: () => ({ TargetHealthDescriptions: [] }),
    }),
    offer('secretsmanager', secrets, {
      GetSecretValue: () => ({ SecretString: SECRET }),
    }),
  ];
}

export function signAs(caller: string, url: string): void {
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  vi.stubEnv('AWS_REGION', REGION);
  vi.stubEnv('AWS_ACCESS_KEY_ID', caller);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'lab');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

/** Uses every port of remediate, for every service that the template guards. */
export async function healAll(healer: DeployedHealer, url: string): Promise<void> {
  signAs(CALLER.remediate, url);
  const logger = new Logger({ logLevel: 'SILENT' });
  const environment = environmentAt(healer.remediate, url);
  const deps = composeRemediate(environment, logger, new Metrics());
  const services = await deps.guarded.all();
  for (const service of services) {
    await look(deps, service);
    await write(deps, service);
  }
  await deps.announcer.publish(anEntry(), signal);
  expect(services.length).toBeGreaterThan(0);
}

async function look(deps: RemediateDeps, service: GuardedService): Promise<void> {
  await deps.alarms.alarms(service.alarmArns, signal);
  await deps.fleet.service(service, signal);
  await deps.fleet.tasks(service, signal);
  await deps.fleet.stopped(service, NOW, signal);
  await deps.targets.targets(service.targetGroupArns, signal);
  await deps.traffic.traffic(service, WINDOW, signal);
  await deps.lines.lines(service, [{ taskId: TASK_ID, ...WINDOW }], signal);
}

async function write(deps: RemediateDeps, service: GuardedService): Promise<void> {
  const serviceId = service.id;
  const entry = anEntry({ serviceId });
  const lock = (version: number) => aLock({ serviceId, version });
  const account = await deps.store.readAccount(signal);
  await deps.store.read(serviceId, signal);
  await deps.store.commit(lock(1), [entry], 'one', signal);
  const shared = { ...emptyAccount(), version: account.version + 1 };
  await deps.store.commitShared(lock(2), shared, [], 'two', signal);
  await deps.store.keep([entry], anIncident(), signal);
  await deps.store.clear(serviceId, [entry], signal);
  const recheck = { kind: 'recheck', serviceId, incidentId: 'i', token: 1 } as const;
  await deps.inbox.scheduleRecheck(recheck, minutes(0), signal);
  const taskArn = `${service.clusterArn.replace(':cluster/', ':task/')}/${TASK_ID}`;
  expect(await deps.stopper.stop(service, taskArn, 'why', signal)).toEqual({ kind: 'accepted' });
}

/** @returns what the watchdog could not read of the first service. */
export async function lookOnce(healer: DeployedHealer, url: string): Promise<Look> {
  signAs(CALLER.remediate, url);
  const logger = new Logger({ logLevel: 'SILENT' });
  const environment = environmentAt(healer.remediate, url);
  const { journal, ...deps } = composeRemediate(environment, logger, new Metrics());
  const looks: Look[] = [];
  const noting = { ...journal, looked: (seen: Look) => looks.push(seen) };
  await lookAround({ ...deps, journal: noting }, await deps.guarded.all(), signal);
  const [first] = looks;
  if (first === undefined) throw new Error('the watchdog did not look');
  return first;
}

/** As Lambda does in the name of the role: inbox of remediate, announcements of notify, looks of drill. */
export async function poll(healer: DeployedHealer, url: string): Promise<void> {
  const { remediate, drill, queues } = healer;
  const announcements = queues.find((queue) => /Announcements[0-9A-F]{8}$/.test(queue));
  const queueUrl = `${url}/${MESSAGING_ACCOUNT_ID}/${announcements}`;
  const topic = new SQSClient(clientConfig(url, REGION, CALLER.platform));
  await topic.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: '{}' }));
  topic.destroy();
  await pollOne(CALLER.notify, queueUrl, url);
  await pollOne(CALLER.remediate, environmentAt(remediate, url)['INBOX_URL'], url);
  if (drill === undefined) return;
  await pollOne(CALLER.rehearse, environmentAt(drill, url)['DRILL_QUEUE_URL'], url);
}

async function pollOne(caller: string, QueueUrl: string | undefined, url: string): Promise<void> {
  const client = new SQSClient(clientConfig(url, REGION, caller));
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
  const Entries = Messages.map(({ ReceiptHandle }) => ({ Id: 'first', ReceiptHandle }));
  await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  client.destroy();
}

/** @returns what Lambda may not do for the functions: write logs and traces, keep dead letters. */
export async function refusedToLambda(
  healer: DeployedHealer,
  authorizer: Authorizer,
): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const name of ['remediate', 'notify', 'respond', 'drill'] as const) {
    const deployed = healer[name];
    if (deployed === undefined) continue;
    const { deadLetters, logGroup } = deployed;
    const stream = { logGroupName: logGroup, logStreamName: '2026/11/20/[1]a1' };
    const calls = [
      ['logs', 'CreateLogStream', stream],
      ['logs', 'PutLogEvents', stream],
      ['xray', 'PutTraceSegments', {}],
      ['xray', 'PutTelemetryRecords', {}],
      ['sqs', 'SendMessage', { QueueUrl: `http://sqs/${MESSAGING_ACCOUNT_ID}/${deadLetters}` }],
    ] as const;
    for (const [service, operation, input] of calls) {
      const denial = await authorizer.authorize({
        caller: FUNCTION_CALLER[name],
        service,
        operation,
        input,
      });
      if (denial !== undefined) refused.push(denial.message);
    }
  }
  return refused;
}
