/** A whole incident as the bot writes it: the bot itself writes it, into the lab's Slack. */
import { slackApi } from '../../functions/adapters/slack/api.ts';
import { slackBot } from '../../functions/adapters/slack/bot.ts';
import { systemClock } from '../../functions/adapters/system-clock.ts';
import type { Entry } from '../../functions/core/entry.ts';
import type { Thread, ThreadStore } from '../../functions/ports/threads.ts';
import { LabEvents } from '../lab/events.ts';
import type { WebhookPayload } from '../lab/slack/block-kit.ts';
import { startSlackReceiver } from '../lab/slack/receiver.ts';
import type { BotMessage } from '../lab/slack/web-api.ts';
import { OPTIONS } from './samples.ts';

export interface Said {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly payload: WebhookPayload;
  readonly isBroadcast: boolean;
}

export interface BotIncident {
  /** The one message, after each step that changed it. */
  readonly root: readonly Said[];
  readonly replies: readonly Said[];
}

/** @throws Error when Slack would refuse a message: a picture of that would deceive. */
export async function botIncident(entries: readonly Entry[]): Promise<BotIncident> {
  const slack = await startSlackReceiver({ events: new LabEvents(), rate: { burst: 100 } });
  try {
    const bot = slackBot({
      api: slackApi({ token: () => Promise.resolve(slack.bot.token), url: slack.apiUrl }),
      threads: memoryThreads(),
      // They come in order here, so nothing is looked up.
      timeline: { between: () => Promise.resolve([]) },
      clock: systemClock,
      channel: slack.bot.channel,
      broadcast: 'needs-human',
      render: { ...OPTIONS, mention: 'S0ONCALL' },
    });
    for (const entry of entries) await bot.entry(entry, AbortSignal.timeout(10_000));
    const [refusal] = slack.refusals();
    if (refusal !== undefined) throw new Error(`${refusal.code}: ${refusal.reason}`);
    return told(entries, slack.bot.messages());
  } finally {
    await slack.close();
  }
}

function told(entries: readonly Entry[], messages: readonly BotMessage[]): BotIncident {
  const at = (index: number): number => entries[index]?.at ?? 0;
  const root = messages.find(({ threadTs }) => threadTs === undefined);
  const replies = messages.filter(({ threadTs }) => threadTs !== undefined);
  return {
    root: (root?.states ?? []).map((payload, index) => ({
      at: at(index),
      payload,
      isBroadcast: false,
    })),
    replies: replies.flatMap(({ states: [payload], isBroadcast }, index) =>
      payload === undefined ? [] : [{ at: at(index), payload, isBroadcast }],
    ),
  };
}

/** One writer, one after the other. */
function memoryThreads(): ThreadStore {
  const threads = new Map<string, Thread>();
  return {
    begin: ({ id }) => Promise.resolve(threads.get(id) ?? { replied: [] }),
    keep: async ({ id }, thread) => {
      threads.set(id, thread);
    },
    end: () => Promise.resolve(),
  };
}
