import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Child, ChildProcesses } from '../lab/process/child-processes.ts';
import { callSwitch } from '../lab/site/fault-calls.ts';

const MAIN = new URL('../../workload/src/main.ts', import.meta.url);
const TOKEN = 'secret';
const TASK = '0f3c7a5d1b9e4c2f8a6d7e5b4c3f2a10';

/** Catalog and task metadata endpoint in one. */
async function startBackend(): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const arn = `arn:aws:ecs:eu-west-1:123456789012:task/shop/${TASK}`;
    response.end(JSON.stringify(request.url === '/v4/x/task' ? { TaskARN: arn } : { price: 1 }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** It may become ready at the same moment, so that need not be the last line. */
function draining(service: { readonly lines: readonly unknown[] }): Promise<void> {
  const line = expect.objectContaining({ msg: 'draining' });
  return vi.waitFor(() => expect(service.lines).toContainEqual(line), { timeout: 10_000 });
}

describe('the process', () => {
  const children = new ChildProcesses();
  let backend: Awaited<ReturnType<typeof startBackend>>;
  let running: Child[] = [];

  beforeAll(async () => {
    backend = await startBackend();
  });
  afterEach(async () => {
    for (const child of running) child.signal('SIGKILL');
    await Promise.all(running.map(({ exited }) => exited));
    running = [];
  });
  afterAll(async () => {
    await children.close();
    backend.server.close();
    backend.server.closeAllConnections();
  });

  interface Running {
    readonly child: Child;
    readonly lines: Record<string, unknown>[];
  }

  function start(env: Readonly<Record<string, string>>): Running {
    const lines: Record<string, unknown>[] = [];
    const child = children.spawnChild({
      name: 'workload',
      file: MAIN,
      env: { HOST: '127.0.0.1', PORT: '0', CATALOG_URL: backend.url, ...env },
      onLine: (line) => lines.push(JSON.parse(line)),
    });
    running.push(child);
    return { child, lines };
  }

  /** Base URL, once it listens. */
  async function urlOf({ lines }: Running): Promise<string> {
    return vi.waitFor(
      () => {
        const said = lines.map(({ msg }) => /^listening on ([\d.:]+)$/.exec(String(msg))?.[1]);
        const address = said.find((found) => found !== undefined);
        if (address === undefined) throw new Error('not listening yet');
        return `http://${address}`;
      },
      { timeout: 10_000, interval: 10 },
    );
  }

  it('ends with 78 and one line that names every problem of its environment', async () => {
    const { child, lines } = start({ PORT: 'http', CATALOG_URL: '' });

    expect((await child.exited).exitCode).toBe(78);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'fatal', time: expect.any(Number) });
    expect(lines[0]?.['msg']).toMatch(/PORT: got "http".*|CATALOG_URL: got nothing.*/);
  });

  it('logs under the task id of the metadata endpoint', async () => {
    const service = start({ ECS_CONTAINER_METADATA_URI_V4: `${backend.url}/v4/x`, REVISION: '7' });

    const answer = await fetch(`${await urlOf(service)}/checkout/42`);

    expect(await answer.json()).toEqual({ id: '42', item: { price: 1 } });
    await vi.waitFor(() => expect(service.lines.at(-1)).toMatchObject({ path: '/checkout/42' }));
    expect(service.lines.at(-1)).toMatchObject({
      service: 'checkout',
      revision: '7',
      taskId: '0f3c7a5d1b9e4c2f8a6d7e5b4c3f2a10',
      status: 200,
    });
  });

  it('listens before it is ready', async () => {
    const service = start({ STARTUP_MS: '600' });
    const url = await urlOf(service);
    const statuses = () =>
      Promise.all(['/health', '/ready'].map(async (path) => (await fetch(url + path)).status));

    expect(await statuses()).toEqual([503, 503]);
    await expect.poll(statuses, { timeout: 5000 }).toEqual([200, 200]);
  });

  it('says where it listens as its environment says it, not where it was put', async () => {
    const service = start({ HOST: '0.0.0.0', BIND_HOST: '127.0.0.1', HEARTBEAT_MS: '20' });

    await vi.waitFor(() => expect(service.lines.at(-1)).toMatchObject({ msg: 'serving' }), 5000);

    const said = service.lines.map(({ msg }) => String(msg));
    expect(said.slice(0, 2)).toEqual([
      expect.stringMatching(/^listening on 0\.0\.0\.0:[1-9]\d+$/),
      'ready',
    ]);
    expect(service.lines.at(-1)).toMatchObject({ requests: 0 });
  });

  it('has the fault of its environment from the start', async () => {
    const service = start({
      DRILLS_ENABLED: 'true',
      DRILL_TOKEN: TOKEN,
      DRILL_FAULT: '{"kind":"exit","code":3}',
    });

    expect((await service.child.exited).exitCode).toBe(3);
    expect(service.lines.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^listening on /),
      'ready',
      'fault switched on',
    ]);
  });

  it('serves on after SIGTERM until it has drained, then ends with 0', async () => {
    const service = start({ DRAIN_MS: '1500' });
    const url = await urlOf(service);

    service.child.signal('SIGTERM');
    await draining(service);
    const meanwhile = await fetch(`${url}/work`);

    expect(meanwhile.status).toBe(200);
    expect(meanwhile.headers.get('connection')).toBe('close');
    expect(await service.child.exited).toEqual({ exitCode: 0, signal: null });
  });

  it('ends at once on a second signal', async () => {
    const service = start({ DRAIN_MS: '60000' });
    await urlOf(service);

    service.child.signal('SIGTERM');
    await draining(service);
    service.child.signal('SIGTERM');

    expect((await service.child.exited).exitCode).toBe(1);
  });

  it('hangs on demand: neither a request nor SIGTERM gets through', async () => {
    const service = start({
      DRILLS_ENABLED: 'true',
      DRILL_TOKEN: TOKEN,
      DRAIN_MS: '0',
      TASK_ID: TASK,
    });
    const url = await urlOf(service);

    const place = { url, taskId: TASK, secret: TOKEN };
    const accepted = await callSwitch(place, { kind: 'hang', durationMs: 60_000 });
    const limit = { signal: AbortSignal.timeout(300) };
    service.child.signal('SIGTERM');

    expect(accepted.status).toBe(202);
    await expect(fetch(`${url}/health`, limit)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(service.child.isRunning()).toBe(true);
  });

  it('exits on demand with the code asked for', async () => {
    const service = start({ DRILLS_ENABLED: 'true', DRILL_TOKEN: TOKEN, TASK_ID: TASK });

    const place = { url: await urlOf(service), taskId: TASK, secret: TOKEN };
    await callSwitch(place, { kind: 'exit', code: 42 });

    expect((await service.child.exited).exitCode).toBe(42);
  });
});
