/** The catalogue: one production failure for each file, and what must be true of the healer in it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkDefinition } from '../../functions/adapters/events/check-definition.ts';
import { BUILT_IN } from '../../functions/core/drill/built-in.ts';
import { describe } from '../../functions/core/errors.ts';
import type { Definition } from './definition.ts';

const FOLDER = path.join(import.meta.dirname, 'catalogue');
const ENDING = '.json';

/** What is wrong with the catalogue, all of it at once: file, field, value got and value wanted. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the catalogue is invalid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Every definition, by name: the files, and those that the `drill` function has too.
 *
 * @throws CatalogueError naming all problems of all files.
 */
export function loadCatalogue(): readonly Definition[] {
  const all = [...BUILT_IN, ...loadFolder(FOLDER)];
  return all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws CatalogueError naming all problems of all files. */
export function loadFolder(folder: string): readonly Definition[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(ENDING));
  const names = files.map((file) => path.basename(file, ENDING)).toSorted();
  const read = names.map((name) => readDefinition(folder, name));
  const problems = read.flatMap((result) => ('problems' in result ? result.problems : []));
  if (problems.length > 0) throw new CatalogueError(problems);
  return read.flatMap((result) => ('definition' in result ? [result.definition] : []));
}

type Read = { readonly definition: Definition } | { readonly problems: readonly string[] };

function readDefinition(folder: string, name: string): Read {
  const file = `${name}${ENDING}`;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  } catch (error) {
    return { problems: [`${file}: wanted JSON: ${describe(error)}`] };
  }
  const problems = checkDefinition(value, name);
  if (problems.length > 0) return { problems: problems.map((problem) => `${file}: ${problem}`) };
  return { definition: value as Definition };
}
