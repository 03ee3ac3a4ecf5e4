/**
 * What a test file gets for `fast-check` while mutants are tried: fewer runs, the same ones for every mutant, and
 * no search for the smallest counterexample, which nobody reads.
 */
import fc from 'fast-check';

const MOST_RUNS = 100;
const SEED = 1;

function assertBriefly<Ts>(
  property: fc.IRawProperty<Ts>,
  parameters: fc.Parameters<Ts> = {},
): Promise<void> | void {
  const numRuns = Math.min(parameters.numRuns ?? MOST_RUNS, MOST_RUNS);
  return fc.assert(property, { ...parameters, numRuns, seed: SEED, endOnFailure: true });
}

export const briefFastCheck = { ...fc, assert: assertBriefly };
