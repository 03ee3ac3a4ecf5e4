/** Every planted bug; each must be caught by the simulation. */
import { CLAIMING } from './claiming.ts';
import { DECIDING } from './deciding.ts';
import { FOLLOWING } from './following.ts';
import type { Mutant } from './mutant.ts';

export const MUTANTS: readonly Mutant[] = [...CLAIMING, ...DECIDING, ...FOLLOWING];

export function mutantOf(name: string): Mutant {
  const found = MUTANTS.find((mutant) => mutant.name === name);
  if (found !== undefined) return found;
  const names = MUTANTS.map((mutant) => mutant.name).join(', ');
  throw new RangeError(`mutant: got ${name}, wanted one of: ${names}`);
}
