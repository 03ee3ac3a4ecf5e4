/** What is shown while it waits, though nobody is told yet. */
import { describe, expect, test } from 'vitest';
import { later, minutes } from '../../functions/core/time.ts';
import { aService } from '../core/builders.ts';
import { World } from './world.ts';

const kinds = (entries: readonly { readonly kind: string }[]) => entries.map(({ kind }) => kind);

/** The alarm rings, and no task is worse than the others. */
function aVagueWorld(): World {
  const world = new World(aService());
  for (const task of world.tasks) task.errorShare = 0.08;
  return world;
}

describe('an incident in which nobody can be blamed yet', () => {
  test('is shown, and its end too when it ends by itself', async () => {
    const world = aVagueWorld();
    await world.deliver();
    expect(world.lock().incident?.hold?.reason).toBe('no-suspect');
    expect(kinds(world.shown)).toEqual(['opened']);

    for (const task of world.tasks) task.errorShare = 0;
    await world.run();

    expect(world.lock().incident?.state).toBe('recovered');
    expect(kinds(world.shown)).toEqual(['opened', 'recovered']);
    expect(world.told).toEqual([]);
  });

  test('is told with its end when it calls a person', async () => {
    const world = aVagueWorld();
    await world.deliver();
    await world.run(later(world.now, minutes(5)));
    for (const task of world.tasks) task.errorShare = 0;
    await world.run();

    expect(kinds(world.shown)).toEqual(['opened']);
    expect(kinds(world.told)).toEqual(['escalated', 'recovered']);
  });

  test('leaves nothing behind while the topic is down', async () => {
    const world = aVagueWorld();
    world.topicIsDown = true;
    await world.deliver();
    expect(kinds(world.lock().outbox)).toContain('opened');

    world.topicIsDown = false;
    await world.run(later(world.now, minutes(2)));

    expect(kinds(world.shown)).toEqual(['opened']);
    expect(world.lock().outbox).toEqual([]);
  });
});

test('an incident that is acted upon at once is told by the act', async () => {
  const world = new World(aService());
  await world.deliver();
  await world.run();

  expect(world.shown).toEqual([]);
  expect(kinds(world.told)).toEqual(['stopped', 'recovered']);
});
