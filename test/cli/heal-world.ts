/** A healer in an AWS on loopback, and the commands that look at it, run as the shell runs them. */
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { dynamoStore } from '../../functions/adapters/aws/dynamo-store.ts';
import { runHeal } from '../../functions/cli/heal/run.ts';
import type { IncidentStore } from '../../functions/ports/incident-store.ts';
import { ALARM_ARN, aTask, NOW, TARGET_GROUP } from '../core/builders.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { type Gateway, startGateway } from '../lab/gateway/gateway.ts';
import type { AwsService } from '../lab/gateway/operation.ts';
import {
  type LabQueue,
  MESSAGING_ACCOUNT_ID,
  startMessaging,
} from '../lab/messaging/start-messaging.ts';
import { clusterArn, REGION } from '../lab/names.ts';
import { ParameterStore } from '../lab/parameters/parameter-store.ts';
import { SecretStore, secretsManagerService } from '../lab/parameters/secrets-service.ts';
import { ssmService } from '../lab/parameters/ssm-service.ts';

const PLACE = { region: REGION, accountId: MESSAGING_ACCOUNT_ID };
export const SECRET = 'slack-webhook';
export const WEBHOOK = 'https://hooks.slack.com/services/T0/B0/secretpart';

/** What AWS has at this moment; a test changes it. */
interface Scene {
  /** State by name of alarm. */
  alarms: Record<string, string>;
  /** Numbers of the tasks that run, and of those whose target is unhealthy. */
  tasks: readonly number[];
  unhealthy: readonly number[];
  serviceStatus: string;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output of `--json`. */
  readonly facts: readonly Record<string, unknown>[];
}

export interface Look {
  readonly isTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** One healer of its own, on a table, parameters and queues of its own. */
export interface Deployment {
  readonly scene: Scene;
  readonly store: IncidentStore;
  readonly parameters: ParameterStore;
  readonly secrets: SecretStore;
  readonly table: string;
  readonly path: string;
  readonly inbox: LabQueue;
  readonly gateway: Gateway;
  send(url: string, count: number): Promise<void>;
  /** Lets the items of its table stay for ever. */
  stopExpiry(): Promise<void>;
  /** Runs a command with everything that says which healer it is. */
  heal(args: readonly string[], look?: Look): Promise<Ended>;
}

export async function startWorld() {
  const scene: Scene = { alarms: {}, tasks: [], unhealthy: [], serviceStatus: 'ACTIVE' };
  const dynamodb = await startDynamoDb(PLACE);
  const messaging = await startMessaging({ region: REGION });
  const parameters = new ParameterStore();
  const secrets = new SecretStore();
  const gateway = await startGateway({
    events: new LabEvents(),
    ...PLACE,
    services: [
      ...madeUp(scene),
      ssmService({ store: parameters, ...PLACE }),
      secretsManagerService({ store: secrets, ...PLACE }),
    ],
    proxies: { dynamodb: dynamodb.upstream, sqs: messaging.sqs },
  });
  const settings = clientConfig(gateway.url, REGION, 'LABTEST');
  const client = new DynamoDBClient(settings);
  const sqs = new SQSClient(settings);
  let made = 0;
  const deploy = async (): Promise<Deployment> => {
    made += 1;
    const table = `healer-${made}`;
    const path = `/healer-${made}/services`;
    await createHealerTable(client, table);
    const setExpiry = async (Enabled: boolean): Promise<void> => {
      const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled };
      await client.send(new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification }));
    };
    await setExpiry(true);
    const deadLetter = { maxReceiveCount: 5 };
    const inbox = await messaging.createQueue(`inbox-${made}`, { deadLetter });
    parameters.put(`${path}/shop`, JSON.stringify([anEntryOf('checkout-api', ALARM_ARN)]));
    secrets.put(SECRET, JSON.stringify({ webhookUrl: WEBHOOK }));
    Object.assign(scene, {
      alarms: { 'checkout-api-5xx-rate': 'OK' },
      tasks: [1, 2, 3, 4],
      unhealthy: [],
      serviceStatus: 'ACTIVE',
    } satisfies Scene);
    const options = ['--endpoint', gateway.url, '--region', REGION, '--table', table];
    const store = dynamoStore(client, table);
    return {
      ...{ scene, store, parameters, secrets, table, path, inbox, gateway },
      send: async (url, count) => {
        const one = (): Promise<unknown> =>
          sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '{}' }));
        await Promise.all(Array.from({ length: count }, one));
      },
      stopExpiry: () => setExpiry(false),
      heal: ([command = '', ...args], look) =>
        run([command, ...options, '--path', path, ...args], look),
    };
  };
  const close = async (): Promise<void> => {
    client.destroy();
    sqs.destroy();
    await gateway.close();
    await messaging.close();
    await dynamodb.close();
  };
  return { deploy, close };
}

export function anEntryOf(service: string, alarm: string): object {
  return {
    cluster: clusterArn(),
    service,
    environment: 'prod',
    alarms: [alarm],
    targetGroups: [TARGET_GROUP],
    logGroup: `/ecs/${service}`,
  };
}

/** At the instant of the builders; without a terminal unless told. */
export async function run(args: readonly string[], look: Look = {}): Promise<Ended> {
  const out: string[] = [];
  const narrated: string[] = [];
  const code = await runHeal(args, {
    write: (text) => out.push(text),
    narrate: (text) => narrated.push(text),
    isTerminal: look.isTerminal ?? false,
    columns: look.isTerminal === true ? 80 : Number.POSITIVE_INFINITY,
    env: look.env ?? {},
    clock: { now: () => NOW },
    backtest: async (given) => {
      out.push(given.join(' '));
      return 0;
    },
  });
  const stdout = out.join('');
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  const facts = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, stdout, stderr: narrated.join(''), facts };
}

function madeUp(scene: Scene): readonly AwsService[] {
  return [
    { signingName: 'monitoring', schemas: cloudwatch, operations: alarmsOf(scene) },
    { signingName: 'ecs', schemas: ecs, operations: fleetOf(scene) },
    {
      signingName: 'elasticloadbalancing',
      schemas: elb,
      operations: {
        DescribeTargetHealth: () => ({
          TargetHealthDescriptions: scene.tasks.map((n) => ({
            Target: { Id: `10.0.0.${n}`, Port: 8080 },
            TargetHealth: { State: scene.unhealthy.includes(n) ? 'unhealthy' : 'healthy' },
          })),
        }),
      },
    },
  ];
}

function alarmsOf(scene: Scene): AwsService['operations'] {
  return {
    DescribeAlarms: ({ AlarmNames = [] }: cloudwatch.DescribeAlarmsCommandInput) => ({
      CompositeAlarms: [],
      MetricAlarms: AlarmNames.filter((name) => name in scene.alarms).map((name) => ({
        AlarmName: name,
        AlarmArn: ALARM_ARN.replace('checkout-api-5xx-rate', name),
        StateValue: scene.alarms[name],
        StateReason: 'as the test has it',
        StateTransitionedTimestamp: new Date(NOW - 60_000),
      })),
    }),
  };
}

function fleetOf(scene: Scene): AwsService['operations'] {
  return {
    DescribeServices: ({ services = [] }: ecs.DescribeServicesCommandInput) => ({
      services: services.map((serviceName) => ({
        serviceName,
        status: scene.serviceStatus,
        desiredCount: 4,
        runningCount: scene.tasks.length,
        pendingCount: 0,
        deployments: [],
      })),
    }),
    ListTasks: ({ desiredStatus }: ecs.ListTasksCommandInput) => ({
      taskArns: desiredStatus === 'STOPPED' ? [] : scene.tasks.map((n) => aTask(n).arn),
    }),
    GetTaskProtection: () => ({ protectedTasks: [] }),
    DescribeTasks: () => ({
      tasks: scene.tasks.map((n) => ({
        taskArn: aTask(n).arn,
        lastStatus: 'RUNNING',
        desiredStatus: 'RUNNING',
        startedAt: new Date(NOW - 3_600_000),
        attachments: [
          {
            type: 'ElasticNetworkInterface',
            details: [{ name: 'privateIPv4Address', value: `10.0.0.${n}` }],
          },
        ],
      })),
    }),
  };
}
