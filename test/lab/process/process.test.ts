import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { LoopbackAddresses } from './addresses.ts';
import { type ChildExit, ChildProcesses } from './child-processes.ts';

const CHILD = new URL('./fixtures/child.ts', import.meta.url);
const PARENT = new URL('./fixtures/parent.ts', import.meta.url);

/** Whether a process runs; one that only waits to be reaped does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('child processes', () => {
  it('reports lines and exit code; the child has no environment but its own', async () => {
    const lines: string[] = [];
    await using children = new ChildProcesses();
    const source =
      'data:text/javascript,console.log(Object.keys(process.env).join());process.exit(3)';
    const exits: ChildExit[] = [];

    const child = children.spawnChild({
      name: 'printer',
      file: CHILD.pathname,
      args: ['idle'],
      env: { ONLY: '1', NODE_OPTIONS: `--import=${source}` },
      onLine: (line) => lines.push(line),
      onExit: (exit) => exits.push(exit),
    });
    const exit = await child.exited;

    expect(exit).toEqual({ exitCode: 3, signal: null });
    expect(exits).toEqual([exit]);
    expect(lines.join('\n').split(',').toSorted()).toEqual([
      'LAB_PARENT_PID',
      'NODE_OPTIONS',
      'ONLY',
    ]);
    expect(children.size).toBe(0);
  });

  it('reports a signal as 128 and its number', async () => {
    await using children = new ChildProcesses();
    const started = Promise.withResolvers<void>();
    const child = children.spawnChild({
      name: 'c',
      file: CHILD,
      env: {},
      onLine: () => started.resolve(),
    });
    await started.promise;

    child.signal('SIGTERM');

    expect(await child.exited).toEqual({ exitCode: 143, signal: 'SIGTERM' });
  });

  it('ends every child when it is closed', async () => {
    const children = new ChildProcesses();
    const spawned = ['idle', 'blocked'].map((mode) =>
      children.spawnChild({ name: mode, file: CHILD, args: [mode], env: {} }),
    );

    await children.close();

    expect(spawned.map(({ pid }) => isAlive(pid))).toEqual([false, false]);
  });

  it('leaves no child behind when it is killed, not even a blocked one', async () => {
    await using parents = new ChildProcesses();
    const pids: number[] = [];
    const parent = parents.spawnChild({
      name: 'parent',
      file: PARENT,
      env: {},
      onLine: (line) => pids.push(JSON.parse(line).pid),
    });
    await vi.waitFor(() => expect(pids).toHaveLength(2), { timeout: 10_000 });
    const before = pids.map(isAlive);

    process.kill(parent.pid, 'SIGKILL');

    expect(before).toEqual([true, true]);
    await expect.poll(() => pids.map(isAlive), { timeout: 5000 }).toEqual([false, false]);
  });
});

describe('loopback addresses', () => {
  it('gives each task its own address, by zone, skipping ports in use', async () => {
    const addresses = await LoopbackAddresses.open(8080);
    const first = await addresses.take(0);
    const other = await addresses.take(1);
    const squatter = createServer().listen(8080, first.replace(/\d+$/, '11'));
    await vi.waitFor(() => expect(squatter.listening).toBe(true));

    const next = await addresses.take(0);

    squatter.close();
    await addresses.close();
    expect(new Set([first, other, next]).size).toBe(3);
    expect(next.endsWith('.12')).toBe(true);
    expect(first.split('.')[2]).not.toBe(other.split('.')[2]);
  });

  it('guards its block against another lab', async () => {
    const one = await LoopbackAddresses.open(8080);
    const two = await LoopbackAddresses.open(8080);
    const block = (address: string): string => address.split('.').slice(0, 2).join('.');

    const [first, second] = [await one.take(0), await two.take(0)];
    const guard = connect({ host: `${block(first)}.0.1`, port: 8080 });
    await new Promise((resolve) => guard.once('connect', resolve));

    guard.destroy();
    await one.close();
    await two.close();
    expect(block(first)).not.toBe(block(second));
  });
});
