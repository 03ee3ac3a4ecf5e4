import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { slackWebhook } from '../../functions/adapters/slack/webhook.ts';
import { isHealerError } from '../../functions/core/errors.ts';
import { LabEvents } from '../lab/events.ts';
import { startSlackReceiver } from '../lab/slack/receiver.ts';

const signal = new AbortController().signal;
const message = {
  text: 'RECOVERED',
  blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'RECOVERED' } }],
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

describe('posting to a webhook', () => {
  test('posts text and blocks', async () => {
    await chat().post(message, signal);

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
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3_001) } }];

    expect(await codeOf(chat().post({ text: 'RECOVERED', blocks }, signal))).toBe('posted');
    expect(JSON.stringify(slack.messages())).not.toContain('xxx');
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
