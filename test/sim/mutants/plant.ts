/** Plants a bug into what this thread imports from now on; the files stay as they are. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Mutant } from './mutant.ts';

const FUNCTIONS = path.resolve(import.meta.dirname, '../../../functions');

export function fileOf({ file }: Mutant): string {
  return path.join(FUNCTIONS, file);
}

/** @throws RangeError when the place to change is not there exactly once. */
export function mutate(mutant: Mutant, text: string): string {
  const { name, file, find, replace } = mutant;
  const places = text.split(find).length - 1;
  if (places !== 1) {
    throw new RangeError(`mutant ${name}: ${file}: got ${places} places to change, wanted 1`);
  }
  return text.replace(find, () => replace);
}

export function plant(mutant: Mutant): void {
  const source = mutate(mutant, readFileSync(fileOf(mutant), 'utf8'));
  const url = pathToFileURL(fileOf(mutant)).href;
  registerHooks({
    load(loaded, context, next) {
      if (loaded !== url) return next(loaded, context);
      return { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}
