/**
 * The faults a drill can switch on: what they are, how a request for one is checked, and what they
 * do.
 */
import { MemoryLeak } from './memory-leak.ts';

export type Fault =
  | { readonly kind: 'grey'; readonly errorShare: number }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'hang'; readonly durationMs: number }
  | { readonly kind: 'exit'; readonly code: number }
  /** Memory grows all that time; nobody but the platform ends it. */
  | { readonly kind: 'leak'; readonly durationMs: number };

const KINDS: readonly Fault['kind'][] = ['grey', 'latency', 'hang', 'exit', 'leak'];
const HANG_MS_MAX = 3_600_000;
const LATENCY_MS_MAX = 60_000;
const POOL_SIZE = 10;

/**
 * What a worker with a poisoned connection pool throws: health checks pass, real requests do not.
 */
export class PoolExhaustedError extends Error {
  override readonly name = 'PoolExhaustedError';

  constructor(waiting: number) {
    super(
      `timed out acquiring a connection: pool exhausted ` +
        `(size ${POOL_SIZE}, in use ${POOL_SIZE}, idle 0, waiting ${waiting})`,
    );
  }
}

/** @returns the fault, or what is wrong with the request in words. */
export function parseFault(body: unknown): Fault | string {
  if (typeof body !== 'object' || body === null || !('kind' in body)) {
    return 'body: wanted an object with a kind';
  }
  const fields: Readonly<Record<string, unknown>> = { ...body };
  switch (fields['kind']) {
    case 'grey':
      return withNumber(fields, 'errorShare', 1, (errorShare) => ({ kind: 'grey', errorShare }));
    case 'latency':
      return withNumber(fields, 'ms', LATENCY_MS_MAX, (ms) => ({ kind: 'latency', ms }));
    case 'hang':
      return withNumber(fields, 'durationMs', HANG_MS_MAX, (durationMs) => ({
        kind: 'hang',
        durationMs,
      }));
    case 'exit':
      return withNumber(fields, 'code', 255, (code) => ({ kind: 'exit', code: Math.trunc(code) }));
    case 'leak':
      return withNumber(fields, 'durationMs', HANG_MS_MAX, (durationMs) => ({
        kind: 'leak',
        durationMs,
      }));
    default:
      return `kind: got ${JSON.stringify(fields['kind'])}, wanted one of ${KINDS.join(', ')}`;
  }
}

function withNumber(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  max: number,
  make: (value: number) => Fault,
): Fault | string {
  const value = fields[name];
  if (typeof value === 'number' && value >= 0 && value <= max) return make(value);
  return `${name}: got ${JSON.stringify(value)}, wanted a number from 0 to ${max}`;
}

/** Whether nothing can be answered any more once the fault is on. */
export function silences({ kind }: Fault): boolean {
  return kind === 'hang' || kind === 'exit';
}

export interface FaultSwitchOptions {
  readonly exit: (code: number) => void;
  /** Told now and then while memory leaks. */
  readonly onMemory: (usedMb: number) => void;
}

/**
 * The faults of this process; the lasting ones, `grey` and `latency`, are asked before every real
 * request.
 *
 * Failures are spread evenly instead of by chance: a share of 0.25 fails exactly each fourth
 * request, so that a drill measures the same on every run.
 */
export class FaultSwitch {
  readonly #options: FaultSwitchOptions;
  readonly #leak = new MemoryLeak();
  #errorShare = 0;
  #latencyMs = 0;
  #requests = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FaultSwitchOptions) {
    this.#options = options;
  }

  /**
   * Takes effect at once: a `hang` returns when it is over, an `exit` not at all.
   *
   * @param endsAt - when everything that was begun is over by itself; epoch milliseconds.
   */
  begin(fault: Fault, endsAt?: number): void {
    this.#requests = 0;
    if (endsAt !== undefined) this.#clearAt(endsAt);
    switch (fault.kind) {
      case 'grey':
        this.#errorShare = fault.errorShare;
        return;
      case 'latency':
        this.#latencyMs = fault.ms;
        return;
      case 'leak':
        this.#leak.start(fault.durationMs, this.#options.onMemory);
        return;
      case 'hang':
        blockEventLoop(fault.durationMs);
        return;
      case 'exit':
        this.#options.exit(fault.code);
    }
  }

  #clearAt(endsAt: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.clear(), Math.max(0, endsAt - Date.now()));
    this.#timer.unref();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#errorShare = 0;
    this.#latencyMs = 0;
    this.#leak.stop();
  }

  get latencyMs(): number {
    return this.#latencyMs;
  }

  /** @returns the error the next real request must fail with, if it must. */
  nextError(): PoolExhaustedError | undefined {
    const before = Math.floor(this.#requests * this.#errorShare);
    this.#requests += 1;
    const fails = Math.floor(this.#requests * this.#errorShare) > before;
    return fails ? new PoolExhaustedError(3 + (this.#requests % 40)) : undefined;
  }
}

/** Blocks the event loop: no timer, no request and no signal handler runs until it returns. */
function blockEventLoop(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}
