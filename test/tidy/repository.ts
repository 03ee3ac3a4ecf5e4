/** The files that git keeps, or would keep if everything were added now. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { SourceFile } from './source.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CODE = /\.(?:ts|mts|js|mjs|cjs)$/;
const SOURCE_FOLDERS = /^(?:docs|functions|infra|workload|test)\//;

export function listPaths(): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const listed = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const paths = listed.split('\0').filter((file) => file !== '');
  return paths.filter((file) => existsSync(path.join(ROOT, file)));
}

/** @returns a file that is not there as an empty one, so that a rule can say what it misses in it. */
export function readSource(file: string): SourceFile {
  const at = path.join(ROOT, file);
  return { path: file, text: existsSync(at) ? readFileSync(at, 'utf8') : '' };
}

export function isCode(file: string): boolean {
  return CODE.test(file);
}

/** Code that is written and reviewed by people: no fixtures, nothing at the root. */
export function isReviewed(file: string): boolean {
  return isCode(file) && SOURCE_FOLDERS.test(file) && !file.includes('/fixtures/');
}
