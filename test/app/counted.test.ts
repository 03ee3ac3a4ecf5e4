/** Each step of an incident is counted once, whoever else wanted to write it. */
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../functions/core/entry.ts';
import { aService } from '../core/builders.ts';
import { World } from './world.ts';

const inOrder = (entries: Iterable<Entry>): readonly string[] =>
  [...entries].map(({ id, kind }) => `${id} ${kind}`).toSorted();

describe('the steps of an incident are counted as they are kept', () => {
  test('from the alarm to the recovery', async () => {
    const world = new World(aService());

    await world.deliver();
    await world.run();

    expect(world.counted.map(({ kind }) => kind)).toEqual([
      'opened',
      'claimed',
      'stopped',
      'held',
      'held',
      'recovered',
    ]);
    expect(inOrder(world.counted)).toEqual(inOrder(world.store.kept.values()));
  });

  test('when three deliveries race for the lock', async () => {
    const world = new World(aService());

    await Promise.all([world.deliver(), world.deliver(), world.deliver()]);
    await world.run();

    expect(inOrder(world.counted)).toEqual(inOrder(world.store.kept.values()));
  });

  test('when the topic is down and entries are told late', async () => {
    const world = new World(aService());
    world.topicIsDown = true;
    await world.deliver();
    world.topicIsDown = false;
    await world.run();

    expect(inOrder(world.counted)).toEqual(inOrder(world.store.kept.values()));
  });

  test('when a stop is refused', async () => {
    const world = new World(aService());
    world.refuseStops = true;

    await world.deliver();

    expect(world.counted.map(({ kind }) => kind)).toContain('stop-refused');
  });
});

test('a dry run counts nothing', async () => {
  const world = new World(aService());

  const { id: serviceId } = aService();
  await world.deliver({
    kind: 'manual',
    serviceId,
    requestedBy: 'anna',
    reason: 'try',
    dryRun: true,
  });

  expect(world.counted).toEqual([]);
});
