/** A command of this repository as a process of its own, and the processes that it has started. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Child, ChildProcesses } from '../lab/process/child-processes.ts';

/** Where the kernel shows processes with their environment: Linux. */
export const CAN_SEE_PROCESSES = existsSync('/proc/self/environ');

export interface Spawned extends Child, AsyncDisposable {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** Runs a module of `test` with arguments; it is killed where the test that uses it ends. */
export function run(file: string, ...args: readonly string[]): Spawned {
  const children = new ChildProcesses();
  const lines = { stdout: [] as string[], stderr: [] as string[] };
  const child = children.spawnChild({
    name: file,
    file: fileURLToPath(new URL(`../${file}`, import.meta.url)),
    args,
    env: { PATH: process.env['PATH'] ?? '' },
    onLine: (line, stream) => lines[stream].push(line),
  });
  return { ...child, ...lines, [Symbol.asyncDispose]: () => children.close() };
}

/** Ids of the processes that were started by another one, as tasks or functions. */
export function startedBy(pid: number): readonly number[] {
  return processes().filter((id) =>
    read(`/proc/${id}/environ`).split('\0').includes(`LAB_PARENT_PID=${pid}`),
  );
}

/** Ids of the processes whose parent it is, whatever they are. */
export function childrenOf(pid: number): readonly number[] {
  // The name stands in parentheses, and may have some itself; the state and the parent follow it.
  return processes().filter((id) => {
    const stat = read(`/proc/${id}/stat`);
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    return Number(parent) === pid;
  });
}

function processes(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** A process may end at any time; then there is nothing to read. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
