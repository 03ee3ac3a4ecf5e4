/**
 * A Lambda function of the lab: the unmodified bundle in processes of its own, invoked as AWS
 * invokes it.
 */
import { randomBytes, randomUUID } from 'node:crypto';

import type { LabEvents } from '../events.ts';
import {
  AsyncInvocations,
  type AsyncJob,
  type AsyncOptions,
  type AttemptResult,
} from './async-invocations.ts';
import { type EnvironmentOutcome, ExecutionEnvironment } from './environment.ts';
import { assertConfigurable, environmentVariables, type FunctionIdentity } from './variables.ts';

const SYNC_PAYLOAD_BYTES_MAX = 6_291_456;
const ASYNC_PAYLOAD_BYTES_MAX = 1_048_576;
/** Lambda's own limit of the answer is 100 bytes above that of the request. */
const RESPONSE_BYTES_MAX = 6_291_556;

export interface LambdaFunctionOptions extends FunctionIdentity {
  readonly timeoutMs: number;
  readonly accountId: string;
  readonly events: LabEvents;
  /** Environments at the same time; one more invocation is throttled. @default 10 */
  readonly maxConcurrency?: number;
  /**
   * Arguments of every process before the bootstrap, such as `--import` and a guard. @default -
   * none
   */
  readonly nodeArgs?: readonly string[];
  /** @default - Lambda's own: two retries, 6 hours, no destination, real time */
  readonly asyncInvoke?: AsyncOptions;
}

/** The answer of the Invoke API. A function that failed still answers 200, with `functionError`. */
export interface InvokeResult {
  readonly statusCode: number;
  readonly functionError?: string;
  /**
   * Parsed; what the function returned, its error, or the API's error. `null` for an accepted
   * event.
   */
  readonly payload: unknown;
  readonly requestId: string;
  /** The whole `X-Amzn-Trace-Id`, as the SDK inside the function sends it along. */
  readonly traceId: string;
}

export class LambdaFunction {
  readonly arn: string;
  readonly #options: LambdaFunctionOptions;
  readonly #async: AsyncInvocations;
  readonly #environments = new Set<ExecutionEnvironment>();
  readonly #idle: ExecutionEnvironment[] = [];
  /** Who works on what, by the trace that every call of an invocation carries. */
  readonly #working = new Map<string, ExecutionEnvironment>();
  readonly #running = new Set<Promise<unknown>>();
  #concurrency = 0;
  #closed = false;

  /** @throws when the environment names a variable that Lambda reserves. */
  constructor(options: LambdaFunctionOptions) {
    assertConfigurable(options.environment);
    this.#options = options;
    this.arn = `arn:aws:lambda:${options.region}:${options.accountId}:function:${options.name}`;
    this.#async = new AsyncInvocations(
      this.arn,
      (job) => this.#track(this.#attempt(job)),
      (error) => this.#log(`lab: an event was lost: ${String(error)}`),
      options.asyncInvoke ?? {},
    );
  }

  get name(): string {
    return this.#options.name;
  }

  /** Accepted events that are not settled yet: running, or waiting for another attempt. */
  get pendingEvents(): number {
    return this.#async.pending;
  }

  /**
   * Invokes as the Invoke API does: `sync` answers with the result, `async` accepts with 202 and
   * runs later.
   * @throws when the function is closed; everything else, throttling too, is an answer.
   */
  async invoke(event: unknown, { mode }: { mode: 'sync' | 'async' }): Promise<InvokeResult> {
    if (this.#closed) throw new Error(`function ${this.name} is closed`);
    const job: AsyncJob = {
      requestId: randomUUID(),
      traceId: newTraceId(),
      payload: JSON.stringify(event ?? {}),
    };
    const ids = { requestId: job.requestId, traceId: job.traceId };
    const bytesMax = mode === 'sync' ? SYNC_PAYLOAD_BYTES_MAX : ASYNC_PAYLOAD_BYTES_MAX;
    const bytes = Buffer.byteLength(job.payload);
    if (bytes > bytesMax) return { ...tooLarge(bytes, bytesMax), ...ids };
    if (mode === 'sync') return { ...(await this.#track(this.#attempt(job))), ...ids };
    this.#async.accept(job);
    return { statusCode: 202, payload: null, ...ids };
  }

  /** Ends every process, busy or not, and drops events that wait for another attempt. */
  async close(): Promise<void> {
    this.#closed = true;
    const asyncEnded = this.#async.close();
    // An environment may still be starting: invocations end first, then nothing adds another one.
    await Promise.all([...this.#environments].map((environment) => environment.kill()));
    await Promise.allSettled(this.#running);
    await Promise.all([...this.#environments].map((environment) => environment.kill()));
    await asyncEnded;
  }

  /**
   * `kill -9` of the process that works on an invocation; without a trace, of all that are still starting, which have
   * none yet. Resolves when they are gone; whom it does not find is gone already.
   */
  async crash(traceId?: string): Promise<void> {
    if (traceId !== undefined) return this.#working.get(traceId)?.kill();
    const starting = [...this.#environments].filter(({ isReady }) => !isReady);
    await Promise.all(starting.map((environment) => environment.kill()));
  }

  /** Ends what waits for work, as Lambda does now and then: the next invocation starts cold. */
  async cool(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((environment) => environment.kill()));
  }

  async #track<T>(run: Promise<T>): Promise<T> {
    this.#running.add(run);
    try {
      return await run;
    } finally {
      this.#running.delete(run);
    }
  }

  async #attempt(job: AsyncJob): Promise<AttemptResult> {
    if (this.#concurrency >= (this.#options.maxConcurrency ?? 10)) return THROTTLED;
    this.#concurrency += 1;
    const startedAt = Date.now();
    const base = {
      kind: 'invocation',
      functionName: this.name,
      requestId: job.requestId,
      traceId: job.traceId,
      event: JSON.parse(job.payload) as unknown,
    } as const;
    try {
      this.#options.events.emit({ ...base, at: startedAt, outcome: 'started' });
      const outcome = await this.#run(job);
      const result = this.#resultOf(outcome, job.requestId);
      const at = Date.now();
      this.#options.events.emit({
        ...base,
        at,
        outcome: outcomeName(outcome, result),
        durationMs: at - startedAt,
        result: result.payload,
      });
      return result;
    } finally {
      this.#concurrency -= 1;
    }
  }

  async #run(job: AsyncJob): Promise<EnvironmentOutcome> {
    for (;;) {
      const environment = this.#takeIdle() ?? (await this.#start());
      const { timeoutMs } = this.#options;
      const running = environment.run({ ...job, functionArn: this.arn }, timeoutMs, () =>
        this.#working.set(job.traceId, environment),
      );
      const outcome = await running.finally(() => this.#working.delete(job.traceId));
      if (outcome.kind === 'response' || outcome.kind === 'error') this.#idle.push(environment);
      // It died idle, so the function never saw the event: another environment takes it.
      if (outcome.kind !== 'gone' || this.#isClosed()) return outcome;
    }
  }

  /** Asked anew after every wait: `close` may have been called meanwhile. */
  #isClosed(): boolean {
    return this.#closed;
  }

  /** The environment used last, as Lambda prefers it; the others grow cold. */
  #takeIdle(): ExecutionEnvironment | undefined {
    for (;;) {
      const environment = this.#idle.pop();
      if (!environment || environment.alive) return environment;
    }
  }

  async #start(): Promise<ExecutionEnvironment> {
    const heapMb = Math.floor(this.#options.memoryMb * 0.9);
    const environment = await ExecutionEnvironment.start({
      variables: environmentVariables(this.#options),
      nodeArgs: [`--max-old-space-size=${heapMb}`, ...(this.#options.nodeArgs ?? [])],
      onLine: (line) => this.#log(line),
    });
    this.#environments.add(environment);
    environment.ended.then(
      () => this.#environments.delete(environment),
      () => this.#environments.delete(environment),
    );
    // Closed while it was starting: the invocation that waits for it must not run its full time.
    if (this.#isClosed()) void environment.kill();
    return environment;
  }

  #resultOf(outcome: EnvironmentOutcome, requestId: string): AttemptResult {
    if (outcome.kind === 'response') return responseResult(outcome.body);
    if (outcome.kind === 'error') return failed(JSON.parse(outcome.body));
    if (outcome.kind === 'timed-out') {
      const message = `Task timed out after ${(this.#options.timeoutMs / 1000).toFixed(2)} seconds`;
      this.#log(`${new Date().toISOString()} ${requestId} ${message}`);
      const errorMessage = `RequestId: ${requestId} Error: ${message}`;
      return failed({ errorType: 'Sandbox.Timedout', errorMessage });
    }
    const reason = outcome.kind === 'exited' ? outcome.reason : 'Runtime exited';
    this.#log(`RequestId: ${requestId} Error: ${reason}\nRuntime.ExitError`);
    const errorMessage = `RequestId: ${requestId} Error: ${reason}`;
    return failed({ errorType: 'Runtime.ExitError', errorMessage });
  }

  #log(line: string): void {
    this.#options.events.emit({
      kind: 'function-log',
      at: Date.now(),
      functionName: this.name,
      line,
    });
  }
}

const THROTTLED: AttemptResult = {
  statusCode: 429,
  payload: {
    errorType: 'TooManyRequestsException',
    message: 'Rate Exceeded.',
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    Type: 'User',
  },
};

function failed(payload: unknown): AttemptResult {
  return { statusCode: 200, functionError: 'Unhandled', payload };
}

function responseResult(body: string): AttemptResult {
  if (Buffer.byteLength(body) > RESPONSE_BYTES_MAX) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).`;
    return failed({ errorType: 'Function.ResponseSizeTooLarge', errorMessage });
  }
  return { statusCode: 200, payload: JSON.parse(body) };
}

function tooLarge(bytes: number, bytesMax: number): AttemptResult {
  const message = `${bytes} byte payload is too large for the Invoke API (limit ${bytesMax} bytes)`;
  const payload = { errorType: 'RequestEntityTooLargeException', message, Type: 'User' };
  return { statusCode: 413, payload };
}

function outcomeName(
  outcome: EnvironmentOutcome,
  result: AttemptResult,
): 'succeeded' | 'failed' | 'timed-out' {
  if (outcome.kind === 'timed-out') return 'timed-out';
  return result.functionError === undefined ? 'succeeded' : 'failed';
}

/** An X-Ray header of an unsampled trace, as Lambda makes when nobody traces. */
function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  const root = `1-${seconds}-${randomBytes(12).toString('hex')}`;
  return `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
