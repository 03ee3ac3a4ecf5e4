/**
 * Posts to a Slack incoming webhook.
 *
 * Slack answers 200 `ok`, or a plain-text code. 429 and 5xx may pass; every 4xx is for good. The URL is a
 * secret: it is in no message, error or log.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, HealerError } from '../../core/errors.ts';
import type { SlackMessage, SlackPayload } from './blocks.ts';
import { payloadToSend } from './check.ts';

export interface WebhookOptions {
  readonly url: () => Promise<string>;
  /** Longest time for one request. */
  readonly timeoutMs?: number;
  /** Longest `Retry-After` that is waited for here; a longer one goes back to the platform's own retry. */
  readonly waitMaxMs?: number;
}

const TRIES_MAX = 3;

/** Answers that complain about the blocks alone: the text by itself may still pass. */
const BLOCKS_REFUSED = /invalid_blocks|invalid_attachments|too_many_attachments|msg_.*too_long/;

/** Answers about hook or channel: the same message passes when a person has mended that. */
const PLACE_REFUSED =
  /^(?:no_|invalid_token|team_disabled|user_not_found|channel_|action_prohibited|posting_to_)/;
/** The same by its status alone, whatever page it comes with: Slack, or a proxy on the way to it. */
const PLACE_STATUS: readonly number[] = [401, 403, 404, 408, 410];
const TEXT_REFUSED = /^no_text/;

export interface Webhook {
  /** @throws {chat.rate-limited}, {chat.unavailable} or {chat.refused}, as a Teller does. */
  post(message: SlackMessage, signal: AbortSignal): Promise<void>;
}

export function slackWebhook({
  url,
  timeoutMs = 2_000,
  waitMaxMs = 3_000,
}: WebhookOptions): Webhook {
  return {
    async post(message, signal) {
      const target = checkUrl(await url());
      let body = payloadToSend(message);
      for (let attempt = 1; ; attempt += 1) {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
        const answer = await send(target, body, limit);
        if (answer.kind === 'ok') return;
        if (answer.kind === 'refused') {
          body = withoutBlocks(message, body, answer);
          continue;
        }
        if (attempt >= TRIES_MAX || answer.waitMs > waitMaxMs) throw giveUp(answer);
        await sleep(answer.waitMs, undefined, { signal });
      }
    },
  };
}

/** @throws {chat.refused} unless it is only the blocks that Slack did not like. */
function withoutBlocks(
  { alone }: SlackMessage,
  { blocks }: SlackPayload,
  { code, status }: Refusal,
): SlackPayload {
  if (blocks !== undefined && BLOCKS_REFUSED.test(code)) return { text: alone };
  const isPlace = PLACE_REFUSED.test(code) || PLACE_STATUS.includes(status);
  const retryable = isPlace && !TEXT_REFUSED.test(code);
  throw new HealerError('chat.refused', `slack refused the message: ${code}`, { retryable });
}

interface Refusal {
  readonly kind: 'refused';
  readonly code: string;
  readonly status: number;
}

type Answer =
  | { readonly kind: 'ok' }
  | Refusal
  | { readonly kind: 'limited' | 'unavailable'; readonly code: string; readonly waitMs: number };

/** A pause before trying again where Slack names none. */
const PAUSE_MS = 250;

async function send(url: URL, body: SlackPayload, signal: AbortSignal): Promise<Answer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, unfurl_links: false }),
      redirect: 'error',
      signal,
    });
    text = (await response.text()).trim().slice(0, 80);
  } catch (error) {
    return { kind: 'unavailable', code: describe(error), waitMs: PAUSE_MS };
  }
  if (response.ok) return { kind: 'ok' };
  if (response.status === 429) {
    const seconds = Number(response.headers.get('retry-after') ?? 1);
    return {
      kind: 'limited',
      code: '429',
      waitMs: Number.isFinite(seconds) ? seconds * 1_000 : 1_000,
    };
  }
  if (response.status >= 500) {
    return { kind: 'unavailable', code: String(response.status), waitMs: PAUSE_MS };
  }
  const { status } = response;
  return { kind: 'refused', code: text === '' ? String(status) : text, status };
}

function giveUp(answer: Exclude<Answer, { kind: 'ok' | 'refused' }>): HealerError {
  const code = answer.kind === 'limited' ? 'chat.rate-limited' : 'chat.unavailable';
  const message = `slack did not take the message: ${answer.code}`;
  return new HealerError(code, message, { retryable: true, details: { waitMs: answer.waitMs } });
}

/** @throws {config.invalid} without the value: it is a secret even when it is wrong. */
function checkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && /^(127\.\d+\.\d+\.\d+|localhost)$/.test(url.hostname);
  if (url !== undefined && (url.protocol === 'https:' || loopback)) return url;
  throw new HealerError(
    'config.invalid',
    'slack webhook secret: wanted an https URL (value not shown)',
  );
}
