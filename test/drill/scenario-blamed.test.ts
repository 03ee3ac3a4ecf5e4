import { afterAll, beforeAll, describe, test } from 'vitest';
import { explain, REHEARSAL_MS_MAX, Rehearsals } from './rehearse.ts';

let rehearsals: Rehearsals;

beforeAll(async () => {
  rehearsals = await Rehearsals.prepare();
});
afterAll(() => rehearsals.close());

describe.concurrent('the right one is blamed', { timeout: REHEARSAL_MS_MAX }, () => {
  test.for([
    ['two-tier', 'the task behind, not the tier in front'],
    ['one-zone', 'the zone, not its tasks'],
    ['single-task', 'the only task, which stays'],
  ] as const)('%s: %s', async ([name], { expect }) => {
    const rehearsal = await rehearsals.rehearse(name);

    expect(rehearsal.journal.deviated, explain(rehearsal)).toBe(false);
  });
});
