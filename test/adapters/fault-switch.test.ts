import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { faultSwitch } from '../../functions/adapters/fault-switch.ts';
import { epochMillis } from '../../functions/core/time.ts';

const TASK = '0f3c7a5d1b9e4c2f8a6d7e5b4c3f2a10';
const AT = epochMillis(1_800_000_000_000);
const signal = new AbortController().signal;
const switches = faultSwitch(async () => 'secret');

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly port: number | undefined;
}

type Reply = { readonly status: number; readonly body?: object };
const TAKEN: Reply = { status: 202, body: { taskId: TASK } };

/** A service whose answers come in this order, the last one for ever. */
async function serve(...replies: readonly Reply[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += String(part);
    });
    request.on('end', () => {
      const { method, url: path, headers, socket } = request;
      received.push({ method, path, headers, body, port: socket.remotePort });
      const reply = replies[Math.min(received.length, replies.length) - 1];
      response.writeHead(reply?.status ?? 500);
      response.end(JSON.stringify(reply?.body ?? {}));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = { url, taskId: TASK, issuedAt: AT, triesMax: 5 };
  const fault = { kind: 'hang', seconds: 3 } as const;
  return {
    received,
    on: () => switches.on({ ...call, fault, endsAt: epochMillis(AT + 60_000) }, signal),
    off: (path: string) => switches.off({ ...call, url: `${url}${path}` }, signal),
  };
}

test('repeats a request until it meets the task that is meant, each time on a new connection', async () => {
  const service = await serve({ status: 421 }, { status: 503 }, { status: 421 }, TAKEN);

  expect(await service.on()).toEqual({ kind: 'taken', tries: 4 });

  expect(new Set(service.received.map(({ port }) => port)).size).toBe(4);
  expect(service.received[0]).toMatchObject({
    method: 'PUT',
    path: '/drill/fault',
    body: '{"kind":"hang","durationMs":3000}',
    headers: {
      'x-drill-task': TASK,
      'x-drill-timestamp': String(AT),
      'x-drill-ends-at': String(AT + 60_000),
      'x-drill-signature': expect.stringMatching(/^v1=[0-9a-f]{64}$/),
    },
  });
  expect(JSON.stringify(service.received)).not.toContain('secret');
});

test('asks no more often than it may', async () => {
  const service = await serve({ status: 421 });

  expect(await service.on()).toEqual({ kind: 'not-met', tries: 5 });
  expect(service.received).toHaveLength(5);
});

test.for<readonly [string, Reply]>([
  ['where no switch is', { status: 404 }],
  ['by a task that does not understand', { status: 400, body: { error: 'kind' } }],
  ['by a task that was mended since', { status: 409 }],
])('is not repeated when it is refused %s', async ([, reply]) => {
  const service = await serve(reply);

  expect(await service.on()).toMatchObject({
    kind: 'refused',
    tries: 1,
    message: expect.stringContaining(`status ${reply.status}`),
  });
});

test('takes no answer of anybody else for that of the task', async () => {
  const service = await serve({ status: 202, body: { taskId: 'another' } });

  expect(await service.on()).toMatchObject({ kind: 'not-met' });
});

test('mends below the path that a proxy offers the service at', async () => {
  const service = await serve(TAKEN);

  expect(await service.off('/shop/')).toEqual({ kind: 'taken', tries: 1 });

  const [request] = service.received;
  expect(request).toMatchObject({ method: 'DELETE', path: '/shop/drill/fault', body: '' });
  expect(request?.headers).not.toHaveProperty('x-drill-ends-at');
});

test('says that nobody was met where nobody listens', async () => {
  const nowhere = { url: 'http://127.0.0.1:1', taskId: TASK, issuedAt: AT, triesMax: 2 };

  expect(await switches.off(nowhere, signal)).toEqual({ kind: 'not-met', tries: 2 });
});
