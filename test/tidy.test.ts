/** The rules of the repository itself; a finding names the path. `tidy/rules.test.ts` proves each rule can fail. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../functions/core/policy.ts';
import { REASONS } from '../functions/core/verdict.ts';
import {
  findDefaultExports,
  findImpurities,
  findOversized,
  findUnfitTests,
  findUnnamedFiles,
  findVagueNames,
} from './tidy/code.ts';
import {
  findLoosePins,
  findMachinePaths,
  findResolvedUrls,
  findStaleLimits,
  findUnexplained,
  findUnlisted,
  findUnlocked,
} from './tidy/documents.ts';
import { findLayerBreaks } from './tidy/layers.ts';
import { isCode, isReviewed, listPaths, readSource } from './tidy/repository.ts';

const paths = listPaths();
const code = paths.filter(isCode).map(readSource);
const reviewed = paths.filter(isReviewed).map(readSource);
const manifests = paths.filter((path) => /(?:^|\/)package\.json$/.test(path)).map(readSource);
const lockfiles = paths.filter((path) => path.endsWith('package-lock.json')).map(readSource);

describe('the repository', () => {
  test('has files to look at', () => {
    expect(code.length).toBeGreaterThan(80);
    expect(reviewed.length).toBeGreaterThan(80);
    expect(manifests.length).toBeGreaterThan(0);
    expect(lockfiles.length).toBeGreaterThan(0);
  });

  test.each([
    ['imports only along its layers', () => findLayerBreaks(code)],
    ['has a core that reads no clock, chance, environment or network', () => findImpurities(code)],
    ['has no file that must be scrolled far', () => findOversized(reviewed)],
    ['has no file or folder for anything', () => findVagueNames(paths)],
    ['runs all its tests, and waits in none', () => findUnfitTests(code)],
    ['names the file in every relative import', () => findUnnamedFiles(code)],
    ['exports by name', () => findDefaultExports(code)],
    ['explains each reason', () => findUnexplained(REASONS, readSource('docs/runbook.md'))],
    ['states the defaults', () => findStaleLimits(DEFAULT_POLICY, readSource('docs/runbook.md'))],
    ['lists each reason', () => findUnlisted(REASONS, readSource('README.md'))],
    ['pins each dependency exactly', () => manifests.flatMap(findLoosePins)],
    ['locks the packages of every platform', () => lockfiles.flatMap(findUnlocked)],
    ['names no registry in its lockfiles', () => lockfiles.flatMap(findResolvedUrls)],
    ['names no path of one machine', () => findMachinePaths(paths.map(readSource))],
  ])('%s', (_name, find) => {
    expect(find()).toEqual([]);
  });
});
