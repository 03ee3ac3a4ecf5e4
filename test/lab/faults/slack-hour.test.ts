/** Many incidents in an hour in which nobody can be told; time runs faster here, since all there is to do is wait. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Rehearsed } from './rehearsed.ts';

const HOUR_MS_MAX = 300_000;

let rehearsed: Rehearsed;

beforeAll(async () => {
  rehearsed = await Rehearsed.prepare(40);
});
afterAll(() => rehearsed[Symbol.asyncDispose]());

test('an hour without Slack: all is told later, in order, and none twice', {
  timeout: HOUR_MS_MAX,
}, async () => {
  const trial = await rehearsed.try('hour-slack-down');

  expect(trial).toMatchObject({ problems: [], stopsWrong: 0 });
  expect(trial.announced).toBeGreaterThanOrEqual(4);
  expect(trial.told).toBe(trial.announced);
});
