/** Turns in a thread, against a table of the emulator. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochMillis, later, minutes, seconds } from '../../functions/core/time.ts';
import type { Thread, Turn } from '../../functions/ports/threads.ts';
import { anEntry, NOW } from '../core/builders.ts';
import { anIncident, type BotWorld, failureOf, openBotWorld, signal } from './slack-bot-world.ts';

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
  upTo: 3,
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

describe('a part of a timeline', () => {
  const steps = () => anIncident({}, {}, {}, {}, {});
  const seqs = async (id: string | undefined, first: number, last: number) => {
    const found = await world.timeline.between(id ?? '', { first, last }, signal);
    return found.map(({ seq }) => seq);
  };

  test('has the steps asked for, in order, without those that are not kept yet', async () => {
    const entries = steps();
    const [first] = entries;
    await world.record(entries.filter(({ seq }) => seq !== 3));

    expect(await seqs(first?.incidentId, 2, 4)).toEqual([2, 4]);
    expect(
      await world.timeline.between(first?.incidentId ?? '', { first: 1, last: 1 }, signal),
    ).toEqual([first]);
  });

  test('is by number, beyond nine steps too', async () => {
    const [entry] = steps();
    if (entry === undefined) throw new Error('wanted a step');
    await world.record([2, 9, 10, 11].map((seq) => ({ ...entry, seq, id: `x#${seq}` })));

    expect(await seqs(entry.incidentId, 9, 10)).toEqual([9, 10]);
  });

  test('leaves out what it does not understand: that comes by its own message', async () => {
    const [one, two] = steps();
    if (one === undefined || two === undefined) throw new Error('wanted two steps');
    await world.record([{ ...one, detail: 3 as never }, two]);

    expect(await seqs(one.incidentId, 1, 2)).toEqual([2]);
  });
});
