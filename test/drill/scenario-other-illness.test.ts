import { afterAll, beforeAll, describe, test } from 'vitest';
import { explain, REHEARSAL_MS_MAX, Rehearsals } from './rehearse.ts';

let rehearsals: Rehearsals;

beforeAll(async () => {
  rehearsals = await Rehearsals.prepare();
});
afterAll(() => rehearsals.close());

describe.concurrent('one ill task is stopped', { timeout: REHEARSAL_MS_MAX }, () => {
  test.for([
    ['grey-slow', 'which answers too late'],
    ['hung-code-deploy', 'which nobody else replaces'],
  ] as const)('%s: %s', async ([name], { expect }) => {
    const rehearsal = await rehearsals.rehearse(name);

    expect(rehearsal.journal.deviated, explain(rehearsal)).toBe(false);
  });
});
