/** A real drill in which a service of AWS, or Slack, is faulty for a while; `npm run faults` has all of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rehearsed, TROUBLE_MS_MAX } from './rehearsed.ts';

let rehearsed: Rehearsed;

beforeAll(async () => {
  rehearsed = await Rehearsed.prepare();
});
afterAll(() => rehearsed[Symbol.asyncDispose]());

describe('while one task is ill', { timeout: TROUBLE_MS_MAX }, () => {
  test.each(['dynamodb-down', 'ecs-throttle', 'monitoring-500', 'sns-down', 'sqs-slow'])(
    '%s for five minutes: nothing else is stopped, and all is told once',
    async (name) => {
      const trial = await rehearsed.try(name);

      expect(trial).toMatchObject({
        problems: [],
        outcome: 'recovered',
        stopsRight: 1,
        stopsWrong: 0,
      });
      expect(trial.told).toBe(trial.announced);
    },
  );
});
