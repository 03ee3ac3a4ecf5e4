import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LiveModel } from './live-model.ts';
import { type LiveServer, startLiveServer } from './live-server.ts';

const PAGE = { html: '<!doctype html><p>the page</p>', scriptHash: 'sha256-abc' };
const OVER = { word: 'PASS', why: 'every limit holds', report: '<p>the report</p>' };

let server: LiveServer;
let model: LiveModel;
let stops = 0;

beforeEach(async () => {
  stops = 0;
  model = new LiveModel('grey-5xx');
  server = await startLiveServer({
    page: PAGE,
    view: () => model.view(),
    stop: () => {
      stops += 1;
    },
  });
});

afterEach(() => server.close(OVER));

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function open({ method = 'GET', path = '', headers = {} }: Asked): ClientRequest {
  const url = new URL(path, server.url);
  return request(url, { method, headers }).end();
}

async function ask(asked: Asked): Promise<IncomingMessage> {
  const sent = open(asked);
  return new Promise((resolve, reject) => {
    sent.once('response', resolve).once('error', reject);
  });
}

async function statusOf(asked: Asked): Promise<number | undefined> {
  const answer = await ask(asked);
  answer.resume();
  return answer.statusCode;
}

const origin = (): string => new URL(server.url).origin;
const host = (): string => new URL(server.url).host;
const pathname = (): string => new URL(server.url).pathname;

describe('who may look', () => {
  test('is whoever has the token, on loopback', async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/$/);
    const answer = await ask({});

    expect(answer.statusCode).toBe(200);
    expect(await text(answer)).toBe(PAGE.html);
    expect(answer.headers['content-security-policy']).toContain(
      `default-src 'none'; script-src '${PAGE.scriptHash}'`,
    );
  });

  test.for(['/', '/events', '/x/', '/..%2f/'])('is nobody else: %s', async (path) => {
    expect(await statusOf({ path })).toBe(404);
  });

  test('is nobody with a token of the right length', async () => {
    const wrong = pathname().replace(/[\w-]/, (first) => (first === 'A' ? 'B' : 'A'));

    expect(await statusOf({ path: wrong })).toBe(404);
    expect(await statusOf({ path: `${wrong}events` })).toBe(404);
  });

  test('is no page that gave this machine another name', async () => {
    expect(await statusOf({ headers: { host: 'rebound.example' } })).toBe(403);
    expect(await statusOf({ path: 'events', headers: { host: 'rebound.example' } })).toBe(403);
  });
});

describe('the stop', () => {
  test('is asked for by the page itself', async () => {
    const headers = { origin: origin() };

    expect(await statusOf({ method: 'POST', path: 'stop', headers })).toBe(202);
    expect(stops).toBe(1);
  });

  test('is refused to everybody else', async () => {
    const stop = { method: 'POST', path: 'stop' };

    expect(await statusOf(stop)).toBe(403);
    expect(await statusOf({ ...stop, headers: { origin: 'https://elsewhere.example' } })).toBe(403);
    expect(await statusOf({ ...stop, headers: { origin: 'null' } })).toBe(403);
    expect(await statusOf({ ...stop, method: 'GET' })).toBe(404);
    expect(await statusOf({ ...stop, path: '/x/stop', headers: { origin: origin() } })).toBe(404);
    expect(stops).toBe(0);
  });
});

describe('the stream', () => {
  test('begins with everything so far, goes on with changes, and ends with the report', async () => {
    model.show({ kind: 'phase', elapsedMs: 1_000, name: 'the first' });
    const answer = await ask({ path: 'events' });
    let got = '';
    answer.setEncoding('utf8').on('data', (part: string) => {
      got += part;
    });
    model.show({ kind: 'phase', elapsedMs: 2_000, name: 'the second' });
    server.changed();
    await vi.waitFor(() => expect(got).toContain('the second'));
    const ended = once(answer, 'end');
    await server.close(OVER);
    await ended;

    const events = [...got.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(
      ([, name, data]) => [name, JSON.parse(data ?? '')] as const,
    );
    expect(events[0]).toEqual(['frame', expect.objectContaining({ phase: 'the first' })]);
    expect(events.at(-2)).toEqual(['frame', expect.objectContaining({ phase: 'the second' })]);
    expect(events.at(-1)).toEqual(['over', OVER]);
  });

  test('has room for eight tabs', async () => {
    const tabs = await Promise.all(Array.from({ length: 9 }, () => ask({ path: 'events' })));

    expect(tabs.filter(({ statusCode }) => statusCode === 503)).toHaveLength(1);
  });

  test('frees the port though a tab reads nothing', async () => {
    const { port } = new URL(server.url);
    const deaf = connect(Number(port), '127.0.0.1');
    deaf.write(`GET ${pathname()}events HTTP/1.1\r\nhost: ${host()}\r\n\r\n`);
    deaf.pause();
    await ask({ path: 'events' });

    await server.close({ ...OVER, report: 'x'.repeat(5_000_000) });

    await expect(ask({})).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    deaf.destroy();
  });
});
