/**
 * One execution environment: a process of its own that runs the handler, one invocation at a time.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { RuntimeApi, type RuntimeInvocation, type RuntimeReport } from './runtime-api.ts';

const BOOTSTRAP = fileURLToPath(new URL('bootstrap.mjs', import.meta.url));

/** How long Lambda lets module code run before the first invocation. */
const INIT_MS_MAX = 10_000;

export interface EnvironmentSpec {
  /** Complete environment of the process; only the address of the Runtime API is added. */
  readonly variables: Readonly<Record<string, string>>;
  readonly nodeArgs: readonly string[];
  /** One line of standard output or error; never called after the process ended. */
  readonly onLine: (line: string) => void;
}

/** How one invocation ended. `gone`: the process died idle, and the invocation never reached it. */
export type EnvironmentOutcome =
  | { readonly kind: 'response'; readonly body: string }
  | { readonly kind: 'error'; readonly body: string }
  | { readonly kind: 'exited'; readonly reason: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'gone' };

export class ExecutionEnvironment {
  /** Settles when the process has ended and its output is read. */
  readonly ended: Promise<void>;
  readonly #api: RuntimeApi;
  readonly #process: ChildProcess;
  #ready = Promise.withResolvers<boolean>();
  #outcome: ((outcome: EnvironmentOutcome) => void) | undefined;
  #initialised = false;
  #initError: string | undefined;
  #exitReason: string | undefined;

  private constructor(api: RuntimeApi, spec: EnvironmentSpec) {
    this.#api = api;
    api.onReport = (report) => this.#onReport(report);
    this.#process = spawn(process.execPath, [...spec.nodeArgs, BOOTSTRAP], {
      // Nothing of the parent's environment: a handler must not work because of the developer's
      // shell.
      env: { ...spec.variables, AWS_LAMBDA_RUNTIME_API: api.address },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    readLines(this.#process.stdout, spec.onLine);
    readLines(this.#process.stderr, spec.onLine);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#process.once('error', (error) => this.#onExit(error.message));
    this.#process.once('exit', (code, signal) => this.#onExit(exitReason(code, signal)));
    this.#process.once('close', () => {
      api.close().then(resolve, resolve);
    });
  }

  static async start(spec: EnvironmentSpec): Promise<ExecutionEnvironment> {
    return new ExecutionEnvironment(await RuntimeApi.listen(), spec);
  }

  get alive(): boolean {
    return this.#exitReason === undefined;
  }

  /** Whether its module code has run. */
  get isReady(): boolean {
    return this.#initialised;
  }

  /**
   * Runs one invocation; the clock starts when the runtime takes it, as in Lambda, so init does not
   * count.
   *
   * @param onTaken - called when the runtime takes it; never, when it dies before.
   */
  async run(
    invocation: Omit<RuntimeInvocation, 'deadlineMs'>,
    timeoutMs: number,
    onTaken: () => void = () => {},
  ): Promise<EnvironmentOutcome> {
    if (!(await this.#waitUntilReady())) return this.#diedBeforeTakingIt();
    onTaken();
    const { promise, resolve } = Promise.withResolvers<EnvironmentOutcome>();
    this.#outcome = resolve;
    const timer = setTimeout(() => {
      resolve({ kind: 'timed-out' });
      this.#process.kill('SIGKILL');
    }, timeoutMs);
    this.#ready = Promise.withResolvers();
    this.#api.offer({ ...invocation, deadlineMs: Date.now() + timeoutMs });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#outcome = undefined;
    }
  }

  /** Ends the process as Lambda does, without a chance to tidy up. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.ended;
  }

  async #waitUntilReady(): Promise<boolean> {
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), INIT_MS_MAX);
    try {
      return await this.#ready.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #diedBeforeTakingIt(): EnvironmentOutcome {
    if (this.#initError !== undefined) return { kind: 'error', body: this.#initError };
    if (this.#initialised) return { kind: 'gone' };
    return { kind: 'exited', reason: this.#exitReason ?? 'unknown' };
  }

  #onReport(report: RuntimeReport): void {
    if (report.kind === 'ready') {
      this.#initialised = true;
      this.#ready.resolve(true);
    } else if (report.kind === 'init-error') {
      this.#initError = report.body;
    } else {
      this.#outcome?.(report);
    }
  }

  #onExit(reason: string): void {
    this.#exitReason ??= reason;
    this.#ready.resolve(false);
    this.#outcome?.({ kind: 'exited', reason });
  }
}

/**
 * Splits at line feeds only; a carriage return is the line feed inside an entry, turned back here.
 */
function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  let rest = '';
  const emit = (line: string) => {
    if (line !== '') onLine(line.replaceAll('\r', '\n'));
  };
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) emit(line);
  });
  stream?.once('end', () => emit(rest));
}

/** The words Lambda uses for the end of a runtime process. */
function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGKILL') return 'Runtime exited with error: signal: killed';
  if (signal !== null) return `Runtime exited with error: signal: ${signal}`;
  return code === 0
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${code}`;
}
