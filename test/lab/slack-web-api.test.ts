import { describe, expect, type TestContext, test } from 'vitest';
import { LabEvents } from './events.ts';
import { section, times } from './slack/fixtures/a-message.ts';
import { startSlackReceiver } from './slack/receiver.ts';

async function aBot({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const events = new LabEvents();
  const receiver = await startSlackReceiver({ events, rate: { burst: 100 } });
  onTestFinished(() => receiver.close());
  const { bot } = receiver;
  const call = async (
    method: string,
    fields: Readonly<Record<string, unknown>>,
    token = bot.token,
  ) => {
    const texts = Object.entries(fields).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    const answer = await fetch(`${receiver.apiUrl}${method}`, {
      method: 'POST',
      headers: token === '' ? {} : { Authorization: `Bearer ${token}` },
      body: new URLSearchParams(texts),
    });
    return { status: answer.status, ...((await answer.json()) as { ok: boolean; ts?: string }) };
  };
  const post = (fields: object, token?: string) =>
    call('chat.postMessage', { channel: bot.channel, ...fields }, token);
  return { receiver, bot, events, call, post };
}

describe('the Web API', () => {
  test('posts, replies and edits, and tells the stream', async (context) => {
    const { bot, events, call, post } = await aBot(context);

    const { ts = '' } = await post({ text: 'OPEN', blocks: [section('open')] });
    await post({ text: 'step', thread_ts: ts, reply_broadcast: true });
    await call('chat.update', { channel: bot.channel, ts, text: 'DONE' });

    expect(bot.messages()).toMatchObject([
      {
        ts: expect.stringMatching(/^\d+\.\d{6}$/),
        isBroadcast: false,
        // What an edit leaves out stays.
        states: [{ text: 'OPEN' }, { text: 'DONE', blocks: [section('open')] }],
      },
      { threadTs: ts, isBroadcast: true, states: [{ text: 'step' }] },
    ]);
    expect(events.all()).toMatchObject(times(3, { kind: 'slack', status: 200, answer: 'ok' }));
  });

  test.for<[string, object, string]>([
    ['a channel that is none', { channel: 'C9', text: 'x' }, 'channel_not_found'],
    ['a channel that it is not in', { channel: 'C0LAB00002', text: 'x' }, 'not_in_channel'],
    ['a reply to nothing', { text: 'x', thread_ts: '1.000001' }, 'thread_not_found'],
    ['a time that is none', { text: 'x', thread_ts: '1' }, 'invalid_thread_ts'],
    ['a broadcast of no reply', { text: 'x', reply_broadcast: true }, 'invalid_arguments'],
    ['no text', { unfurl_links: false }, 'no_text'],
    ['a long text', { text: 'x'.repeat(40_001) }, 'msg_too_long'],
    [
      'many long blocks',
      { text: 'x', blocks: times(6, section('x'.repeat(2_500))) },
      'msg_blocks_too_long',
    ],
    ['a long block', { text: 'x', blocks: [section('x'.repeat(3_001))] }, 'invalid_blocks'],
    ['metadata without a type', { text: 'x', metadata: {} }, 'invalid_metadata_format'],
  ])('refuses %s, with 200 as Slack does', async ([, fields, error], context) => {
    const { bot, events, receiver, post } = await aBot(context);

    expect(await post(fields)).toMatchObject({ status: 200, ok: false, error });

    expect(bot.messages()).toEqual([]);
    expect(receiver.refusals()).toMatchObject([{ code: error }]);
    // Whoever counts messages counts what was taken.
    expect(events.all()).toMatchObject([{ kind: 'slack', status: 400, answer: error }]);
  });

  test.for<[string, string]>([
    ['', 'not_authed'],
    ['xoxb-another', 'invalid_auth'],
  ])('refuses the token "%s"', async ([token, error], context) => {
    const { post } = await aBot(context);

    expect(await post({ text: 'x' }, token)).toMatchObject({ ok: false, error });
  });

  test('refuses to edit what is not there, and methods that a bot does not need', async (context) => {
    const { bot, call, post } = await aBot(context);
    const { ts = '' } = await post({ text: 'x' });
    bot.remove(ts);
    const edit = { channel: bot.channel, ts, text: 'y' };

    expect(await call('chat.update', edit)).toMatchObject({ error: 'message_not_found' });
    expect(await call('chat.delete', edit)).toMatchObject({ error: 'unknown_method' });
  });

  test('fails as asked', async (context) => {
    const { receiver, post } = await aBot(context);
    receiver.faults.next({ kind: 'api-error', error: 'fatal_error' });

    expect(await post({ text: 'x' })).toMatchObject({ ok: false, error: 'fatal_error' });
    expect(await post({ text: 'x' })).toMatchObject({ ok: true });
  });
});
