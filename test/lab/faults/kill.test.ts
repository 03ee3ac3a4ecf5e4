/** A real drill in which `remediate` dies; `npm run faults` has every step. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rehearsed, TROUBLE_MS_MAX } from './rehearsed.ts';

let rehearsed: Rehearsed;

beforeAll(async () => {
  rehearsed = await Rehearsed.prepare();
});
afterAll(() => rehearsed[Symbol.asyncDispose]());

describe('remediate is killed', { timeout: TROUBLE_MS_MAX }, () => {
  test.each([
    ['while it reads', 'kill-before-logs:FilterLogEvents'],
    ['when it has claimed, and does not know it', 'kill-after-dynamodb:TransactWriteItems'],
    ['when it is about to stop', 'kill-before-ecs:StopTask'],
    ['when the stop is made, and it does not know it', 'kill-after-ecs:StopTask'],
    ['when it has told, and does not know it', 'kill-after-sns:Publish'],
  ])('%s: the one ill task is stopped, and all is told once', async (_when, name) => {
    expect(await rehearsed.try(name)).toMatchObject({
      problems: [],
      outcome: 'recovered',
      hits: 1,
      stopsRight: 1,
      stopsWrong: 0,
    });
  });
});
