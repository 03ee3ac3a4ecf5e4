import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';

const MAIN = path.join(import.meta.dirname, 'main.ts');

async function fuzz(...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args]);
  const [[code], said, complained] = await Promise.all([
    once(child, 'close') as Promise<[number]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, said, complained };
}

describe('npm run fuzz', { timeout: 60_000 }, () => {
  test('says its seed, what became of the events, and how many there were', async () => {
    const { code, said } = await fuzz('--events', '60', '--seed', 's1', '--door', 'files');

    expect(code).toBe(0);
    expect(said).toMatch(/^seed s1\n/);
    expect(said).toMatch(/^files +services: config.invalid +\d+$/m);
    expect(said).toMatch(/60 of 60 events +[\d,]+\/s/);
  });

  test('sends one event again', async () => {
    const { code, said } = await fuzz('--replay', 's1/7', '--door', 'respond');

    expect(code).toBe(0);
    expect(said).toMatch(/^(?:\d{3} )?\w.*\n$/);
  });

  test.each([
    [['--door', 'window'], /--door.*window.*remediate, notify, respond, drill, files/],
    [['--events', 'many'], /--events.*got many, wanted a whole number from 1/],
    [['--replay', 's1/7'], /--door: got none, wanted the door that the failure names/],
    [['--speed', '9'], /unknown option '--speed'/],
  ])('%j is bad usage', async (args, message) => {
    const { code, complained } = await fuzz(...args);

    expect(code).toBe(2);
    expect(complained).toMatch(message);
  });
});
