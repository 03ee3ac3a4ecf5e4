/** A healer in an AWS on loopback, and the commands that look at it and ask it. */
import { DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { dynamoStore } from '../../functions/adapters/aws/dynamo-store.ts';
import type { IncidentStore } from '../../functions/ports/incident-store.ts';
import { ALARM_ARN, TARGET_GROUP } from '../core/builders.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { type Gateway, startGateway } from '../lab/gateway/gateway.ts';
import { LogStore } from '../lab/logs/log-store.ts';
import { logsService } from '../lab/logs/logs-service.ts';
import {
  type LabQueue,
  MESSAGING_ACCOUNT_ID,
  startMessaging,
} from '../lab/messaging/start-messaging.ts';
import { clusterArn, REGION } from '../lab/names.ts';
import { ParameterStore } from '../lab/parameters/parameter-store.ts';
import { SecretStore, secretsManagerService } from '../lab/parameters/secrets-service.ts';
import { ssmService } from '../lab/parameters/ssm-service.ts';
import { type SlackReceiver, startSlackReceiver } from '../lab/slack/receiver.ts';
import { remediateFunction } from './heal-functions.ts';
import { type Ended, type Look, run } from './heal-run.ts';
import { emptyScene, ruleOfAlarms, type Scene, servicesOf } from './heal-scene.ts';

const PLACE = { region: REGION, accountId: MESSAGING_ACCOUNT_ID };
export const SECRET = 'slack-webhook';

/** One healer of its own, on a table, parameters, queues and a function of its own. */
export interface Deployment {
  readonly scene: Scene;
  readonly store: IncidentStore;
  readonly parameters: ParameterStore;
  readonly secrets: SecretStore;
  readonly table: string;
  readonly path: string;
  readonly inbox: LabQueue;
  readonly gateway: Gateway;
  readonly slack: SlackReceiver;
  send(url: string, count: number): Promise<void>;
  /** Lets the items of its table stay for ever. */
  stopExpiry(): Promise<void>;
  /** Runs a command that looks, with everything that says which healer it is. */
  heal(args: readonly string[], look?: Look): Promise<Ended>;
  /** Runs a command that asks `remediate`. */
  ask(args: readonly string[], look?: Look): Promise<Ended>;
}

/** One world for the tests of a file, and a healer for each. */
export function useWorld(onDeployed: (healer: Deployment) => void): void {
  let world: Awaited<ReturnType<typeof startWorld>>;
  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'LABTEST');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'lab');
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
    vi.stubEnv('AWS_REGION', REGION);
    world = await startWorld();
    vi.stubEnv('AWS_ENDPOINT_URL', world.url);
  });
  beforeEach(async () => onDeployed(await world.deploy()));
  afterAll(async () => {
    vi.unstubAllEnvs();
    await world.close();
  });
}

async function startWorld() {
  const scene = emptyScene();
  const dynamodb = await startDynamoDb(PLACE);
  const messaging = await startMessaging({ region: REGION });
  const topicArn = await messaging.createTopic('incidents');
  const slack = await startSlackReceiver({ events: new LabEvents() });
  const parameters = new ParameterStore();
  const secrets = new SecretStore();
  const logs = new LogStore();
  logs.createGroup('/ecs/checkout-api');
  const gateway = await startGateway({
    events: new LabEvents(),
    ...PLACE,
    services: [
      ...servicesOf(scene),
      ssmService({ store: parameters, ...PLACE }),
      secretsManagerService({ store: secrets, ...PLACE }),
      logsService({ store: logs, ...PLACE }),
    ],
    proxies: { dynamodb: dynamodb.upstream, sns: messaging.sns, sqs: messaging.sqs },
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
    secrets.put(SECRET, JSON.stringify({ webhookUrl: slack.webhookUrl }));
    const remediate = remediateFunction({ table, path, inbox, topicArn });
    const rules = [ruleOfAlarms(inbox.arn)];
    Object.assign(scene, emptyScene(), { functions: [remediate], rules });
    const where = ['--endpoint', gateway.url, '--region', REGION];
    return {
      ...{ scene, parameters, secrets, table, path, inbox, gateway, slack },
      store: dynamoStore(client, table),
      send: async (url, count) => {
        const one = (): Promise<unknown> =>
          sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '{}' }));
        await Promise.all(Array.from({ length: count }, one));
      },
      stopExpiry: () => setExpiry(false),
      heal: ([command = '', ...args], look) =>
        run([command, ...where, '--table', table, '--path', path, ...args], look),
      ask: ([command = '', ...args], look) =>
        run([command, ...where, '--function', 'remediate', '--path', path, ...args], look),
    };
  };
  const close = async (): Promise<void> => {
    client.destroy();
    sqs.destroy();
    await gateway.close();
    await slack.close();
    await messaging.close();
    await dynamodb.close();
  };
  return { deploy, close, url: gateway.url };
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
