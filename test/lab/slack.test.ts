import { describe, expect, type TestContext, test } from 'vitest';

import { LabEvents } from './events.ts';
import { button, MESSAGE, mrkdwn, plain, section, times } from './slack/fixtures/a-message.ts';
import { type SlackReceiverOptions, startSlackReceiver } from './slack/receiver.ts';

async function aReceiver(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  options: Partial<SlackReceiverOptions> = {},
) {
  const events = new LabEvents();
  const receiver = await startSlackReceiver({ rate: { burst: 100 }, ...options, events });
  onTestFinished(() => receiver.close());
  const post = async (payload: unknown, init: RequestInit = {}) => {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(receiver.webhookUrl, { method: 'POST', headers, body, ...init });
    return { status: answer.status, body: await answer.text(), headers: answer.headers };
  };
  return { receiver, events, post };
}

describe('the Slack receiver', () => {
  test('takes a message and tells the stream', async (context) => {
    const { receiver, events, post } = await aReceiver(context);

    expect(await post(MESSAGE)).toMatchObject({ status: 200, body: 'ok' });
    expect(await post({ text: 'only text' })).toMatchObject({ status: 200, body: 'ok' });

    expect(receiver.messages().map(({ payload }) => payload)).toEqual([
      MESSAGE,
      { text: 'only text' },
    ]);
    expect(events.all()).toMatchObject([
      { kind: 'slack', status: 200, answer: 'ok', payload: MESSAGE },
      { kind: 'slack', status: 200, answer: 'ok' },
    ]);
    expect(receiver.webhookUrl).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/services\/T\w+\/B\w+\/[0-9a-f]{24}$/,
    );
  });

  test.for<[string, unknown, string, RegExp]>([
    ['a body that is not JSON', '{"text":', 'invalid_payload', /not JSON/],
    ['an empty message', {}, 'no_text', /neither/],
    ['an empty text', { text: '', blocks: [] }, 'no_text', /neither/],
    ['an unknown field', { text: 'x', txt: 'y' }, 'invalid_payload', /txt/],
    ['a bare ampersand', { text: 'a & b' }, 'invalid_payload', /unescaped &/],
    ['a bare less-than', { blocks: [section('5 < 6')] }, 'invalid_blocks', /unescaped </],
    ['a bare arrow', { blocks: [section('a -> b')] }, 'invalid_blocks', /unescaped >/],
    ['a date without fallback', { text: '<!date^1795169025^{time}>' }, 'invalid_payload', /date/],
    ['an escape sequence', { text: '\u001b[31mred' }, 'invalid_payload', /control/],
    ['an unknown block', { blocks: [{ type: 'sektion' }] }, 'invalid_blocks', /sektion/],
    [
      'mrkdwn in a header',
      { blocks: [{ type: 'header', text: mrkdwn('x') }] },
      'invalid_blocks',
      /.*/,
    ],
    [
      'a long header',
      { blocks: [{ type: 'header', text: plain('x'.repeat(151)) }] },
      'invalid_blocks',
      /150/,
    ],
    ['a long section', { blocks: [section('x'.repeat(3_001))] }, 'invalid_blocks', /3000/],
    ['an empty section', { blocks: [{ type: 'section' }] }, 'invalid_blocks', /neither/],
    [
      '11 fields',
      { blocks: [{ type: 'section', fields: times(11, mrkdwn('x')) }] },
      'invalid_blocks',
      /fields/,
    ],
    [
      'a long field',
      { blocks: [{ type: 'section', fields: [mrkdwn('x'.repeat(2_001))] }] },
      'invalid_blocks',
      /2000/,
    ],
    [
      '11 context elements',
      { blocks: [{ type: 'context', elements: times(11, mrkdwn('x')) }] },
      'invalid_blocks',
      /10/,
    ],
    [
      '26 buttons',
      { blocks: [{ type: 'actions', elements: times(26, button('x')) }] },
      'invalid_blocks',
      /25/,
    ],
    [
      'a long button',
      { blocks: [{ type: 'actions', elements: [button('x'.repeat(76))] }] },
      'invalid_blocks',
      /75/,
    ],
    ['51 blocks', { blocks: times(51, section('x')) }, 'invalid_blocks', /50/],
    [
      'one block_id twice',
      { blocks: times(2, { ...section('x'), block_id: 'a' }) },
      'invalid_blocks',
      /block_id/,
    ],
    [
      'bad attachment blocks',
      { attachments: [{ blocks: [{ type: 'x' }] }] },
      'invalid_blocks',
      /type/,
    ],
    ['101 attachments', { attachments: times(101, { text: 'x' }) }, 'too_many_attachments', /.*/],
  ])('refuses %s', async ([, payload, code, reason], context) => {
    const { receiver, events, post } = await aReceiver(context);

    expect(await post(payload)).toMatchObject({ status: 400, body: code });

    expect(receiver.refusals()).toMatchObject([{ code, reason: expect.stringMatching(reason) }]);
    expect(events.all()).toMatchObject([{ kind: 'slack', status: 400, answer: code }]);
    expect(receiver.messages()).toEqual([]);
  });

  test('takes what is at the limits', async (context) => {
    const { post } = await aReceiver(context);

    const blocks = [
      { type: 'header', text: plain('x'.repeat(150)) },
      { type: 'section', fields: times(10, mrkdwn('x'.repeat(2_000))) },
      {
        type: 'actions',
        elements: times(25, button('x'.repeat(75), { value: 'x'.repeat(2_000) })),
      },
      ...times(47, section(`> quote\n${'x'.repeat(2_992)}`)),
    ];

    expect(await post({ blocks })).toMatchObject({ status: 200 });
    const links = '<https://example.com/?a=1&b=2|x> <!here> <@U012AB> &lt;tag&gt;';
    expect(await post({ text: links })).toMatchObject({ status: 200 });
  });

  test('knows only its own hook', async (context) => {
    const { receiver } = await aReceiver(context);

    const answer = await fetch(`${receiver.webhookUrl}0`, { method: 'POST', body: '{"text":"x"}' });

    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe('no_service');
  });

  test('takes a burst, then one message a second', async (context) => {
    const { receiver, post } = await aReceiver(context, { rate: { burst: 2 }, timeFactor: 4 });

    const answers = [
      await post({ text: '1' }),
      await post({ text: '2' }),
      await post({ text: '3' }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[2]?.headers.get('retry-after')).toBe('1');
    await expect.poll(async () => (await post({ text: '4' })).status, { interval: 100 }).toBe(200);
    expect(receiver.messages().map(({ payload }) => payload.text)).toEqual(['1', '2', '4']);
  });

  test('fails as asked, then works again', async (context) => {
    const { receiver, post } = await aReceiver(context);
    receiver.faults.next({ kind: 'server-error' }, 2);
    receiver.faults.next({ kind: 'rate-limited', retryAfterSeconds: 30 });
    receiver.faults.next({ kind: 'no-service' });
    receiver.faults.next({ kind: 'slow', delayMs: 50 });

    const answers = [];
    for (let index = 0; index < 6; index += 1) answers.push(await post({ text: String(index) }));

    expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual([
      '500 server_error',
      '500 server_error',
      '429 rate_limited',
      '404 no_service',
      '200 ok',
      '200 ok',
    ]);
    expect(answers[2]?.headers.get('retry-after')).toBe('30');
    expect(receiver.messages()).toHaveLength(2);
    expect(receiver.faults.waiting).toBe(0);
  });

  test('fails until told otherwise; what waits in line comes first', async (context) => {
    const { receiver, post } = await aReceiver(context);
    const broken = receiver.faults.from({ kind: 'server-error' });
    const down = receiver.faults.from({ kind: 'down' });
    receiver.faults.next({ kind: 'rate-limited' });
    const status = () =>
      post({ text: 'x' }).then(
        (answer) => answer.status,
        () => 'dropped',
      );

    const during = [await status(), await status(), await status()];
    down.cancel();
    down.cancel();
    const mended = [await status()];
    broken.cancel();
    const after = [await status()];

    expect([during, mended, after]).toEqual([[429, 'dropped', 'dropped'], [500], [200]]);
    expect(receiver.faults.hits).toBe(4);
    receiver.faults.from({ kind: 'down' });
    receiver.faults.clear();
    expect(await status()).toBe(200);
  });

  test('can leave a caller without an answer', async (context) => {
    const { receiver, events, post } = await aReceiver(context);
    receiver.faults.next({ kind: 'timeout' });
    receiver.faults.next({ kind: 'lost-response' });

    await expect(post({ text: 'a' }, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    await expect(post({ text: 'b' })).rejects.toThrow();

    expect(receiver.messages().map(({ payload }) => payload.text)).toEqual(['b']);
    expect(events.all()).toMatchObject([
      { status: 0, answer: 'timeout' },
      { status: 0, answer: 'lost-response: ok' },
    ]);
  });
});
