/**
 * The live page's server: on loopback, for whoever has the address with its token, and read-only
 * but for the stop.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pauseMs } from '../../lab/time-factor.ts';
import type { LivePage } from './live-page.ts';
import type { Over, View } from './view.ts';

export interface LiveOptions {
  readonly page: LivePage;
  /** Asked for at most once per frame, and only while somebody looks. */
  readonly view: () => View;
  /** Somebody asks for the end of the drill. */
  readonly stop: () => void;
}

export interface LiveServer {
  /** With the token. */
  readonly url: string;
  /** There is something new; it is sent with the next frame. */
  changed(): void;
  /** Tells every tab how it ended, and frees the port even if a tab does not listen. */
  close(over: Over): Promise<void>;
}

const HOST = '127.0.0.1';
const FRAME_MS = 250;
/** More tabs would only take from the drill. */
const TABS_MAX = 8;
/** A tab that takes nothing, as one in the background may, is left out until it does. */
const BEHIND_MAX_BYTES = 1_000_000;
/** How long tabs have to take their last frame. */
const FAREWELL_MS = 2_000;

export async function startLiveServer(options: LiveOptions): Promise<LiveServer> {
  const live = new Live(options);
  await live.listen();
  return live;
}

class Live implements LiveServer {
  readonly #options: LiveOptions;
  readonly #token = randomBytes(32).toString('base64url');
  readonly #server = createServer((request, response) => this.#answer(request, response));
  readonly #tabs = new Set<ServerResponse>();
  readonly #timer = setInterval(() => this.#send(), FRAME_MS);
  #hasChanged = false;
  #host = '';

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  get url(): string {
    return `http://${this.#host}/${this.#token}/`;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, HOST);
    await once(this.#server, 'listening');
    this.#host = `${HOST}:${(this.#server.address() as AddressInfo).port}`;
  }

  changed(): void {
    this.#hasChanged = true;
  }

  async close(over: Over): Promise<void> {
    clearInterval(this.#timer);
    const gone = [...this.#tabs].map((tab) => once(tab, 'close'));
    for (const tab of this.#tabs) tab.end(spell('over', over));
    this.#server.close();
    this.#server.closeIdleConnections();
    const bound = new AbortController();
    await Promise.race([Promise.all(gone), pauseMs(FAREWELL_MS, bound.signal)]);
    bound.abort();
    this.#server.closeAllConnections();
  }

  #send(): void {
    if (!this.#hasChanged || this.#tabs.size === 0) return;
    this.#hasChanged = false;
    const frame = spell('frame', this.#options.view());
    for (const tab of this.#tabs) if (tab.writableLength < BEHIND_MAX_BYTES) tab.write(frame);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    for (const [name, value] of Object.entries(this.#headers())) response.setHeader(name, value);
    const [token = '', what = ''] = (request.url ?? '').slice(1).split('/', 2);
    const route = `${request.method} ${what}`;
    // Another name for this machine is how a page from elsewhere would reach it.
    if (request.headers.host !== this.#host) refuse(response, 403, 'another host');
    else if (!isSame(token, this.#token)) refuse(response, 404, 'not found');
    else if (route === 'GET ') this.#showPage(response);
    else if (route === 'GET events') this.#follow(response);
    else if (route === 'POST stop') this.#stop(request, response);
    else refuse(response, 404, 'not found');
  }

  #headers(): Readonly<Record<string, string>> {
    const { scriptHash } = this.#options.page;
    return {
      'cache-control': 'no-store',
      'content-security-policy': [
        "default-src 'none'",
        `script-src '${scriptHash}'`,
        "style-src 'unsafe-inline'",
        "connect-src 'self'",
        'img-src data:',
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      // Every connection ends with its answer, so that none outlives the drill.
      connection: 'close',
    };
  }

  #showPage(response: ServerResponse): void {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(this.#options.page.html);
  }

  #follow(response: ServerResponse): void {
    if (this.#tabs.size >= TABS_MAX) {
      refuse(response, 503, 'too many tabs');
      return;
    }
    response.setHeader('content-type', 'text/event-stream');
    response.on('close', () => this.#tabs.delete(response));
    // Without it a tab would wait some seconds before it asks again.
    response.write(`retry: 500\n\n${spell('frame', this.#options.view())}`);
    this.#tabs.add(response);
  }

  /** Only the page itself may ask, not one that somebody was lured to. */
  #stop(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.origin !== `http://${this.#host}`) {
      refuse(response, 403, 'another origin');
      return;
    }
    response.statusCode = 202;
    response.end();
    this.#options.stop();
  }
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.statusCode = status;
  response.end(`${why}\n`);
}

/** JSON has no line breaks, which would end an event. */
function spell(event: 'frame' | 'over', data: View | Over): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Takes the same time wherever they differ. */
function isSame(got: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(got), digest(wanted));
}
