/**
 * Lambda's asynchronous invocation: accepted at once, retried later, handed to a destination when
 * all fails.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits before the second and third attempt after a function error. */
const RETRY_DELAYS_MS = [60_000, 120_000] as const;
const THROTTLE_DELAY_MS_MIN = 1_000;
const THROTTLE_DELAY_MS_MAX = 300_000;
const EVENT_AGE_MS_MAX = 6 * 3_600_000;

/** Why an event went to the failure destination. */
export type FailureCondition = 'RetriesExhausted' | 'EventAgeExceeded';

/** What Lambda sends to an on-failure destination. */
export interface FailureRecord {
  readonly version: '1.0';
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: FailureCondition;
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: unknown;
  readonly responseContext: {
    readonly statusCode: number;
    readonly executedVersion: string;
    readonly functionError?: string;
  };
  readonly responsePayload: unknown;
}

export interface AsyncOptions {
  /** @default 2 */
  readonly retryAttempts?: 0 | 1 | 2;
  /** Uncompressed, as configured on the function. @default 6 hours */
  readonly maxEventAgeMs?: number;
  /** Every wait and age runs this many times faster. @default 1 */
  readonly timeFactor?: number;
  /** Stands for the SQS, SNS or EventBridge destination. @default - failed events are dropped */
  readonly onFailure?: (record: FailureRecord) => void | Promise<void>;
}

/** One accepted event; every attempt carries the same request id, as in Lambda. */
export interface AsyncJob {
  readonly requestId: string;
  readonly traceId: string;
  readonly payload: string;
}

export interface AttemptResult {
  readonly statusCode: number;
  readonly functionError?: string;
  readonly payload: unknown;
}

export class AsyncInvocations {
  readonly #functionArn: string;
  readonly #attempt: (job: AsyncJob) => Promise<AttemptResult>;
  /** The destination refused the record, or no environment could be started. */
  readonly #onLost: (error: unknown) => void;
  readonly #options: AsyncOptions;
  readonly #timeFactor: number;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(
    functionArn: string,
    attempt: (job: AsyncJob) => Promise<AttemptResult>,
    onLost: (error: unknown) => void,
    options: AsyncOptions,
  ) {
    this.#functionArn = functionArn;
    this.#attempt = attempt;
    this.#onLost = onLost;
    this.#options = options;
    this.#timeFactor = options.timeFactor ?? 1;
  }

  /** How many accepted events are not settled yet. */
  get pending(): number {
    return this.#running.size;
  }

  accept(job: AsyncJob): void {
    const run = this.#deliver(job)
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#onLost(error);
      })
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  /** Drops what waits for another attempt, and waits for attempts under way. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#running);
  }

  async #deliver(job: AsyncJob): Promise<void> {
    const acceptedAt = Date.now();
    const ageMax = this.#options.maxEventAgeMs ?? EVENT_AGE_MS_MAX;
    let invokes = 0;
    let throttles = 0;
    for (;;) {
      const last = await this.#attempt(job);
      if (last.statusCode === 200) {
        invokes += 1;
        if (last.functionError === undefined) return;
        if (invokes > (this.#options.retryAttempts ?? RETRY_DELAYS_MS.length)) {
          return this.#giveUp(job, 'RetriesExhausted', invokes, last);
        }
      } else {
        throttles += 1;
      }
      const wait = last.statusCode === 200 ? retryDelay(invokes) : throttleDelay(throttles);
      const age = (Date.now() - acceptedAt) * this.#timeFactor;
      if (age + wait > ageMax) return this.#giveUp(job, 'EventAgeExceeded', invokes, last);
      await sleep(wait / this.#timeFactor, undefined, { signal: this.#stop.signal });
    }
  }

  async #giveUp(
    job: AsyncJob,
    condition: FailureCondition,
    approximateInvokeCount: number,
    last: AttemptResult,
  ): Promise<void> {
    await this.#options.onFailure?.({
      version: '1.0',
      timestamp: new Date().toISOString(),
      requestContext: {
        requestId: job.requestId,
        functionArn: `${this.#functionArn}:$LATEST`,
        condition,
        approximateInvokeCount,
      },
      requestPayload: JSON.parse(job.payload),
      responseContext: {
        statusCode: last.statusCode,
        executedVersion: '$LATEST',
        ...(last.functionError === undefined ? {} : { functionError: last.functionError }),
      },
      responsePayload: last.payload,
    });
  }
}

function retryDelay(invokes: number): number {
  return RETRY_DELAYS_MS[Math.min(invokes, RETRY_DELAYS_MS.length) - 1] ?? 0;
}

function throttleDelay(throttles: number): number {
  return Math.min(THROTTLE_DELAY_MS_MIN * 2 ** (throttles - 1), THROTTLE_DELAY_MS_MAX);
}
