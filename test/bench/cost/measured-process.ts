/** One process that is measured, and what it used; under callgrind it also counts its instructions. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const SCRIPT = path.join(import.meta.dirname, 'process.mjs');
const CALLGRIND = [
  '--tool=callgrind',
  // V8 writes code while it runs.
  '--smc-check=all-non-file',
  '--callgrind-out-file=/dev/null',
];
/** Callgrind runs some fifty times slower; a deadline must not cut a decision short there. */
const TIMEOUT_MS = 600_000;

/** Since the process began. */
export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakKb: number;
  readonly hasUndici: boolean;
  /** Paths that were read after the bundle was loaded. */
  readonly fileReads: readonly string[];
  /** What the handler answered. */
  readonly payload?: unknown;
}

export interface MeasuredOptions {
  /** @default - a bare Node */
  readonly file?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly callgrind?: boolean;
}

export class MeasuredProcess {
  readonly ready: Usage;
  /** What it wrote to its log, once it has ended. */
  readonly output: Promise<string>;
  readonly #process: ChildProcess;
  readonly #errors: Promise<string>;

  private constructor(
    child: ChildProcess,
    { output, errors }: { readonly output: Promise<string>; readonly errors: Promise<string> },
    ready: Usage,
  ) {
    this.#process = child;
    this.#errors = errors;
    this.output = output;
    this.ready = ready;
  }

  /** @throws when it ends before it is ready, with what it said. */
  static async start(options: MeasuredOptions): Promise<MeasuredProcess> {
    const { file, environment, callgrind = false } = options;
    const script = [SCRIPT, ...(file === undefined ? [] : [pathToFileURL(file).href])];
    const [command, prefix] = callgrind
      ? (['valgrind', [...CALLGRIND, process.execPath]] as const)
      : ([process.execPath, []] as const);
    const child = spawn(command, [...prefix, ...script], {
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const errors = textOf(child.stderr);
    const output = textOf(child.stdout);
    return new MeasuredProcess(child, { output, errors }, await next(child, errors));
  }

  /** Runs the handler once. @returns what the process used until it had answered. */
  async invoke(event: unknown): Promise<Usage> {
    const answer = next(this.#process, this.#errors);
    this.#process.send({ event, requestId: randomUUID(), timeoutMs: TIMEOUT_MS });
    return answer;
  }

  /** Ends it. @returns its instructions, when callgrind counted them. */
  async end(): Promise<number | undefined> {
    const ended = once(this.#process, 'exit');
    this.#process.send({});
    await ended;
    const counted = /Collected : (\d+)/.exec(await this.#errors)?.[1];
    return counted === undefined ? undefined : Number(counted);
  }
}

function textOf(stream: Readable | null): Promise<string> {
  return stream === null ? Promise.resolve('') : text(stream);
}

async function next(child: ChildProcess, errors: Promise<string>): Promise<Usage> {
  const settled = new AbortController();
  const { signal } = settled;
  const message = once(child, 'message', { signal }).then(([usage]) => usage as Usage);
  const gone = once(child, 'exit', { signal }).then(async ([code]) => {
    throw new Error(`the measured process ended with ${code}: ${await errors}`);
  });
  try {
    return await Promise.race([message, gone]);
  } finally {
    settled.abort();
    await Promise.allSettled([message, gone]);
  }
}
