/** Turns in a thread, against a table of the emulator. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochMillis, later, minutes, seconds } from '../../functions/core/time.ts';
import type { Thread, Turn } from '../../functions/ports/threads.ts';
import { anEntry, NOW } from '../core/builders.ts';
import { type BotWorld, failureOf, openBotWorld, signal } from './slack-bot-world.ts';

let world: BotWorld;

beforeAll(async () => {
  world = await openBotWorld();
});
afterAll(() => world.close());

let turns = 0;
/** Two who want to write in a thread of their own. */
function aPair(): readonly [Turn, Turn] {
  turns += 1;
  const id = `thread-${turns}`;
  return [
    { id, holder: 'one' },
    { id, holder: 'two' },
  ];
}

const at = (afterMs = 0) => {
  const now = epochMillis(NOW + afterMs);
  return { now, until: later(now, seconds(30)) };
};
const KEPT_UNTIL = later(NOW, minutes(365 * 24 * 60));
const THREAD: Thread = {
  root: { channel: 'C0123456789', ts: '1795169025.000001' },
  shown: { seq: 3, state: 'stopped', reopened: 0, entry: anEntry() },
  replied: ['inc#1', 'inc#3'],
};

describe('a turn', () => {
  test('begins with an empty thread, and hands on what was kept', async () => {
    const [one, two] = aPair();

    expect(await world.threads.begin(one, at(), signal)).toEqual({ replied: [] });
    await world.threads.keep(one, THREAD, KEPT_UNTIL, signal);
    await world.threads.end(one, signal);

    expect(await world.threads.begin(two, at(), signal)).toEqual(THREAD);
  });

  test('is for one at a time, and may be begun again by the same', async () => {
    const [one, two] = aPair();
    await world.threads.begin(one, at(), signal);

    expect(await world.threads.begin(two, at(29_000), signal)).toBeUndefined();
    expect(await world.threads.begin(one, at(29_000), signal)).toEqual({ replied: [] });
  });

  test('ends by itself, and who comes late keeps nothing and ends nothing', async () => {
    const [one, two] = aPair();
    await world.threads.begin(one, at(), signal);
    await world.threads.begin(two, at(30_001), signal);

    const late = await failureOf(world.threads.keep(one, THREAD, KEPT_UNTIL, signal));
    await world.threads.end(one, signal);

    expect(late.code).toBe('store.contended');
    expect(await world.threads.begin(one, at(31_000), signal)).toBeUndefined();
  });

  test('leaves nothing in the table for ever', async () => {
    const [one] = aPair();
    await world.threads.begin(one, at(), signal);
    const { expiresAt: unused } = await world.item(one.id);
    await world.threads.keep(one, THREAD, KEPT_UNTIL, signal);
    const { expiresAt: used } = await world.item(one.id);

    // Seconds, as the table's expiry wants them.
    expect(unused).toBe(Math.ceil(at().until / 1_000) + 86_400);
    expect(used).toBe(Math.floor(KEPT_UNTIL / 1_000));
  });
});
