/**
 * AWS on loopback: one HTTP server that finds the service by the signature's scope, asks
 * IAM, answers, injects faults, records.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { LabEvents, RecordedCall } from '../events.ts';
import type { Buckets } from './buckets.ts';
import { type Authorize, type Exchange, readExchange } from './exchange.ts';
import { Faults } from './faults.ts';
import type { AwsService } from './operation.ts';
import { headersOf, readBody, type Upstream } from './upstream.ts';
import type { WireAnswer, WireRequest } from './wire.ts';

type Route = (request: IncomingMessage, response: ServerResponse) => void;

export interface GatewayOptions {
  readonly events: LabEvents;
  readonly services: readonly AwsService[];
  /** Services answered elsewhere, by signing name. */
  readonly proxies?: Readonly<Record<string, Upstream>>;
  /** Plain HTTP beside AWS, by path prefix, such as the ECS task metadata; not recorded. */
  readonly routes?: Readonly<Record<string, Route>>;
  readonly region: string;
  readonly accountId: string;
  /**
   * What a round trip takes at the least, as on a real network; without it, calls that a client makes in
   * parallel look as if it made them one after the other. @default 0
   */
  readonly latencyMs?: number;
  /**
   * Judges each call before it runs, and before any fault hits it. @default - everyone may do
   * everything
   */
  readonly authorize?: Authorize;
  /** Rate limits; a call that is one too many is refused and not run. @default - there are none */
  readonly buckets?: Buckets;
}

export interface Gateway {
  /** `http://127.0.0.1:<port>`: the endpoint for every SDK client. */
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  /** Ends calls in flight and frees the port. */
  close(): Promise<void>;
}

/**
 * Listens on loopback, on a port the system chooses. @throws Error when two services claim one
 * signing name.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  checkServices(options);
  const faults = new Faults();
  const closing = new AbortController();
  const server = createServer((request, response) => {
    const route = routeFor(options, request);
    if (route) {
      route(request, response);
      return;
    }
    answerCall(options, faults, closing.signal, request, response).catch((error: unknown) => {
      // After the answer only a listener of the record can fail: that is a bug, and ends the process.
      if (response.headersSent) throw error;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      response.writeHead(500).end(`the gateway could not answer: ${text}`);
    });
  });
  // A caller may keep its connection for as long as it likes, so that no reuse meets a closing
  // socket.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  for (const upstream of Object.values(options.proxies ?? {})) upstream.publishedAt?.(url);
  const close = async (): Promise<void> => {
    closing.abort();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url, port, faults, close };
}

function checkServices({ services, proxies = {}, accountId }: GatewayOptions): void {
  const names = [...services.map((service) => service.signingName), ...Object.keys(proxies)];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`services: got ${twice} twice, want each name once`);
  for (const [name, upstream] of Object.entries(proxies)) {
    if (upstream.accountId !== undefined && upstream.accountId !== accountId) {
      throw new Error(`accountId: got ${accountId}, want ${upstream.accountId} (fixed by ${name})`);
    }
  }
}

function routeFor(options: GatewayOptions, request: IncomingMessage): Route | undefined {
  const path = request.url ?? '/';
  return Object.entries(options.routes ?? {}).find(([prefix]) => path.startsWith(prefix))?.[1];
}

async function answerCall(
  options: GatewayOptions,
  faults: Faults,
  closing: AbortSignal,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const at = Date.now();
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const request: WireRequest = {
    method: incoming.method ?? 'POST',
    path: incoming.url ?? '/',
    headers: headersOf(incoming),
    body: await readBody(incoming),
  };
  const requestId = randomUUID();
  const signal = AbortSignal.any([closing, gone.signal]);
  const exchange = readExchange(options, request, { at, requestId, signal });
  const denial = await options.authorize?.(exchange);
  const call = { ...exchange, ...traceOf(request) };
  const fault = denial ? undefined : faults.take(call);
  const refusal = denial ?? (fault ? undefined : options.buckets?.take(exchange));
  const answer = refusal
    ? exchange.refuse(refusal.code, refusal.message, refusal.status)
    : await perform(exchange, fault, signal);
  const left = (options.latencyMs ?? 0) - (Date.now() - at);
  if (left > 0) await delay(left);
  if (fault?.kind === 'crash') await fault.crash(call);
  if (answer === NO_ANSWER || fault?.kind === 'lost-response') response.destroy();
  else send(response, answer);
  options.events.emit(record(request, exchange, answer, at, fault?.kind));
}

/** Nothing ran, and nobody was told so. */
const NO_ANSWER: WireAnswer = { status: 0, headers: {}, body: '', error: 'ConnectionReset' };

async function perform(
  exchange: Exchange,
  fault: ReturnType<Faults['take']>,
  signal: AbortSignal,
): Promise<WireAnswer> {
  switch (fault?.kind) {
    case 'throttle':
      return exchange.refuse(fault.code ?? 'ThrottlingException', 'Rate exceeded', 400);
    case 'error': {
      const message = fault.message ?? `injected: ${fault.code}`;
      return exchange.refuse(fault.code, message, fault.status ?? 400);
    }
    case 'delay': {
      const answer = await exchange.run();
      await delay(fault.delayMs, undefined, { signal }).catch(() => undefined);
      return answer;
    }
    case 'duplicate': {
      const answer = await exchange.run();
      await exchange.run();
      return answer;
    }
    case 'down':
      return NO_ANSWER;
    case 'crash':
      return fault.when === 'after' ? exchange.run() : NO_ANSWER;
    case 'lost-response':
    case undefined:
      return exchange.run();
  }
}

function send(response: ServerResponse, answer: WireAnswer): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.byteLength });
  response.end(body);
}

function record(
  request: WireRequest,
  exchange: Exchange,
  answer: WireAnswer,
  at: number,
  fault: string | undefined,
): RecordedCall {
  const { caller, service, operation, input } = exchange;
  return {
    kind: 'call',
    at,
    endedAt: Date.now(),
    caller,
    service,
    operation,
    ...traceOf(request),
    input,
    status: answer.status,
    ...(answer.error !== undefined && { error: answer.error }),
    ...(fault !== undefined && { fault }),
  };
}

/** What the SDK inside a function sends along: it names the invocation. */
function traceOf({ headers }: WireRequest): Pick<RecordedCall, 'traceId'> {
  const traceId = headers['x-amzn-trace-id'];
  return traceId === undefined ? {} : { traceId };
}
