import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { slackReply } from '../../functions/adapters/slack/reply.ts';
import { codeOf } from './serving.ts';

const { signal } = new AbortController();

/** An HTTP server for one test. @returns its origin. */
async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a reply', () => {
  test('is seen by whoever clicked alone, and replaces nothing', async () => {
    const got: unknown[] = [];
    const origin = await listen((request, response) => {
      void text(request).then((body) => {
        got.push([request.method, request.url, JSON.parse(body)]);
        response.end('ok');
      });
    });

    await slackReply({ origin }).reply(`${origin}/actions/T01/2/abc`, 'Asked to pause.', signal);

    const message = {
      response_type: 'ephemeral',
      replace_original: false,
      text: 'Asked to pause.',
    };
    expect(got).toEqual([['POST', '/actions/T01/2/abc', message]]);
  });

  test('that is never answered is given up', async () => {
    let asked = 0;
    const origin = await listen(() => {
      asked += 1;
    });

    const reply = slackReply({ origin, timeoutMs: 50 }).reply(`${origin}/a`, 'x', signal);

    expect(await codeOf(reply)).toBe('chat.unavailable');
    expect(asked).toBeLessThanOrEqual(1);
  });

  test.each([404, 500, 302])(
    'that is answered with %i fails, without the address',
    async (code) => {
      const origin = await listen((_request, response) => {
        response.writeHead(code, { location: 'http://127.0.0.1:1/' }).end();
      });

      const reply = slackReply({ origin }).reply(`${origin}/top-secret`, 'x', signal);

      const error = await reply.catch((thrown: unknown) => thrown);
      expect(String(error)).toMatch(/slack did not take the reply/);
      expect(String(error)).not.toContain('top-secret');
    },
  );

  test.each([
    'https://hooks.slack.com.evil.example/actions',
    'https://evil.example/actions',
    'http://hooks.slack.com/actions',
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.1:9001/2018-06-01/runtime/invocation/next',
    'https://user@evil.example@hooks.slack.com:444/',
    'file:///etc/passwd',
    'no address',
    '',
  ])('is never sent to %j', async (url) => {
    expect(await codeOf(slackReply().reply(url, 'x', signal))).toBe('chat.refused');
  });

  test.each(['https://evil.example', 'http://10.0.0.1', 'nonsense'])(
    'takes no other origin than a loopback one: not %s',
    async (origin) => {
      const reply = slackReply({ origin }).reply(`${origin}/actions`, 'x', signal);

      expect(await codeOf(reply)).toBe('chat.refused');
    },
  );
});
