/** Answers whoever clicked, by the address that came with the click. */
import { describe, HealerError } from '../../core/errors.ts';
import type { Replier } from '../../ports/clicks.ts';

const SLACK = 'https://hooks.slack.com';

export interface ReplyOptions {
  /** Longest time for the one request: the click itself must be answered within three seconds. */
  readonly timeoutMs?: number;
  /** Origin besides Slack's own that may be answered; only a loopback one is taken. */
  readonly origin?: string | undefined;
}

/**
 * One try, for the reply is a courtesy. The address is a secret of its own: whoever has it may post.
 *
 * @throws {chat.refused} for any other address, {chat.unavailable} when Slack does not take it.
 */
export function slackReply({ timeoutMs = 800, origin }: ReplyOptions = {}): Replier {
  const origins = [
    SLACK,
    ...(origin !== undefined && isLoopback(origin) ? [originOf(origin)] : []),
  ];
  return {
    async reply(url, text, signal) {
      const target = URL.canParse(url) ? new URL(url) : undefined;
      if (target === undefined || !origins.includes(target.origin)) {
        throw new HealerError('chat.refused', `response_url: wanted an address at ${SLACK}`);
      }
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const status = await post(target, text, limit);
      if (status >= 200 && status < 300) return;
      throw new HealerError('chat.unavailable', `slack did not take the reply: ${status}`);
    },
  };
}

async function post(target: URL, text: string, signal: AbortSignal): Promise<number> {
  const body = JSON.stringify({ response_type: 'ephemeral', replace_original: false, text });
  try {
    const headers = { 'content-type': 'application/json' };
    const options = { method: 'POST', headers, body, redirect: 'error', signal } as const;
    const response = await fetch(target, options);
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    const message = `slack did not take the reply: ${describe(error)}`;
    throw new HealerError('chat.unavailable', message, { retryable: true });
  }
}

function originOf(url: string): string {
  return new URL(url).origin;
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(127\.\d+\.\d+\.\d+|localhost)$/.test(new URL(url).hostname);
}
