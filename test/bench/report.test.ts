import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { writePart } from './document.ts';
import { brokenPromises, outdone, type ScenarioResult, scenarioTable } from './healing-report.ts';
import type { Score } from './measure.ts';

const CLEAN: Score = {
  right: 1,
  wrong: 0,
  breaches: 0,
  failed: 900,
  slow: 0,
  recover: 120,
  falseClaims: 0,
  claims: 1,
};

function aResult(ours: Partial<Score>, other: Partial<Score>, name = 'grey-5xx'): ScenarioResult {
  const cells = [
    { strategy: 'ECS alone', scores: [{ ...CLEAN, ...other }] },
    { strategy: 'ours', scores: [{ ...CLEAN, ...ours }] },
  ];
  return { name, cells, broken: [] };
}

describe('the report of the strategies', () => {
  it('keeps quiet when every promise is kept', () => {
    expect(brokenPromises([aResult({}, { failed: 2_000 })])).toEqual([]);
  });

  it('names each promise that is broken, with its scenario', () => {
    const broken = brokenPromises([aResult({ wrong: 2, breaches: 1, falseClaims: 1 }, {})]);

    expect(broken).toEqual([
      'grey-5xx: 2 wrong stops, wanted none',
      'grey-5xx: 1 stops below the floor, wanted none',
      'grey-5xx: 1 false recoveries, wanted none',
    ]);
  });

  it('forgives more failed requests only where they are explained', () => {
    expect(brokenPromises([aResult({}, { failed: 100 })])).toHaveLength(1);
    expect(brokenPromises([aResult({}, { failed: 100 }, 'single-task')])).toEqual([]);
    expect(outdone([aResult({}, { failed: 898 })])).toEqual([]);
    expect(outdone([aResult({}, { failed: 897 })])).toHaveLength(1);
  });

  it('says never of a scenario that only its clean-up ended', () => {
    const result = aResult({}, {});
    const never = { strategy: 'ECS alone', scores: [{ ...CLEAN, recover: undefined }] };

    expect(scenarioTable([{ ...result, cells: [never] }])).toContain('never');
  });
});

describe('docs/benchmarks.md', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps the other part, and is the same when it is written again', () => {
    const file = path.join(folder, 'benchmarks.md');
    writePart('attribution', 'second', file);
    writePart('healing', 'first', file);
    const once = readFileSync(file, 'utf8');
    writePart('healing', 'first', file);

    expect(once.indexOf('first')).toBeLessThan(once.indexOf('second'));
    expect(readFileSync(file, 'utf8')).toBe(once);
  });
});
