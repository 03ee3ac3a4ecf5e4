/** A light AWS on loopback: canned answers, a real table, an inbox, and the documented rate limits. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as sns from '@aws-sdk/client-sns';
import { createHealerTable } from '../../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../../lab/events.ts';
import { Buckets, type Others } from '../../lab/gateway/buckets.ts';
import { clientConfig } from '../../lab/gateway/client-config.ts';
import { startGateway } from '../../lab/gateway/gateway.ts';
import type { AwsService } from '../../lab/gateway/operation.ts';
import { ACCOUNT, CALLER, REGION, SERVICES_PATH, TABLE } from '../../lab/names.ts';
import { ParameterStore } from '../../lab/parameters/parameter-store.ts';
import { ssmService } from '../../lab/parameters/ssm-service.ts';
import { alarmAnswers, ecsAnswers, elbAnswers } from './answers.ts';
import { logAnswers } from './answers-logs.ts';
import { Inbox, type InboxLimits } from './inbox.ts';
import { parametersOf, type Site } from './site.ts';

/** Of a round trip within a Region. */
const LATENCY_MS = 10;

export interface FakeAws extends AsyncDisposable {
  readonly url: string;
  readonly events: LabEvents;
  readonly buckets: Buckets;
  readonly inbox: Inbox;
}

export interface FakeAwsOptions {
  readonly inbox: InboxLimits;
  /** Who else uses the account's rates. @default - nobody */
  readonly others?: Others;
}

export async function startFakeAws(site: Site, options: FakeAwsOptions): Promise<FakeAws> {
  const parts = new AsyncDisposableStack();
  const keep = <T extends { close(): Promise<void> }>(part: T): T =>
    parts.adopt(part, (closing) => closing.close());
  const events = new LabEvents();
  const buckets = new Buckets(options);
  const inbox = new Inbox(options.inbox);
  const place = { region: REGION, accountId: ACCOUNT };
  const dynamodb = keep(await startDynamoDb(place));
  const tasks = site.tasksPerService;
  const gateway = keep(
    await startGateway({
      events,
      ...place,
      latencyMs: LATENCY_MS,
      buckets,
      services: [
        ecsAnswers(tasks),
        elbAnswers(tasks),
        alarmAnswers(),
        logAnswers(tasks),
        inbox.service(),
        topicService(),
        ssmService({ store: parametersIn(site), ...place }),
      ],
      proxies: { dynamodb: dynamodb.upstream },
    }),
  );
  const client = new DynamoDBClient(clientConfig(gateway.url, REGION, CALLER.drill));
  await createHealerTable(client, TABLE);
  client.destroy();
  const dispose = () => parts.disposeAsync();
  return { url: gateway.url, events, buckets, inbox, [Symbol.asyncDispose]: dispose };
}

function parametersIn(site: Site): ParameterStore {
  const store = new ParameterStore();
  for (const [index, value] of parametersOf(site).entries())
    store.put(`${SERVICES_PATH}/list-${String(index).padStart(3, '0')}`, value);
  return store;
}

function topicService(): AwsService {
  let published = 0;
  const Publish = () => {
    published += 1;
    return { MessageId: `message-${published}` };
  };
  return { signingName: 'sns', schemas: sns, operations: { Publish } };
}
