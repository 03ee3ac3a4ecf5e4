import { setTimeout as sleep } from 'node:timers/promises';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import type { Catalog } from './catalog.ts';
import { addDrillRoutes } from './drill-routes.ts';
import type { FaultSwitch } from './faults.ts';
import { traceIdOf } from './trace.ts';

export interface ServerOptions {
  readonly logger: Logger;
  readonly catalog: Catalog;
  readonly isReady: () => boolean;
  /** Once true, answers ask clients to open no further request on their connection. */
  readonly isDraining: () => boolean;
  /** Present only when drills are enabled. */
  readonly drillToken: string | undefined;
  readonly taskId: string;
  readonly faults: FaultSwitch;
}

const PROBE_PATHS = new Set(['/health', '/ready']);
const SERVER_ERROR = 500;

class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
  readonly statusCode = 503;

  constructor() {
    super('initialisation is not over');
  }
}

const failures = new WeakMap<FastifyRequest, Error>();
const traceIds = new WeakMap<FastifyRequest, string>();

/** Builds the HTTP service; it neither listens nor reads the environment. */
export function makeServer(options: ServerOptions): FastifyInstance {
  const { faults } = options;
  const server = fastify({
    // A child of its own, so that `listenQuietly` can silence it alone.
    loggerInstance: options.logger.child({}) as FastifyBaseLogger,
    // One line per request of our own form, written by logRequest.
    logController: new LogController({ disableRequestLogging: true }),
  });
  // The signature of a request for a fault is over the bytes as they came; no other route reads a body. With a
  // parser of its own, a path that does not exist would answer otherwise than one that does not want to.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  addHooks(server, options);
  addProbes(server, options);
  addRealRoutes(server, options);
  const { drillToken: token, taskId } = options;
  if (token !== undefined) addDrillRoutes(server, { token, taskId, faults });
  return server;
}

/** Listens without Fastify's own lines, one for each interface. @returns the port. */
export async function listenQuietly(
  server: FastifyInstance,
  address: { readonly host: string; readonly port: number },
): Promise<number> {
  const { level } = server.log;
  server.log.level = 'warn';
  await server.listen(address);
  server.log.level = level;
  const [bound] = server.addresses();
  return typeof bound === 'object' ? bound.port : address.port;
}

function addHooks(server: FastifyInstance, { isDraining }: ServerOptions): void {
  server.addHook('onRequest', async (request, reply) => {
    traceIds.set(request, traceIdOf(request.headers['x-amzn-trace-id'], Date.now()));
    if (isDraining()) reply.header('connection', 'close');
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    failures.set(request, error);
    const status = error.statusCode ?? SERVER_ERROR;
    return reply.code(status).send({ error: status < SERVER_ERROR ? error.message : 'internal' });
  });
  server.addHook('onResponse', async (request, reply) => logRequest(request, reply));
}

/** Writes the one line per request that per-task error counts are made from. */
function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const path = pathOf(request);
  if (PROBE_PATHS.has(path)) return;
  const err = failures.get(request);
  const line = {
    method: request.method,
    path,
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime * 10) / 10,
    traceId: traceIds.get(request),
  };
  if (reply.statusCode < SERVER_ERROR) request.log.info(line, 'request completed');
  else request.log.error({ ...line, err }, err?.message ?? 'request failed');
}

function addProbes(server: FastifyInstance, { isReady }: ServerOptions): void {
  // Asks no dependency: a failing dependency of all tasks must not make each of them look ill.
  server.get('/health', async (_request, reply) => {
    const ready = isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'starting' });
  });
  server.get('/ready', async (_request, reply) => {
    const ready = isReady();
    return reply.code(ready ? 200 : 503).send({ ready });
  });
}

function addRealRoutes(server: FastifyInstance, { catalog, faults, isReady }: ServerOptions): void {
  const answer = async (request: FastifyRequest, path: string): Promise<unknown> => {
    if (!isReady()) throw new NotReadyError();
    if (faults.latencyMs > 0) await sleep(faults.latencyMs);
    const error = faults.nextError();
    if (error !== undefined) throw error;
    return catalog.lookUp(path, traceIds.get(request) ?? '');
  };

  server.get('/', async (request) => ({ catalog: await answer(request, '/') }));
  server.get('/work', async (request) => ({ catalog: await answer(request, '/work') }));
  server.get<{ Params: { id: string } }>('/checkout/:id', async (request) => {
    const { id } = request.params;
    return { id, item: await answer(request, `/items/${encodeURIComponent(id)}`) };
  });
  // What a service of the tier before asks, when this one is its catalog.
  server.get<{ Params: { id: string } }>('/items/:id', async (request) =>
    answer(request, `/items/${encodeURIComponent(request.params.id)}`),
  );
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url;
}
