/** Every call of the functions besides remediate, by their own adapters with the real SDK, once. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clickRecord } from '../../functions/adapters/aws/click-record.ts';
import { entryTimeline } from '../../functions/adapters/aws/incident-history.ts';
import { keptSecret } from '../../functions/adapters/aws/kept-secret.ts';
import { sqsRequests } from '../../functions/adapters/aws/sqs-requests.ts';
import { threadStore } from '../../functions/adapters/aws/thread-store.ts';
import { topicPublisher } from '../../functions/adapters/aws/topic-publisher.ts';
import { weekHistory } from '../../functions/adapters/aws/week-history.ts';
import type { Click } from '../../functions/core/click.ts';
import { WIRING } from '../../functions/core/drill/built-in.ts';
import { newDrill } from '../../functions/core/drill/plan.ts';
import { readDrillEnvironment } from '../../functions/core/environment-drill.ts';
import { type Chat, readNotifyEnvironment } from '../../functions/core/environment-notify.ts';
import { readRespondEnvironment } from '../../functions/core/environment-respond.ts';
import type { Notice } from '../../functions/core/notice.ts';
import { later, minutes } from '../../functions/core/time.ts';
import { composeDigest } from '../../functions/handlers/compose-digest.ts';
import { composeDrill } from '../../functions/handlers/compose-drill.ts';
import { composeDeadLetters } from '../../functions/handlers/compose-teller.ts';
import { aLock, NOW } from '../core/builders.ts';
import { CALLER } from '../lab/names.ts';
import { type DeployedHealer, environmentAt } from './deployed-healer.ts';
import { signAs } from './healer-calls.ts';

const signal = new AbortController().signal;
const SOURCES = { secrets: () => new SecretsProvider(), parameters: () => new SSMProvider() };

/** As notify does: what it tells by, and the week. */
export async function tell(healer: DeployedHealer, url: string): Promise<void> {
  signAs(CALLER.notify, url);
  const environment = readNotifyEnvironment(environmentAt(healer.notify, url));
  const { tableName } = environment;
  await reach(environment.chat);
  await writeThread(tableName);
  await entryTimeline(new DynamoDBClient(), tableName).between('inc-1', ENTRIES, signal);
  await composeDeadLetters(environment).deadLetters?.send('{}', 'why', signal);
  await composeDigest(environment)(signal);
  await weekHistory(new DynamoDBClient(), tableName).timeline('inc-1', signal);
}

const ENTRIES = { first: 1, last: 2 };

async function writeThread(tableName: string): Promise<void> {
  const threads = threadStore(new DynamoDBClient(), tableName);
  const turn = { id: 'inc-1', holder: 'one' };
  await threads.begin(turn, { now: NOW, until: later(NOW, minutes(1)) }, signal);
  await threads.keep(turn, { replied: [] }, later(NOW, minutes(2)), signal);
  await threads.end(turn, signal);
}

async function reach(chat: Chat): Promise<void> {
  switch (chat.kind) {
    case 'webhook':
      await keptSecret(chat.url, 'webhookUrl', SOURCES)();
      break;
    case 'topic':
      await topicPublisher(new SNSClient(), chat.topicArn)('{}', signal);
      break;
    case 'bot':
      await keptSecret(chat.token, 'botToken', SOURCES)();
  }
}

const CLICK: Click = {
  id: 'click-1',
  action: 'acknowledge',
  subject: { serviceId: 'shop/front', incidentId: 'inc-1' },
  userId: 'U0123456789',
  userName: 'ana',
  teamId: 'T0123456789',
  at: NOW,
};

/** As respond does at a click. */
export async function click(healer: DeployedHealer, url: string): Promise<void> {
  if (healer.respond === undefined) return;
  signAs(CALLER.respond, url);
  const environment = readRespondEnvironment(environmentAt(healer.respond, url));
  await keptSecret(environment.signingSecret, 'signingSecret', SOURCES)();
  const clicks = clickRecord(new DynamoDBClient(), environment.tableName);
  await clicks.begin(CLICK, 'received', signal);
  await clicks.settle(CLICK, 'asked', signal);
  await sqsRequests(new SQSClient(), environment.inboxUrl).hand({ kind: 'acknowledge' }, signal);
}

const ASKED = {
  id: 'drill-20261120-100341-3f9c2k',
  definition: WIRING,
  by: 'ana',
  request: 'one',
  scheduled: false,
  allowProduction: false,
} as const;

/** Any notice will do: what it says makes no other call. */
const DIGEST: Notice = {
  kind: 'digest',
  environment: 'prod',
  from: NOW,
  to: NOW,
  services: 1,
  incidents: 0,
  recovered: 0,
  escalated: 0,
  open: 0,
  stops: 0,
  drills: { passed: 0, run: 0 },
  repeated: [],
};

/** As drill does, for every service that the template guards. */
export async function rehearse(healer: DeployedHealer, url: string): Promise<void> {
  if (healer.drill === undefined) return;
  signAs(CALLER.rehearse, url);
  const environment = environmentAt(healer.drill, url);
  const { faultSecret } = readDrillEnvironment(environment);
  if (faultSecret !== undefined) await keptSecret(faultSecret, 'drillToken', SOURCES)();
  const deps = composeDrill(environment, new Logger({ logLevel: 'SILENT' }), new Metrics());
  await deps.locks.readAccount(signal);
  await deps.timeline.timeline('inc-1', signal);
  for (const service of await deps.guarded.all()) {
    const { id: serviceId, alarmArns } = service;
    await deps.alarms.alarms(alarmArns, signal);
    await deps.fleet.service(service, signal);
    await deps.fleet.tasks(service, signal);
    await deps.targets.targets(service.targetGroupArns, signal);
    const { version } = await deps.locks.read(serviceId, signal);
    await deps.locks.commit(aLock({ serviceId, version: version + 1 }), [], 'one', signal);
    const state = newDrill(ASKED, service, NOW);
    await deps.drills.commit({ ...state, version: 1 }, 'one', signal);
    await deps.drills.read(serviceId, state.id, signal);
    await deps.announcer.publishNotice(DIGEST, signal);
    await deps.drills.latest(serviceId, 1, signal);
    const look = { kind: 'drill-look', serviceId, drillId: 'drill-1', token: 1 } as const;
    await deps.queue.scheduleLook(look, minutes(0), signal);
    for (const arn of alarmArns) {
      await deps.setter.set(arn.split(':').at(-1) ?? '', 'OK', 'why', signal);
    }
  }
}
