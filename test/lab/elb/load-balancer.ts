/**
 * An application load balancer: a real HTTP proxy over its target groups, by weight between them
 * and round robin in each, with ALB's own errors.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { MetricStore } from '../cloudwatch/metric-store.ts';
import type { TimeFactor } from '../time-factor.ts';
import { AlbMetrics, type RequestOutcome } from './alb-metrics.ts';
import { AnomalyDetection } from './anomaly.ts';
import { type Route, Routing } from './routing.ts';
import type { TargetGroup, TargetView } from './target-group.ts';

export interface LoadBalancerOptions {
  readonly name: string;
  /** Gets all the traffic until `route` says otherwise. */
  readonly targetGroup: TargetGroup;
  /** A second one for blue/green deployments. */
  readonly alternateTargetGroup?: TargetGroup;
  readonly metrics: MetricStore;
  readonly time: TimeFactor;
  /** How long a target may stay silent before the client gets 504. */
  readonly idleTimeoutSeconds?: number;
  readonly account?: string;
  readonly region?: string;
}

/** Below this a busy laptop, not a silent task, would end the request. */
const IDLE_TIMEOUT_MS_MIN = 1000;
/** How long ALB tries to connect to a target. */
const CONNECT_SECONDS = 10;
/** Two samples of the host counts per minute, as two load balancer nodes would give. */
const HOST_SAMPLE_SECONDS = 30;
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te']);
const REASONS = {
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

/** One request on its way to one target. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly group: TargetGroup;
  readonly target: TargetView;
  readonly failOpen: boolean;
}

export class LoadBalancer {
  readonly name: string;
  readonly arn: string;
  /** Value of the metric dimension `LoadBalancer`. */
  readonly dimension: string;
  readonly targetGroups: readonly TargetGroup[];
  readonly anomalies: AnomalyDetection;
  readonly #metrics: AlbMetrics;
  readonly #routing: Routing;
  readonly #idleTimeoutMs: number;
  readonly #connectTimeoutMs: number;
  readonly #sampleEveryMs: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;
  #sampler: NodeJS.Timeout | undefined;

  constructor(options: LoadBalancerOptions) {
    const { account = '123456789012', region = 'eu-west-1', time } = options;
    this.name = options.name;
    this.dimension = `app/${options.name}/${randomBytes(8).toString('hex')}`;
    this.arn = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/${this.dimension}`;
    const { targetGroup, alternateTargetGroup } = options;
    this.targetGroups =
      alternateTargetGroup === undefined ? [targetGroup] : [targetGroup, alternateTargetGroup];
    this.anomalies = new AnomalyDetection(time);
    this.#metrics = new AlbMetrics(options.metrics, this.dimension);
    this.#routing = new Routing([{ targetGroup, weight: 100 }]);
    this.#connectTimeoutMs = time.deadline(CONNECT_SECONDS, IDLE_TIMEOUT_MS_MIN);
    this.#idleTimeoutMs = time.deadline(options.idleTimeoutSeconds ?? 60, IDLE_TIMEOUT_MS_MIN);
    this.#sampleEveryMs = time.seconds(HOST_SAMPLE_SECONDS);
    this.#server = createServer((request, response) => this.#forward(request, response));
    // Node's five seconds would reset a client that reuses its connection just then; a real one waits for a minute.
    this.#server.keepAliveTimeout = 0;
  }

  /** Starts serving on a free port of 127.0.0.1. @returns the base URL without a trailing slash. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#sampler = setInterval(() => {
      for (const group of this.targetGroups) this.#metrics.sampleHosts(group);
    }, this.#sampleEveryMs);
    return this.url;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening yet');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Gives each target group its share of the requests. */
  route(routes: readonly Route[]): void {
    this.#routing.change(routes);
  }

  async close(): Promise<void> {
    clearInterval(this.#sampler);
    this.#agent.destroy();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const { group, target, failOpen } = this.#routing.next();
    if (target === undefined) {
      const how = { targetChosen: false, connectionFailed: false };
      this.#refuse({ response, group }, 503, how);
      return;
    }
    const exchange = { request, response, group, target, failOpen };
    if (group.isReachable) this.#exchange(exchange);
    else this.#failToConnect(exchange);
  }

  /** Nothing answers, not even with a refusal, until the balancer gives up. */
  #failToConnect({ response, group }: Exchange): void {
    const giveUp = setTimeout(() => {
      this.#refuse({ response, group }, 504, { targetChosen: true, connectionFailed: true });
    }, this.#connectTimeoutMs);
    response.once('close', () => clearTimeout(giveUp));
  }

  #exchange(exchange: Exchange): void {
    const { request, response, target } = exchange;
    const startedMs = performance.now();
    let settled = false;
    const settle = (finish: () => void): void => {
      if (settled) return;
      settled = true;
      finish();
    };
    const upstream = httpRequest({
      host: target.id,
      port: target.port,
      method: request.method,
      path: request.url,
      headers: forwardedHeaders(request),
      agent: this.#agent,
      timeout: this.#idleTimeoutMs,
    });
    upstream.once('timeout', () => {
      settle(() => this.#refuse(exchange, 504, { targetChosen: true, connectionFailed: false }));
      upstream.destroy();
    });
    let connected = false;
    upstream.once('socket', (socket) => {
      connected = !socket.connecting;
      // A kept-alive socket connected long ago and would only gather listeners.
      if (connected) return;
      socket.once('connect', () => {
        connected = true;
      });
    });
    upstream.once('error', () => {
      const connectionFailed = !connected;
      settle(() => this.#refuse(exchange, 502, { targetChosen: true, connectionFailed }));
    });
    upstream.once('response', (answer) => {
      const status = answer.statusCode ?? 502;
      const responseTimeMs = performance.now() - startedMs;
      settle(() => this.#count({ kind: 'target', status, responseTimeMs }, exchange));
      response.writeHead(status, endToEnd(answer.headers));
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    // A client that went away is nobody's error; the target's work is dropped with it.
    response.once('close', () => settle(() => upstream.destroy()));
    request.pipe(upstream);
  }

  #refuse(
    exchange: Pick<Exchange, 'response' | 'group'> & Partial<Exchange>,
    status: 502 | 503 | 504,
    how: { readonly targetChosen: boolean; readonly connectionFailed: boolean },
  ): void {
    this.#count({ kind: 'balancer', status, ...how }, { ...exchange, failOpen: false });
    const page = `<html><head><title>${status} ${REASONS[status]}</title></head></html>\n`;
    const headers = { server: 'awselb/2.0', 'content-type': 'text/html' };
    exchange.response.writeHead(status, headers).end(page);
  }

  #count(
    outcome: RequestOutcome,
    { group, target, failOpen = false }: Pick<Exchange, 'group'> & Partial<Exchange>,
  ): void {
    this.#metrics.countRequest(outcome, group, failOpen);
    if (target !== undefined) this.anomalies.count(group, target, outcome.status);
  }
}

function forwardedHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const earlier = request.headers['x-forwarded-for'];
  const client = request.socket.remoteAddress ?? '';
  return {
    ...endToEnd(request.headers),
    'x-forwarded-for': earlier === undefined ? client : `${String(earlier)}, ${client}`,
    'x-forwarded-proto': 'http',
    'x-amzn-trace-id': traceHeader(request.headers['x-amzn-trace-id']),
  };
}

/** Keeps the root of an incoming trace and adds itself, or starts a trace. */
function traceHeader(incoming: string | string[] | undefined): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  const own = `1-${seconds}-${randomBytes(12).toString('hex')}`;
  const given = typeof incoming === 'string' && incoming.includes('Root=') ? incoming : undefined;
  return given === undefined ? `Root=${own}` : `Self=${own};${given}`;
}

function endToEnd(headers: IncomingMessage['headers']): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
