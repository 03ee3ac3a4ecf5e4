import { afterAll, beforeAll, describe, test } from 'vitest';
import { explain, REHEARSAL_MS_MAX, Rehearsals } from './rehearse.ts';

let rehearsals: Rehearsals;

beforeAll(async () => {
  rehearsals = await Rehearsals.prepare();
});
afterAll(() => rehearsals.close());

describe.concurrent('a human reads the cause', { timeout: REHEARSAL_MS_MAX }, () => {
  test.for([
    ['missing-env', 'of a release that ends at its start'],
    ['wrong-health-path', 'of a health check that asks in vain'],
    ['no-targets', 'where it knows nobody'],
  ] as const)('%s: %s', async ([name], { expect }) => {
    const rehearsal = await rehearsals.rehearse(name);

    expect(rehearsal.journal.deviated, explain(rehearsal)).toBe(false);
  });
});
