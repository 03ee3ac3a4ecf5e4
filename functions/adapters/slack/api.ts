/**
 * Posts and edits messages by Slack's Web API, in the name of an app's bot.
 *
 * Short tries, and few: what Slack does not take in that time is delivered again by the platform. The token is in no
 * message, error or log.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChatPostMessageArguments, type ChatUpdateArguments, WebClient } from '@slack/web-api';
import { HealerError } from '../../core/errors.ts';
import type { Root } from '../../ports/threads.ts';
import { chatErrorFrom, isFormRefused } from './api-errors.ts';
import type { SlackMessage } from './blocks.ts';
import { payloadToSend } from './check.ts';

export interface SlackApiOptions {
  readonly token: () => Promise<string>;
  /** @default - Slack's */
  readonly url?: string;
  /** Longest time for one request. */
  readonly timeoutMs?: number;
  /** Longest wait that Slack may ask for here; a longer one goes back to the platform's own retry. */
  readonly waitMaxMs?: number;
}

/** Where a message goes, and what other apps may read from it. */
export interface Post {
  readonly channel: string;
  readonly message: SlackMessage;
  readonly metadata: Metadata;
  readonly thread?: { readonly ts: string; readonly broadcast: boolean };
}

export interface Metadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, string | number | boolean>>;
}

export interface SlackApi {
  /** @returns where it is. */
  post(post: Post, signal: AbortSignal): Promise<Root>;
  update(root: Root, post: Pick<Post, 'message' | 'metadata'>, signal: AbortSignal): Promise<void>;
}

const TRIES_MAX = 3;
const RETRY = { retries: 1, minTimeout: 200, maxTimeout: 400 };

export function slackApi(options: SlackApiOptions): SlackApi {
  const call = async <T>(signal: AbortSignal, work: (client: WebClient) => Promise<T>) => {
    const client = makeClient(checkToken(await options.token()), options, signal);
    return patiently(() => work(client), options.waitMaxMs ?? 3_000, signal);
  };
  return {
    async post({ channel, message, metadata, thread }, signal) {
      const base = { channel, metadata, unfurl_links: false, unfurl_media: false };
      const place = thread && { thread_ts: thread.ts, reply_broadcast: thread.broadcast };
      const args = { ...base, ...place };
      const answer = await call(signal, (client) =>
        withFallback(
          () => client.chat.postMessage(postArguments({ ...args, ...payloadToSend(message) })),
          () =>
            client.chat.postMessage(
              postArguments({ ...place, channel, unfurl_links: false, text: message.alone }),
            ),
        ),
      );
      return rootFrom(answer, channel);
    },
    async update({ channel, ts }, { message, metadata }, signal) {
      const base = { channel, ts };
      // Left out, the blocks of before would stay.
      const bare = { ...base, text: message.alone, blocks: [], attachments: [] };
      const payload = payloadToSend(message);
      const whole = { ...base, metadata, ...(payload.blocks === undefined ? bare : payload) };
      await call(signal, (client) =>
        withFallback(
          () => client.chat.update(whole as ChatUpdateArguments),
          () => client.chat.update(bare),
        ),
      );
    },
  };
}

function postArguments(fields: object): ChatPostMessageArguments {
  return fields as ChatPostMessageArguments;
}

function rootFrom(answer: { channel?: string; ts?: string }, channel: string): Root {
  if (answer.ts === undefined) {
    throw new HealerError('chat.unavailable', 'slack took the message, but did not say where');
  }
  return { channel: answer.channel ?? channel, ts: answer.ts };
}

async function withFallback<T>(whole: () => Promise<T>, bare: () => Promise<T>): Promise<T> {
  try {
    return await whole();
  } catch (error) {
    if (isFormRefused(chatErrorFrom(error))) return bare();
    throw error;
  }
}

/** Waits where Slack asks for a short wait. */
async function patiently<T>(
  work: () => Promise<T>,
  waitMaxMs: number,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const known = chatErrorFrom(error);
      const waitMs = Number(known.details['waitMs'] ?? Number.POSITIVE_INFINITY);
      if (attempt >= TRIES_MAX || waitMs > waitMaxMs) throw known;
      await sleep(waitMs, undefined, { signal }).catch((stopped: unknown) => {
        throw chatErrorFrom(stopped);
      });
    }
  }
}

function makeClient(token: string, options: SlackApiOptions, signal: AbortSignal): WebClient {
  return new WebClient(token, {
    ...(options.url === undefined ? {} : { slackApiUrl: options.url }),
    retryConfig: RETRY,
    timeout: options.timeoutMs ?? 2_000,
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: SILENT,
    fetch: (url, init) => {
      const signals = init?.signal ? [signal, init.signal] : [signal];
      return fetch(url, { ...init, signal: AbortSignal.any(signals) });
    },
  });
}

const nothing = (): void => {};
/** What fails is thrown; the client's own lines would stand between those of the function's log. */
const SILENT: NonNullable<NonNullable<ConstructorParameters<typeof WebClient>[1]>['logger']> = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => 'error' as ReturnType<typeof SILENT.getLevel>,
};

/** @throws {config.invalid} without the value: it is a secret even when it is wrong. */
function checkToken(token: string): string {
  if (/^(?:xoxe\.)?xoxb-\S+$/.test(token)) return token;
  throw new HealerError(
    'config.invalid',
    'slack token: wanted a bot token that begins with xoxb- (value not shown)',
  );
}

/**
 * Another address of the API, for a rehearsal without Slack.
 *
 * @throws {config.invalid} unless it is https, or on this machine: the token goes there.
 */
export function readSlackApiUrl(text: string | undefined): { readonly url?: string } {
  if (text === undefined || text === '') return {};
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url !== undefined && /^(127\.\d+\.\d+\.\d+|localhost)$/.test(url.hostname);
  if (url !== undefined && (url.protocol === 'https:' || isLoopback)) return { url: url.href };
  throw new HealerError('config.invalid', `SLACK_API_URL: got "${text}", wanted an https URL`);
}
