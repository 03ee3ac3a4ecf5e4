/** A bot that writes into the lab's Slack over HTTP, and keeps its threads in a table of the emulator. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamoStore } from '../../functions/adapters/aws/dynamo-store.ts';
import { entryTimeline } from '../../functions/adapters/aws/incident-history.ts';
import { threadStore } from '../../functions/adapters/aws/thread-store.ts';
import { slackApi } from '../../functions/adapters/slack/api.ts';
import { type BotOptions, slackBot } from '../../functions/adapters/slack/bot.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { isHealerError } from '../../functions/core/errors.ts';
import { type EpochMillis, epochMillis, later, minutes } from '../../functions/core/time.ts';
import type { Teller } from '../../functions/ports/messaging.ts';
import type { ThreadStore, Timeline } from '../../functions/ports/threads.ts';
import { anEntry, NOW } from '../core/builders.ts';
import { createHealerTable } from '../lab/dynamodb/healer-table.ts';
import { startDynamoDb } from '../lab/dynamodb/start-dynamodb.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { startGateway } from '../lab/gateway/gateway.ts';
import { type SlackReceiver, startSlackReceiver } from '../lab/slack/receiver.ts';
import type { BotMessage } from '../lab/slack/web-api.ts';

const TABLE = 'healer';
/** The user group that is called. */
export const GROUP = 'S0ONCALL';
export const signal = new AbortController().signal;

export const STOPPED = { kind: 'stopped' } as const;
export const ESCALATED = { kind: 'escalated', reason: 'attempts-failed' } as const;
export const RECOVERED = { kind: 'recovered' } as const;

/** How a message begins that shows it. */
export const STATES: Readonly<Partial<Record<Entry['kind'], RegExp>>> = {
  stopped: /^ACTING/,
  held: /^HOLDING/,
  escalated: /^NEEDS YOU/,
  explained: /^NEEDS YOU/,
  recovered: /^RECOVERED/,
};

/** What stands in the channel about one incident. */
interface Seen {
  readonly roots: readonly BotMessage[];
  readonly replies: readonly BotMessage[];
}

export interface BotWorld {
  readonly slack: SlackReceiver;
  readonly threads: ThreadStore;
  readonly timeline: Timeline;
  /** Of the bots: some minutes after the steps, whatever day it is here. */
  now(): EpochMillis;
  /** Keeps steps in the timeline, as remediate does when it announces one. */
  record(entries: readonly Entry[]): Promise<void>;
  /** The thread's item, as the table has it. */
  item(id: string): Promise<Readonly<Record<string, unknown>>>;
  aBot(overrides?: Partial<BotOptions> & { readonly token?: string }): Teller;
  seen(incidentId: string | undefined): Seen;
  close(): Promise<void>;
}

export async function openBotWorld(): Promise<BotWorld> {
  const parts = new AsyncDisposableStack();
  const place = { region: 'eu-west-1', accountId: '000000000000' };
  const dynamodb = await startDynamoDb(place);
  parts.defer(() => dynamodb.close());
  const events = new LabEvents();
  const proxies = { dynamodb: dynamodb.upstream };
  const gateway = await startGateway({ events, services: [], proxies, ...place });
  parts.defer(() => gateway.close());
  const config = clientConfig(gateway.url, place.region, 'LABTEST');
  const client = new DynamoDBClient({ ...config, maxAttempts: 2 });
  parts.defer(() => client.destroy());
  await createHealerTable(client, TABLE);
  const slack = await startSlackReceiver({ events, rate: { burst: 100 }, timeFactor: 1_000 });
  parts.defer(() => slack.close());
  const threads = threadStore(client, TABLE);
  const timeline = entryTimeline(client, TABLE);
  const startedAt = Date.now();
  const now = (): EpochMillis => epochMillis(later(NOW, minutes(10)) + Date.now() - startedAt);
  return {
    slack,
    now,
    threads,
    timeline,
    record: (entries) => dynamoStore(client, TABLE).keep(entries, undefined, signal),
    async item(id) {
      const Key = marshall({ pk: `INCIDENT#${id}`, sk: 'THREAD' });
      const answer = await client.send(new GetItemCommand({ TableName: TABLE, Key }));
      return unmarshall(answer.Item ?? {});
    },
    aBot: ({ token = slack.bot.token, ...options } = {}) =>
      slackBot({
        api: slackApi({ token: () => Promise.resolve(token), url: slack.apiUrl, timeoutMs: 500 }),
        threads,
        timeline,
        clock: { now },
        channel: slack.bot.channel,
        broadcast: 'needs-human',
        render: { mention: GROUP },
        ...options,
      }),
    seen(incidentId) {
      const own = slack.bot
        .messages()
        .filter((one) => payloadOf(one)['incident_id'] === incidentId);
      const isReply = ({ threadTs }: BotMessage) => threadTs !== undefined;
      return { roots: own.filter((one) => !isReply(one)), replies: own.filter(isReply) };
    },
    close: () => parts.disposeAsync(),
  };
}

/** Of the step that a message tells. */
export function seqOf(message: BotMessage): unknown {
  return payloadOf(message)['seq'];
}

/** What other apps read from a message; empty when it was sent bare. */
function payloadOf({ metadata }: BotMessage): Readonly<Record<string, unknown>> {
  const { event_payload: payload = {} } = (metadata ?? {}) as { event_payload?: object };
  return payload as Readonly<Record<string, unknown>>;
}

let incidents = 0;
/** The announced steps of an incident of its own. */
export function anIncident(...steps: readonly Partial<Entry>[]): readonly Entry[] {
  incidents += 1;
  const incidentId = `inc-${incidents}`;
  return steps.map((step, index) =>
    anEntry({ id: `${incidentId}#${index + 1}`, incidentId, seq: index + 1, ...step }),
  );
}

/** One step, of an incident of its own. */
export function aStep(step: Partial<Entry>): Entry {
  return anIncident(step)[0] as Entry;
}

export async function tellAll(bot: Teller, entries: readonly Entry[]): Promise<void> {
  for (const entry of entries) await bot.entry(entry, signal);
}

/** What it says by now. */
export function textOf(message: BotMessage | undefined): string {
  return message?.states.at(-1)?.text ?? '';
}

export function isCalling(message: BotMessage | undefined): boolean {
  return JSON.stringify(message?.states ?? '').includes(`<!subteam^${GROUP}>`);
}

export async function failureOf(
  work: Promise<unknown>,
): Promise<{ readonly code?: string; readonly message?: string }> {
  return work.then(
    () => ({}),
    (error: unknown) => {
      if (!isHealerError(error)) throw error;
      return { code: error.code, message: error.message };
    },
  );
}
