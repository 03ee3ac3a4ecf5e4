import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SlackMessage, section } from '../../functions/adapters/slack/blocks.ts';
import { slackWebhook } from '../../functions/adapters/slack/webhook.ts';
import { webhookTeller } from '../../functions/adapters/slack/webhook-teller.ts';
import { isHealerError } from '../../functions/core/errors.ts';
import { anEntry } from '../core/builders.ts';
import { LabEvents } from '../lab/events.ts';
import { startSlackReceiver } from '../lab/slack/receiver.ts';

const signal = new AbortController().signal;
const message: SlackMessage = {
  text: 'RECOVERED',
  alone: 'RECOVERED, in more words',
  blocks: [section('RECOVERED'), section('proof'), section('when')],
  color: '#2a8c4a',
};

let slack: Awaited<ReturnType<typeof startSlackReceiver>>;

beforeEach(async () => {
  slack = await startSlackReceiver({ events: new LabEvents(), timeFactor: 100 });
});
afterEach(async () => {
  await slack.close();
});

function chat(options: { readonly timeoutMs?: number; readonly waitMaxMs?: number } = {}) {
  return slackWebhook({ url: () => Promise.resolve(slack.webhookUrl), ...options });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'posted',
    (error: unknown) => (isHealerError(error) ? error.code : String(error)),
  );
}

/** Somebody on the way to Slack who answers with a page of their own. */
async function refusedWith(status: number, page: string): Promise<unknown> {
  const server = createServer((_, response) => response.writeHead(status).end(page));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const work = slackWebhook({ url: () => Promise.resolve(url) }).post(message, signal);
  const error = await work.catch((thrown: unknown) => thrown);
  server.closeAllConnections();
  server.close();
  return error;
}

test.each([
  [403, '<html>Forbidden</html>', true],
  [408, '<html>Request Timeout</html>', true],
  [404, '', true],
  [404, 'no_service', true],
  [400, 'invalid_payload', false],
  [400, 'no_text', false],
])('%i %j is tried again, once somebody has mended it: %j', async (status, page, retryable) => {
  expect(await refusedWith(status, page)).toMatchObject({ code: 'chat.refused', retryable });
});

describe('posting to a webhook', () => {
  test('posts the text, the blocks, and the last line beside a bar in the colour of the state', async () => {
    await chat().post(message, signal);

    expect(slack.messages().map(({ payload }) => payload)).toEqual([
      {
        text: 'RECOVERED',
        blocks: message.blocks.slice(0, 2),
        attachments: [{ color: '#2a8c4a', blocks: message.blocks.slice(2) }],
        unfurl_links: false,
      },
    ]);
  });

  test('leaves out what is only shown: it could not be taken back', async () => {
    const teller = webhookTeller(chat(), {});

    await teller.entry(anEntry({ kind: 'opened', quiet: true }), signal);
    expect(slack.messages()).toEqual([]);
    await teller.entry(anEntry({ kind: 'stopped' }), signal);

    expect(slack.messages()).toHaveLength(1);
  });

  test('waits as long as Slack asks, then posts', async () => {
    slack.faults.next({ kind: 'rate-limited', retryAfterSeconds: 1 });

    expect(await codeOf(chat().post(message, signal))).toBe('posted');
    expect(slack.messages()).toHaveLength(1);
  });

  test('gives a long wait back to the platform', async () => {
    slack.faults.next({ kind: 'rate-limited', retryAfterSeconds: 3_000 });

    expect(await codeOf(chat({ waitMaxMs: 500 }).post(message, signal))).toBe('chat.rate-limited');
  });

  test('tries again after a server error', async () => {
    slack.faults.next({ kind: 'server-error' });

    expect(await codeOf(chat().post(message, signal))).toBe('posted');
  });

  test('gives up after three server errors', async () => {
    slack.faults.next({ kind: 'server-error' }, 3);

    expect(await codeOf(chat().post(message, signal))).toBe('chat.unavailable');
  });

  test('does not wait for a Slack that does not answer', async () => {
    slack.faults.next({ kind: 'timeout' }, 3);

    expect(await codeOf(chat({ timeoutMs: 50 }).post(message, signal))).toBe('chat.unavailable');
  });

  test('falls back to the text when the blocks are refused', async () => {
    slack.faults.next({ kind: 'invalid-blocks' });

    expect(await codeOf(chat().post(message, signal))).toBe('posted');
    expect(slack.messages().map(({ payload }) => payload)).toEqual([
      { text: 'RECOVERED, in more words', unfurl_links: false },
    ]);
  });

  test('sends no blocks that Slack would refuse: the text goes at once', async () => {
    const text = { type: 'mrkdwn', text: 'x'.repeat(3_001) } as const;
    const blocks = [{ type: 'section', text } as const];

    expect(await codeOf(chat().post({ ...message, blocks }, signal))).toBe('posted');
    expect(slack.messages().map(({ payload }) => payload)).toEqual([
      { text: 'RECOVERED, in more words', unfurl_links: false },
    ]);
    expect(slack.refusals()).toEqual([]);
  });

  test('does not repeat what Slack refuses for good', async () => {
    slack.faults.next({ kind: 'no-service' });

    expect(await codeOf(chat().post(message, signal))).toBe('chat.refused');
    expect(slack.messages()).toHaveLength(0);
  });

  test.each(['not a url', 'http://hooks.slack.com/services/T/B/secret'])(
    'refuses %s without showing it',
    async (url) => {
      const work = slackWebhook({ url: () => Promise.resolve(url) }).post(message, signal);

      await expect(work).rejects.toThrow('wanted an https URL (value not shown)');
    },
  );
});
