import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { notifyVariables } from '../../functions/core/environment-notify.ts';
import { diagnose, examination, readFindings } from './heal-diagnosis.ts';
import { offer } from './heal-functions.ts';
import { type Deployment, useWorld } from './heal-world.ts';

let healer: Deployment;
useWorld((deployed) => {
  healer = deployed;
});

const findings = (...options: readonly string[]) => diagnose(healer, ...options);

describe("slack's webhook", () => {
  test.each([
    ['that is not there', ['--slack-secret', 'none'], 'ResourceNotFoundException'],
    ['that has no URL in it', ['--slack-secret', 'odd'], 'wanted JSON with a field webhookUrl'],
    ['that is no URL', ['--slack-secret', 'word'], 'got no URL, wanted one'],
  ])('%s', async (_, options, detail) => {
    healer.secrets.put('odd', '{"url":"hush"}');
    healer.secrets.put('word', 'hush');

    const { code, of } = await findings(...options);

    expect(code).toBe(1);
    expect(of('slack', 'wrong')).toContain(detail);
    expect(of('slack', 'wrong')).not.toContain('hush');
  });

  test('in a parameter is reached, and nothing is posted', async () => {
    const before = healer.slack.messages().length;
    healer.parameters.put('/slack', healer.slack.webhookUrl, 'SecureString');

    const { code, facts } = await healer.heal(['doctor', '--json', '--slack-parameter', '/slack']);

    expect(code).toBe(0);
    const { host } = new URL(healer.slack.webhookUrl);
    const detail = `a webhook is there, and ${host} answers; nothing was posted`;
    expect(facts.at(-1)).toMatchObject({ check: 'slack', finding: 'well', detail });
    expect(healer.slack.messages()).toHaveLength(before);
  });

  test('of a host that does not answer is unknown, and not shown', async () => {
    healer.secrets.put('closed', 'http://127.0.0.1:1/services/secretpart');

    const { code, of } = await findings('--slack-secret', 'closed');

    expect(code).toBe(5);
    expect(of('slack', 'unknown')).toContain('127.0.0.1:1 does not answer');
    expect(of('slack', 'unknown')).not.toContain('secretpart');
  });

  test('takes a test message, when one is asked for', async () => {
    const { code, of } = await findings('--post-test');

    expect([code, of('slack', 'well')]).toEqual([0, expect.stringContaining('took a test')]);
    expect(healer.slack.messages().at(-1)?.payload).toMatchObject({
      text: 'TEST by ana, from "heal doctor": no action needed.',
    });
  });

  test('that refuses the test message', async () => {
    healer.slack.faults.next({ kind: 'no-service' });

    const { code, of } = await findings('--post-test');

    expect(code).toBe(1);
    expect(of('slack', 'wrong')).toContain('slack refuses it: no_service');
  });
});

describe("slack's bot", () => {
  const TOKEN = 'xoxb-hush-hush';
  const asked: { path?: string | undefined; authorization?: string | undefined; body: unknown }[] =
    [];
  let answer: object = {};
  const server = createServer((request, response) => {
    json(request).then((body) => {
      asked.push({ path: request.url, authorization: request.headers.authorization, body });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    }, response.destroy);
  });
  beforeAll(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', resolve);
    await promise;
  });
  afterAll(() => server.close());

  /** Without the webhook that the others name. */
  async function ask(...options: readonly string[]) {
    const { port } = server.address() as AddressInfo;
    const all = examination(healer).filter((_, index, every) => {
      const isSecret = (at: number) => every[at] === '--slack-secret';
      return !isSecret(index) && !isSecret(index - 1);
    });
    const env = { SLACK_API_URL: `http://127.0.0.1:${port}/api/` };
    healer.secrets.put('bot', JSON.stringify({ token: TOKEN }));
    return healer.heal([...all, '--json', ...options], { env });
  }

  test('is asked who it is, and nothing is posted', async () => {
    answer = { ok: true, user: 'self-healing', team: 'Shop' };

    const ended = await ask('--slack-token-secret', 'bot');

    expect(readFindings(ended).of('slack', 'well')).toContain('the token is self-healing in Shop');
    expect(asked).toEqual([{ path: '/api/auth.test', authorization: `Bearer ${TOKEN}`, body: {} }]);
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(TOKEN);
  });

  test('with a token that Slack does not take', async () => {
    answer = { ok: false, error: 'token_revoked' };

    const { code, of } = readFindings(await ask('--slack-token-secret', 'bot'));

    expect(code).toBe(1);
    expect(of('slack', 'wrong')).toContain('slack refuses it: token_revoked');
  });

  test('is known from notify, and posts a test to its channel', async () => {
    answer = { ok: true };
    const chat = {
      kind: 'bot',
      token: { in: 'secret', name: 'bot' },
      channel: 'C0123456789',
      broadcast: 'needs-human',
    } as const;
    const { table: tableName, path: servicesPath } = healer;
    const environment = notifyVariables({
      ...{ chat, tableName, servicesPath, environment: 'prod', canRespond: false },
    });
    const run = async () => null;
    healer.scene.functions.push(offer({ name: 'notify', environment, sources: [], run }));

    const { code, of } = readFindings(await ask('--notify-function', 'notify', '--post-test'));

    expect([code, of('slack', 'wrong')]).toEqual([0, '']);
    expect(asked.at(-1)).toMatchObject({
      path: '/api/chat.postMessage',
      body: { channel: 'C0123456789', text: expect.stringMatching(/^TEST by ana/) },
    });
  });

  test('without a channel has nowhere to post a test', async () => {
    const { code, of } = readFindings(await ask('--slack-token-secret', 'bot', '--post-test'));

    expect(code).toBe(1);
    expect(of('slack', 'wrong')).toContain('no channel to post a test to → name it with --slack');
  });

  test('and a notify that cannot start', async () => {
    const run = async () => null;
    healer.scene.functions.push(offer({ name: 'notify', environment: {}, sources: [], run }));

    const { code, of } = readFindings(await ask('--notify-function', 'notify'));

    expect(code).toBe(1);
    expect(of('slack', 'wrong')).toContain('chat: got nothing, wanted one of SLACK_WEBHOOK');
  });
});
