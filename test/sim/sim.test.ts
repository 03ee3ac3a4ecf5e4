import { describe, expect, test } from 'vitest';
import { FAULT_KINDS } from './faults.ts';
import { configOf } from './plan.ts';
import { runAll, seeds, shrinkOne } from './pool.ts';
import { replayOf } from './replay.ts';
import { runSeed } from './run-seed.ts';
import { report } from './tally.ts';

async function traceOf(seed: number): Promise<string> {
  const lines: string[] = [];
  await runSeed(configOf(seed), (line) => lines.push(line));
  return lines.join('\n');
}

describe('a run', () => {
  test('is the same to the letter whenever its seed is', async () => {
    const first = await traceOf(4);

    expect(await traceOf(4)).toBe(first);
    expect(first.split('\n').length).toBeGreaterThan(50);
    expect(await traceOf(5)).not.toBe(first);
  });

  test('keeps every promise, whatever fails', async () => {
    const next = seeds(1, 60);

    const tally = await runAll({ workers: 1, next });

    expect(tally.failed.map(({ config, broken }) => `${replayOf(config)}: ${broken}`)).toEqual([]);
    expect(tally).toMatchObject({ seeds: 60 });
    expect(tally.stops).toBeGreaterThan(20);
  });

  test('without faults, people and troubles sees no incident', async () => {
    const calm = { without: FAULT_KINDS, people: false, skipped: [0, 1, 2, 3] };

    const result = await runSeed(configOf(3, calm));

    expect(result.broken).toBeUndefined();
    expect(result).toMatchObject({ incidents: 0, stops: 0, tried: new Map() });
  });
});

describe('a run that fails', () => {
  test('is made smaller, fails in the same way, and names the command that repeats it', async () => {
    const mutant = 're-check-not-scheduled';
    const next = seeds(1, 50, { watchdog: false });
    const [failed] = (await runAll({ workers: 1, mutant, next })).failed;
    if (failed === undefined) throw new Error(`${mutant} was not caught`);

    const small = await shrinkOne(failed, mutant);

    expect(small.broken).toBeDefined();
    expect(small.config.without.length).toBeGreaterThan(failed.config.without.length);
    expect(small.config.minutes).toBeLessThan(failed.config.minutes);
    expect(replayOf(small.config, mutant)).toMatch(
      /^npm run sim -- --seed \d+ --without [a-z,-]+ .*--mutant re-check-not-scheduled$/,
    );
  });
});

test('the report names every kind of fault, and the sums', async () => {
  const next = seeds(1, 5);

  const text = report(await runAll({ workers: 1, next }));

  for (const kind of FAULT_KINDS) expect(text).toContain(`| ${kind} |`);
  expect(text).toMatch(/5 seeds: \d+ troubles, \d+ incidents, \d+ stops/);
});
