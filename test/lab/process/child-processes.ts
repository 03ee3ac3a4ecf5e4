/**
 * The lab's child processes: started with the orphan guard, followed line by line, and ended with
 * the lab.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const ORPHAN_GUARD = new URL('./orphan-guard.mjs', import.meta.url).href;

export interface ChildExit {
  /** As a container runtime reports it: 128 + signal number when a signal ended the process. */
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildSpec {
  /** Said in errors. */
  readonly name: string;
  /** Module to run, as path or `file:` URL. */
  readonly file: string | URL;
  readonly args?: readonly string[];
  /** The child's whole environment: nothing is inherited, as in a container. */
  readonly env: Readonly<Record<string, string>>;
  /** Called for each line of either stream, with the time it was read. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr', atMs: number) => void;
  /** Called once, after the last line. */
  readonly onExit?: (exit: ChildExit) => void;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Settles after the last line and `onExit`; never rejects. */
  readonly exited: Promise<ChildExit>;
  isRunning(): boolean;
  signal(signal: NodeJS.Signals): void;
}

const SIGNAL_NUMBERS: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

/**
 * Owns child processes: closing it ends them all, and so does the end of this process, whatever its
 * cause.
 */
export class ChildProcesses {
  readonly #running = new Map<ChildProcess, Promise<ChildExit>>();
  readonly #killAll = (): void => {
    for (const child of this.#running.keys()) child.kill('SIGKILL');
  };

  constructor() {
    process.on('exit', this.#killAll);
  }

  /** Starts a Node process under the orphan guard. */
  spawnChild(spec: ChildSpec): Child {
    const file = typeof spec.file === 'string' ? spec.file : fileURLToPath(spec.file);
    const child = spawn(process.execPath, ['--import', ORPHAN_GUARD, file, ...(spec.args ?? [])], {
      env: { ...spec.env, LAB_PARENT_PID: String(process.pid) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = this.#follow(child, spec);
    this.#running.set(child, exited);
    void exited.then(() => this.#running.delete(child));
    return {
      name: spec.name,
      pid: child.pid ?? -1,
      exited,
      isRunning: () => this.#running.has(child) && child.exitCode === null,
      signal: (signal) => void child.kill(signal),
    };
  }

  /** Number of children that have not ended. */
  get size(): number {
    return this.#running.size;
  }

  /** Ends every child at once and waits until none is left. */
  async close(): Promise<void> {
    process.off('exit', this.#killAll);
    this.#killAll();
    await Promise.all(this.#running.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #follow(child: ChildProcess, spec: ChildSpec): Promise<ChildExit> {
    const { onLine } = spec;
    if (onLine !== undefined) {
      eachLine(child.stdout, (line) => onLine(line, 'stdout', Date.now()));
      eachLine(child.stderr, (line) => onLine(line, 'stderr', Date.now()));
    } else {
      child.stdout?.resume();
      child.stderr?.resume();
    }
    const { promise, resolve } = Promise.withResolvers<ChildExit>();
    const end = (exit: ChildExit): void => {
      spec.onExit?.(exit);
      resolve(exit);
    };
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      onLine?.(`cannot start ${spec.name}: ${error.message}`, 'stderr', Date.now());
      end({ exitCode: 127, signal: null });
    });
    child.once('close', (code, signal) => {
      if (child.pid !== undefined) end({ exitCode: exitCodeOf(code, signal), signal });
    });
    return promise;
  }
}

function eachLine(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
}

function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  if (signal !== null) return 128 + (SIGNAL_NUMBERS[signal] ?? 0);
  return code ?? 0;
}
