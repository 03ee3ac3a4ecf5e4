import { afterAll, beforeAll, describe, test } from 'vitest';
import { explain, REHEARSAL_MS_MAX, Rehearsals } from './rehearse.ts';

let rehearsals: Rehearsals;

beforeAll(async () => {
  rehearsals = await Rehearsals.prepare();
});
afterAll(() => rehearsals.close());

test('nothing is stopped: wiring: where an alarm is rung by hand', {
  timeout: REHEARSAL_MS_MAX,
}, async ({ expect }) => {
  const rehearsal = await rehearsals.rehearse('wiring');

  expect(rehearsal.journal.deviated, explain(rehearsal)).toBe(false);
});

describe.concurrent('nothing is stopped', { timeout: REHEARSAL_MS_MAX }, () => {
  test.for([
    ['hung', 'where ECS replaces the task itself'],
    ['dependency-down', 'where a dependency of all is down'],
    ['deploying', 'while a deployment is in progress'],
  ] as const)('%s: %s', async ([name], { expect }) => {
    const rehearsal = await rehearsals.rehearse(name);

    expect(rehearsal.journal.deviated, explain(rehearsal)).toBe(false);
  });
});
