/**
 * Slack on loopback, an incoming webhook and the Web API of a bot: takes what Slack takes, and fails as
 * Slack fails.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import type { LabEvents } from '../events.ts';
import { checkPayload, type WebhookPayload } from './block-kit.ts';
import { type SlackFault, SlackFaults } from './slack-faults.ts';
import { type ApiAnswer, readFields, WebApi } from './web-api.ts';

/** A message that was posted: what a person would see in the channel. */
interface SlackMessage {
  readonly at: number;
  readonly payload: WebhookPayload;
}

/** A payload that was refused, with the reason Slack keeps to itself. */
interface SlackRefusal {
  readonly at: number;
  readonly code: string;
  readonly reason: string;
  readonly payload: unknown;
}

interface SlackRate {
  /** @default 1 */
  readonly perSecond?: number;
  /** Messages taken at once before the rate counts. @default 5 */
  readonly burst?: number;
}

export interface SlackReceiverOptions {
  readonly events: LabEvents;
  readonly rate?: SlackRate;
  /** The rate is this many times higher; `Retry-After` stays whole seconds. @default 1 */
  readonly timeFactor?: number;
}

export interface SlackReceiver {
  readonly webhookUrl: string;
  /** Base address of the Web API. */
  readonly apiUrl: string;
  /** The bot, its channel and what it wrote. */
  readonly bot: WebApi;
  readonly faults: SlackFaults;
  messages(): readonly SlackMessage[];
  refusals(): readonly SlackRefusal[];
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Status and code for the stream, where they differ: the Web API answers a refusal with 200 too, and whoever counts
   * messages counts what was taken.
   */
  readonly told?: number;
  readonly said?: string;
}

function apiAnswer(answer: ApiAnswer): Answer {
  const headers = { 'Content-Type': 'application/json; charset=utf-8' };
  const told = answer.ok ? 200 : 400;
  const said = answer.error ?? 'ok';
  return { status: 200, body: JSON.stringify(answer), headers, told, said };
}

/**
 * Starts a receiver with one hook and one bot. Every request becomes a `slack` event; one without an answer has
 * status 0.
 */
export async function startSlackReceiver(options: SlackReceiverOptions): Promise<SlackReceiver> {
  const hook = new Hook(options);
  const server = createServer((request, response) => {
    hook.serve(request, response).catch(() => response.destroy());
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    webhookUrl: `${base}${hook.path}`,
    apiUrl: `${base}${API}`,
    bot: hook.bot,
    faults: hook.faults,
    messages: () => hook.messages,
    refusals: () => hook.refusals,
    close: async () => {
      hook.stop.abort();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

const API = '/api/';

class Hook {
  readonly bot = new WebApi();
  readonly path = `/services/T0LAB0000/B0LAB0000/${randomBytes(12).toString('hex')}`;
  readonly messages: SlackMessage[] = [];
  readonly refusals: SlackRefusal[] = [];
  readonly stop = new AbortController();
  readonly faults = new SlackFaults();
  readonly #events: LabEvents;
  readonly #bucket: TokenBucket;

  constructor({ events, rate = {}, timeFactor = 1 }: SlackReceiverOptions) {
    this.#events = events;
    this.#bucket = new TokenBucket((rate.perSecond ?? 1) * timeFactor, rate.burst ?? 5);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { url = '', method, headers } = request;
    const isApi = url.startsWith(API);
    const payload = isApi ? readFields(body, headers['content-type']) : parse(body);
    if ((url !== this.path && !isApi) || method !== 'POST') {
      return this.#send(response, { status: 404, body: 'no_service' }, payload);
    }
    const fault = this.faults.take();
    if (fault?.kind === 'down') {
      this.#emit(0, 'down', payload);
      response.destroy();
      return;
    }
    if (fault?.kind === 'timeout') return this.#emit(0, 'timeout', payload);
    if (fault?.kind === 'slow') await sleep(fault.delayMs, undefined, { signal: this.stop.signal });
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    const answer =
      faultAnswer(fault) ??
      (isApi ? this.#call({ method: url.slice(API.length), token }, payload) : this.#take(payload));
    if (fault?.kind === 'lost-response') {
      this.#emit(0, `lost-response: ${answer.said ?? answer.body}`, payload);
      response.destroy();
    } else {
      this.#send(response, answer, payload);
    }
  }

  #call(call: { readonly method: string; readonly token: string }, payload: unknown): Answer {
    const waitSeconds = this.#bucket.take(Date.now());
    if (waitSeconds > 0) return rateLimited(waitSeconds);
    if (payload === undefined) return apiAnswer({ ok: false, error: 'invalid_json' });
    const fields = payload as Readonly<Record<string, unknown>>;
    const { answer, reason } = this.bot.answer({ ...call, fields });
    if (answer.error !== undefined) {
      this.refusals.push({ at: Date.now(), code: answer.error, reason: reason ?? '', payload });
    }
    return apiAnswer(answer);
  }

  #take(payload: unknown): Answer {
    const waitSeconds = this.#bucket.take(Date.now());
    if (waitSeconds > 0) return rateLimited(waitSeconds);
    const at = Date.now();
    if (payload === undefined) {
      this.refusals.push({ at, code: 'invalid_payload', reason: 'not JSON', payload });
      return { status: 400, body: 'invalid_payload' };
    }
    const checked = checkPayload(payload);
    if (checked.kind === 'refused') {
      this.refusals.push({ at, code: checked.code, reason: checked.reason, payload });
      return { status: 400, body: checked.code };
    }
    this.messages.push({ at, payload: checked.payload });
    return { status: 200, body: 'ok' };
  }

  #send(response: ServerResponse, answer: Answer, payload: unknown): void {
    this.#emit(answer.told ?? answer.status, answer.said ?? answer.body, payload);
    response.writeHead(answer.status, { 'Content-Type': 'text/html', ...answer.headers });
    response.end(answer.body);
  }

  #emit(status: number, answer: string, payload: unknown): void {
    this.#events.emit({ kind: 'slack', at: Date.now(), status, answer, payload });
  }
}

function faultAnswer(fault: SlackFault | undefined): Answer | undefined {
  switch (fault?.kind) {
    case 'rate-limited':
      return rateLimited(fault.retryAfterSeconds ?? 1);
    case 'server-error':
      return { status: fault.status ?? 500, body: 'server_error' };
    case 'no-service':
      return { status: 404, body: 'no_service' };
    case 'invalid-blocks':
      return { status: 400, body: 'invalid_blocks' };
    case 'api-error':
      return apiAnswer({ ok: false, error: fault.error });
    default:
      return undefined;
  }
}

function rateLimited(seconds: number): Answer {
  const headers = { 'Retry-After': String(Math.ceil(seconds)) };
  return { status: 429, body: 'rate_limited', headers };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at = 0;

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Takes one token, or says how many seconds there is none. */
  take(now: number): number {
    const refill = ((now - this.#at) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + refill);
    this.#at = now;
    if (this.#tokens < 1) return (1 - this.#tokens) / this.#perSecond;
    this.#tokens -= 1;
    return 0;
  }
}
