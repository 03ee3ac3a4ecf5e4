import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../functions/core/entry.ts';
import type { Chat } from '../../functions/core/environment-notify.ts';
import type { Kept } from '../../functions/core/environment-variables.ts';
import { readEvent } from '../events/manifest.ts';
import { SLACK_SECRET, TOKEN_SECRET } from '../lab/names.ts';
import { announcement, type NotifyWorld, openNotifyWorld } from './notify-world.ts';

let world: NotifyWorld;

beforeAll(async () => {
  world = await openNotifyWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.slack.faults.clear();
  world.secrets.put(SLACK_SECRET, world.slack.webhookUrl);
});

function anSnsEvent(message: unknown): unknown {
  const event = readEvent('sns-alarm-metric-ALARM.json') as {
    Records: { Sns: { Message: string } }[];
  };
  for (const { Sns } of event.Records) Sns.Message = JSON.stringify(message);
  return event;
}

describe('the bundled notify function', () => {
  test('posts an announcement to Slack', async () => {
    expect(await world.invoke(anSnsEvent(announcement()))).toBeNull();

    expect(world.posted().at(-1)).toMatch(/^ACTING checkout-api \(prod\): stopped 1 ill task of 4/);
  });

  test('reads the hook from a secret in JSON too', async () => {
    world.secrets.put(SLACK_SECRET, JSON.stringify({ webhookUrl: world.slack.webhookUrl }));
    const before = world.posted().length;

    await world.invoke(anSnsEvent(announcement()));

    expect(world.posted()).toHaveLength(before + 1);
  });

  test.each([
    ['bare', () => world.slack.webhookUrl],
    ['in JSON', () => JSON.stringify({ webhookUrl: world.slack.webhookUrl })],
  ])('reads the hook %s from an encrypted parameter', async (_name, value) => {
    const url: Kept = { in: 'parameter', name: '/ecs-self-healing/slack-webhook' };
    world.parameters.put(url.name, value(), 'SecureString');
    const before = world.posted().length;

    expect(await world.invoke(anSnsEvent(announcement()), { kind: 'webhook', url })).toBeNull();

    expect(world.posted()).toHaveLength(before + 1);
  });

  test('fails without the parameter, naming the call and not the hook', async () => {
    const url: Kept = { in: 'parameter', name: '/nowhere' };

    const answer = await world.invoke(anSnsEvent(announcement()), { kind: 'webhook', url });

    expect(JSON.stringify(answer)).toMatch(/ssm:GetParameter: .*ParameterNotFound/);
  });

  test.each([
    ['another schema', { schema: 'pancake/1', entry: {} }],
    ['a missing field', { schema: 'ecs-self-healing/entry/1', entry: { id: 'x' } }],
    ['no JSON object', 'text'],
  ])('fails on %s, so that the message is kept', async (_name, message) => {
    expect(await world.invoke(anSnsEvent(message))).toMatchObject({
      errorMessage: expect.stringContaining('announcement'),
    });
  });

  test('fails when Slack is down, so that the message comes again', async () => {
    world.slack.faults.next({ kind: 'server-error' }, 3);

    expect(await world.invoke(anSnsEvent(announcement()))).toMatchObject({
      errorMessage: 'slack did not take the message: 500',
    });
  });

  test.each([
    ['http://evil.example/hook'],
    ['{"hook":"https://hooks.slack.com/services/T/B/topsecret"}'],
  ])('fails on the secret %s without showing it', async (secret) => {
    world.secrets.put(SLACK_SECRET, secret);
    const before = world.events.all().length;

    const failed = await world.invoke(anSnsEvent(announcement()));

    expect(failed).toMatchObject({
      errorMessage: expect.stringMatching(/^(?:slack webhook secret|secret of webhookUrl): wanted/),
    });
    const logged = JSON.stringify(
      world.events
        .all()
        .slice(before)
        .filter(({ kind }) => kind === 'function-log'),
    );
    expect(logged).not.toMatch(/evil\.example|topsecret/);
  });

  test('never logs the hook', () => {
    const logged = world.events.all().filter(({ kind }) => kind === 'function-log');

    expect(JSON.stringify(logged)).not.toContain(new URL(world.slack.webhookUrl).pathname);
  });
});

const TOKEN: Kept = { in: 'secret', name: TOKEN_SECRET };
const bot = (): Chat => ({
  kind: 'bot',
  token: TOKEN,
  channel: world.slack.bot.channel,
  mention: 'S0ONCALL',
  broadcast: 'needs-human',
});

describe('the bundled notify function with a bot', () => {
  const incidentId = 'inc-of-the-bot';
  const step = (seq: number, kind: Entry['kind']): unknown =>
    anSnsEvent(announcement({ id: `${incidentId}#${seq}`, incidentId, seq, kind }));

  test('keeps one message for an incident, from one cold start to the next', async () => {
    world.secrets.put(TOKEN_SECRET, JSON.stringify({ botToken: world.slack.bot.token }));

    expect(await world.invoke(step(1, 'stopped'), bot())).toBeNull();
    expect(await world.invoke(step(2, 'recovered'), bot())).toBeNull();
    expect(await world.invoke(step(1, 'stopped'), bot())).toBeNull();

    const [root, ...replies] = world.slack.bot.messages();
    expect(root?.states.map(({ text }) => text?.split(' ')[0])).toEqual(['ACTING', 'RECOVERED']);
    expect(replies.map(({ threadTs }) => threadTs)).toEqual([root?.ts, root?.ts]);
  });

  test('fails with a hint when Slack refuses, and never logs the token', async () => {
    world.secrets.put(TOKEN_SECRET, 'xoxb-topsecret');

    expect(await world.invoke(step(3, 'recovered'), bot())).toMatchObject({
      errorMessage: expect.stringContaining('invalid_auth'),
    });

    const logged = world.events.all().filter(({ kind }) => kind === 'function-log');
    expect(JSON.stringify(logged)).not.toContain('topsecret');
  });
});

describe('the bundled notify function with a topic', () => {
  test('publishes what Amazon Q Developer shows', async () => {
    const chat: Chat = { kind: 'topic', topicArn: world.chatTopicArn };

    expect(await world.invoke(anSnsEvent(announcement()), chat)).toBeNull();

    const messages = world.events.all().flatMap((event) => {
      if (event.kind !== 'call' || event.operation !== 'Publish') return [];
      return [(event.input as { readonly Message: string }).Message];
    });
    expect(JSON.parse(messages.at(-1) ?? '{}')).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: { textType: 'client-markdown', title: expect.stringContaining('ACTING') },
      metadata: { threadId: expect.stringMatching(/^inc-of-/) },
    });
  });
});
