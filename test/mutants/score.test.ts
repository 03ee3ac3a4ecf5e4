import type { MutantResult, MutantStatus } from '@stryker-mutator/api/core';
import { describe, expect, test } from 'vitest';
import { scoreTable } from './report.ts';
import { percentFound, scoreFiles } from './score.ts';
import { test as declare, declaredIn, describe as group, runTest } from './suite.ts';

function mutants(file: string, ...states: readonly MutantStatus[]): readonly MutantResult[] {
  return states.map(
    (status) => ({ fileName: `functions/core/${file}.ts`, status }) as MutantResult,
  );
}

describe('the score', () => {
  const scores = scoreFiles([
    ...mutants('lock', 'Killed', 'Timeout', 'Survived', 'RuntimeError'),
    ...mutants('drill/plan', 'Killed', 'NoCoverage'),
  ]);

  test('is what was found of all that could be', () => {
    expect(percentFound(scores)).toBe(60);
    expect(percentFound([])).toBe(100);
  });

  test('is told file by file, the worst first', () => {
    expect(scoreTable(scores).replaceAll(/ +/g, ' ').split('\n')).toEqual([
      'file score found missed broken',
      'drill/plan 50.0 1 1 0',
      'lock 66.7 2 1 1',
      'all 60.0 3 2 1',
    ]);
  });
});

describe('tests that are declared once', () => {
  test('keep their names apart, and run again and again', async () => {
    let runs = 0;
    const declared = await declaredIn('a.test.ts', async () => {
      group('outer', () => {
        declare.each([{ n: 1 }, { n: 2 }])('row $n', () => {
          runs += 1;
        });
        declare.each([[3, 'x']])('%d', (n) => {
          if (n === 3) throw new Error('as it should');
        });
      });
      declare('same', () => {});
      declare('same', () => {});
    });
    const results = [];
    for (const each of [...declared, ...declared]) results.push(await runTest(each));

    expect(declared.map(({ id }) => id)).toEqual([
      'a.test.ts > outer > row 1',
      'a.test.ts > outer > row 2',
      'a.test.ts > outer > 3',
      'a.test.ts > same',
      'a.test.ts > same (2)',
    ]);
    expect(runs).toBe(4);
    expect(results.filter((why) => why !== undefined)).toEqual(['as it should', 'as it should']);
  });
});
