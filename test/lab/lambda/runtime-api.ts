/**
 * The Lambda Runtime API of one execution environment: the four routes a runtime calls, and nothing
 * else.
 *
 * One server per environment, as in AWS: requests carry no mark of who calls, so the port tells.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const BASE = '/2018-06-01/runtime';

/** What a runtime gets from `next`: the event as JSON, and the headers that describe it. */
export interface RuntimeInvocation {
  readonly requestId: string;
  readonly functionArn: string;
  readonly traceId: string;
  readonly deadlineMs: number;
  readonly payload: string;
}

/** What a runtime tells the platform; `ready` is its call for the next invocation. */
export type RuntimeReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'response'; readonly body: string }
  | { readonly kind: 'error'; readonly body: string }
  | { readonly kind: 'init-error'; readonly body: string };

export class RuntimeApi {
  readonly #server: Server;
  /** Set before the runtime starts; what it tells earlier would be lost. */
  onReport: (report: RuntimeReport) => void = () => {};
  #waiting: ServerResponse | undefined;
  #currentRequestId: string | undefined;
  #initialised = false;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#route(request, response).catch(() => response.destroy());
    });
  }

  static async listen(): Promise<RuntimeApi> {
    const api = new RuntimeApi();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    api.#server.once('error', reject);
    api.#server.listen(0, '127.0.0.1', resolve);
    await promise;
    return api;
  }

  /** Host and port, as `AWS_LAMBDA_RUNTIME_API` wants it. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers the waiting `next`. Only legal after a `ready` that was not answered yet. */
  offer(invocation: RuntimeInvocation): void {
    const response = this.#waiting;
    if (!response) throw new Error('the runtime does not wait for an invocation');
    this.#waiting = undefined;
    this.#currentRequestId = invocation.requestId;
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': String(invocation.deadlineMs),
      'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
      'Lambda-Runtime-Trace-Id': invocation.traceId,
    });
    response.end(invocation.payload);
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const route = `${request.method} ${request.url}`;
    if (route === `GET ${BASE}/invocation/next`) {
      this.#initialised = true;
      this.#waiting = response;
      this.onReport({ kind: 'ready' });
      return;
    }
    if (route === `POST ${BASE}/init/error`) {
      if (this.#initialised) return refuse(response, 403, 'InvalidStateTransition');
      accept(response);
      this.onReport({ kind: 'init-error', body });
      return;
    }
    const match = /^POST \/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(route);
    if (!match) return refuse(response, 404, 'NotFound');
    if (decodeURIComponent(match[1] ?? '') !== this.#currentRequestId) {
      return refuse(response, 400, 'InvalidRequestID');
    }
    this.#currentRequestId = undefined;
    accept(response);
    this.onReport({ kind: match[2] === 'response' ? 'response' : 'error', body });
  }
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":"OK"}');
}

function refuse(response: ServerResponse, status: number, errorType: string): void {
  const body = JSON.stringify({ errorType, errorMessage: errorType });
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
}
