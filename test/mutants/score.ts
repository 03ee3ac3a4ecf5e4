/** The score of mutants, by file. */
import { relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';

export interface FileScore {
  readonly file: string;
  readonly found: number;
  readonly missed: readonly MutantResult[];
  /** Broke the file so that it did not even load; counted neither way, as Stryker does. */
  readonly broken: number;
}

/** A mutant that hangs is found: the tests would never have ended. */
const FOUND = ['Killed', 'Timeout'];
const MISSED = ['Survived', 'NoCoverage'];

export function scoreFiles(mutants: readonly MutantResult[]): readonly FileScore[] {
  const byFile = Map.groupBy(mutants, ({ fileName }) => relative('.', fileName));
  return [...byFile].map(([file, own]) => {
    const found = own.filter(({ status }) => FOUND.includes(status)).length;
    const missed = own.filter(({ status }) => MISSED.includes(status));
    return { file, found, missed, broken: own.length - found - missed.length };
  });
}

/** From 0 to 100; a file without mutants has nothing to miss. */
export function percentFound(scores: readonly FileScore[]): number {
  const found = scores.reduce((sum, score) => sum + score.found, 0);
  const missed = scores.reduce((sum, score) => sum + score.missed.length, 0);
  return found + missed === 0 ? 100 : (100 * found) / (found + missed);
}
