/**
 * An open-loop client: it sends at a fixed rate whatever comes back, so that a slow service cannot
 * hide its failures.
 */
import { Agent, type ClientRequest, get, type IncomingMessage } from 'node:http';

export interface Answer {
  /** Epoch milliseconds when it was sent. */
  readonly at: number;
  readonly durationMs: number;
  /** HTTP status, or what went wrong instead of one. */
  readonly status: number | 'timeout' | 'refused' | 'reset';
}

export interface LoadOptions {
  readonly url: string;
  readonly perSecond: number;
  readonly timeoutMs: number;
}

const PATHS = ['/work', '/checkout/4711', '/'];
/** A tick that comes late sends what it owes, so the rate holds on a busy machine. */
const TICK_MS = 10;

export class Load {
  readonly answers: Answer[] = [];
  readonly #options: LoadOptions;
  // No limit on sockets: a request that queued for one would make the loop a closed one.
  readonly #agent = new Agent({ keepAlive: true });
  #perSecond: number;
  /** Since when, and from how many on, the rate is what it is. */
  #since = { ms: performance.now(), sent: 0 };
  readonly #timer: NodeJS.Timeout;
  readonly #inFlight = new Set<ClientRequest>();
  #sent = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#perSecond = options.perSecond;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** What the old rate still owes is sent; from now on it is the new one. */
  setRate(perSecond: number): void {
    this.#tick();
    this.#since = { ms: performance.now(), sent: this.#sent };
    this.#perSecond = perSecond;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Requests that have no answer yet. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Sends no more; what is on its way is still answered. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Stops sending and drops what is still on its way. */
  close(): void {
    this.stop();
    const dropped = [...this.#inFlight];
    this.#inFlight.clear();
    for (const request of dropped) request.destroy();
    this.#agent.destroy();
  }

  #tick(): void {
    const elapsedSeconds = (performance.now() - this.#since.ms) / 1_000;
    const due = this.#since.sent + Math.floor(elapsedSeconds * this.#perSecond);
    const owed = due - this.#sent;
    for (let index = 0; index < owed; index += 1) this.#send();
  }

  #send(): void {
    const at = Date.now();
    const startedMs = performance.now();
    const path = PATHS[this.#sent % PATHS.length] ?? '/';
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    const request = get(new URL(path, this.#options.url), { agent: this.#agent, signal });
    this.#sent += 1;
    this.#inFlight.add(request);
    // A response that breaks off tells it twice: the first word counts.
    const settle = (status: Answer['status']): void => {
      if (!this.#inFlight.delete(request)) return;
      this.answers.push({ at, durationMs: performance.now() - startedMs, status });
    };
    const broken = (): Answer['status'] => (signal.aborted ? 'timeout' : 'reset');
    request.once('response', (response) => {
      response.resume();
      response.once('close', () => settle(response.complete ? statusOf(response) : broken()));
    });
    request.on('error', (error: NodeJS.ErrnoException) =>
      settle(error.code === 'ECONNREFUSED' ? 'refused' : broken()),
    );
  }
}

function statusOf({ statusCode }: IncomingMessage): Answer['status'] {
  return statusCode ?? 'reset';
}

export function isFailed({ status }: Answer): boolean {
  return typeof status !== 'number' || status >= 500;
}

/** Requests by status, the commonest first. */
export function byStatus(answers: readonly Answer[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(answers, ({ status }) => String(status));
  const counts = [...groups].map(([status, group]) => [status, group.length] as const);
  return Object.fromEntries(counts.toSorted(([, a], [, b]) => b - a));
}
