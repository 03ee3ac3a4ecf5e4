import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MUTANTS } from './mutants/all.ts';
import { fileOf, mutate } from './mutants/plant.ts';
import { runAll, seeds } from './pool.ts';

/** Threads that catch mutants at the same time. */
const LANES = 2;

describe('a planted bug', () => {
  test.each(MUTANTS)('$name changes one place of $file', (mutant) => {
    const text = readFileSync(fileOf(mutant), 'utf8');

    expect(mutate(mutant, text)).not.toBe(text);
  });

  test('is refused where its place is not there exactly once', () => {
    const mutant = { name: 'x', file: 'y.ts', find: 'a', replace: 'b', from: 1, within: 1 };

    expect(() => mutate(mutant, 'none')).toThrow(
      'mutant x: y.ts: got 0 places to change, wanted 1',
    );
    expect(() => mutate(mutant, 'a, a')).toThrow('got 2 places');
  });

  test('has a name of its own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  test('is caught, every one of them', { timeout: 300_000 }, async () => {
    const left = [...MUTANTS];
    const missed: string[] = [];
    const lane = async (): Promise<void> => {
      for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
        const { name, from, within } = mutant;
        const next = seeds(from, within, { watchdog: false });
        const { failed } = await runAll({ workers: 1, mutant: name, next });
        if (failed.length === 0) missed.push(name);
      }
    };

    await Promise.all(Array.from({ length: LANES }, lane));

    expect(missed).toEqual([]);
  });
});
