import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Answer, byStatus, isFailed, Load, type LoadOptions } from './load.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function startLoad(url: string, options: Partial<LoadOptions> = {}): Load {
  const load = new Load({ url, perSecond: 100, timeoutMs: 10_000, ...options });
  onTestFinished(() => load.close());
  return load;
}

/** The first answers, once there are so many. */
async function answersOf(load: Load, count: number): Promise<readonly Answer[]> {
  await vi.waitFor(() => expect(load.answers.length).toBeGreaterThanOrEqual(count), 5_000);
  return load.answers.slice(0, count);
}

describe('the load', () => {
  test('holds its rate when nothing is answered at all', async () => {
    let received = 0;
    const url = await serve(() => {
      received += 1;
    });
    const startedMs = performance.now();

    const load = startLoad(url, { perSecond: 200 });

    await vi.waitFor(() => expect(received).toBeGreaterThanOrEqual(300), 5_000);
    const seconds = (performance.now() - startedMs) / 1_000;
    expect(load.answers).toEqual([]);
    expect(load.inFlight).toBe(load.sent);
    expect(received).toBeLessThanOrEqual(seconds * 200);
    expect(load.sent).toBeGreaterThan(seconds * 200 - 50);
  });

  test('goes on at another rate when told so, and owes nothing for the time before', async () => {
    let received = 0;
    const url = await serve((_request, response) => {
      received += 1;
      response.end();
    });
    const load = startLoad(url, { perSecond: 10 });
    await vi.waitFor(() => expect(received).toBeGreaterThanOrEqual(2), 5_000);
    const changedMs = performance.now();
    const before = load.sent;

    load.setRate(200);

    await vi.waitFor(() => expect(received).toBeGreaterThanOrEqual(before + 100), 5_000);
    const seconds = (performance.now() - changedMs) / 1_000;
    expect(load.sent - before).toBeLessThanOrEqual(seconds * 200 + 1);
    expect(load.sent - before).toBeGreaterThan(seconds * 200 - 50);
  });

  test('notes each status, when it was sent and how long it took', async () => {
    const startedAt = Date.now();
    const url = await serve(({ url: path = '' }, response) => {
      response.statusCode = path.startsWith('/work') ? 500 : 200;
      response.end('x'.repeat(100_000));
    });

    const answers = await answersOf(startLoad(url), 30);

    expect(byStatus(answers)).toEqual({ 200: 20, 500: 10 });
    expect(answers.filter(isFailed)).toHaveLength(10);
    for (const { at, durationMs } of answers) {
      expect(at).toBeGreaterThanOrEqual(startedAt);
      expect(at).toBeLessThanOrEqual(Date.now());
      expect(durationMs).toBeGreaterThan(0);
    }
  });

  test.for<readonly [string, RequestListener, Answer['status']]>([
    ['that never comes', () => {}, 'timeout'],
    ['that stops in the middle', (_request, response) => response.write('half'), 'timeout'],
    ['that is cut off', ({ socket }) => socket.destroy(), 'reset'],
    [
      'that is cut off in the middle',
      ({ socket }, response) => response.write('half', () => socket.destroy()),
      'reset',
    ],
  ])('counts an answer %s once, as a failure', async ([, listener, status]) => {
    const load = startLoad(await serve(listener), { timeoutMs: 100 });

    const answers = await answersOf(load, 20);
    load.stop();

    expect(byStatus(answers)).toEqual({ [status]: 20 });
    expect(answers.every(isFailed)).toBe(true);
    await vi.waitFor(() => expect(load.inFlight).toBe(0));
    expect(load.answers).toHaveLength(load.sent);
  });

  test('tells a refused connection', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');

    const answers = await answersOf(startLoad(`http://127.0.0.1:${port}`), 5);

    expect(byStatus(answers)).toEqual({ refused: 5 });
  });

  test('when stopped, still waits for what is on its way', async () => {
    const waiting: (() => void)[] = [];
    const url = await serve((_request, response) => waiting.push(() => response.end()));
    const load = startLoad(url);
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(5));

    load.stop();
    await vi.waitFor(() => expect(waiting).toHaveLength(load.sent));
    for (const answer of waiting) answer();

    await vi.waitFor(() => expect(load.answers).toHaveLength(load.sent));
    expect(load.inFlight).toBe(0);
  });

  test('when closed, drops what is on its way', async () => {
    let open = 0;
    const url = await serve(({ socket }) => {
      open += 1;
      socket.once('close', () => {
        open -= 1;
      });
    });
    const load = startLoad(url);
    await vi.waitFor(() => expect(open).toBeGreaterThan(5));

    load.close();

    await vi.waitFor(() => expect(open).toBe(0));
    expect(load.answers).toEqual([]);
    expect(load.inFlight).toBe(0);
  });
});

test('counts by status, the commonest first', () => {
  const answers = [200, 'timeout', 500, 200, 500, 200].map(
    (status) => ({ at: 0, durationMs: 1, status }) as Answer,
  );

  expect(Object.entries(byStatus(answers))).toEqual([
    ['200', 3],
    ['500', 2],
    ['timeout', 1],
  ]);
});
