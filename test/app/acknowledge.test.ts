import { describe, expect, test } from 'vitest';
import type { AcknowledgeDelivery } from '../../functions/core/delivery.ts';
import { later, minutes } from '../../functions/core/time.ts';
import { aService, aTask, NOW } from '../core/builders.ts';
import { World } from './world.ts';

/** Everything is ill, so a person was called. */
async function anEscalation(): Promise<World> {
  const world = new World(aService());
  for (const task of world.tasks) task.errorShare = 0.9;
  await world.deliver();
  return world;
}

function byAna(world: World): AcknowledgeDelivery {
  const incidentId = world.lock().incident?.id ?? '';
  return { kind: 'acknowledge', serviceId: world.service.id, incidentId, by: 'ana (U01)' };
}

const kinds = ({ told }: World): readonly string[] => told.map(({ kind }) => kind);

describe('a person has the incident', () => {
  test('which is told once, and the end is told as before', async () => {
    const world = await anEscalation();

    expect(await world.deliver(byAna(world))).toMatchObject({ reason: 'acknowledged' });
    expect(await world.deliver(byAna(world))).toMatchObject({ reason: 'unchanged' });
    for (const task of world.tasks) task.errorShare = 0;
    await world.run();

    expect(kinds(world)).toEqual(['escalated', 'acknowledged', 'recovered']);
    expect(world.told.at(-1)?.acknowledgedBy).toBe('ana (U01)');
    expect(world.lock().outbox).toEqual([]);
    expect(world.counted.map(({ kind }) => kind)).toContain('acknowledged');
  });

  test('and healing goes on: nothing is paused', async () => {
    const world = new World(aService());
    world.onEffect = (name) => {
      if (name === 'stopped')
        for (const task of world.tasks) if (task.n > 100) task.errorShare = 0.8;
    };
    await world.deliver();
    await world.deliver(byAna(world));

    await world.run(later(NOW, minutes(20)));

    expect(world.stops.length).toBeGreaterThan(1);
  });

  test('when it is over already, that is the answer', async () => {
    const world = new World(aService());
    await world.deliver();
    const late = byAna(world);
    await world.run();

    expect(await world.deliver(late)).toMatchObject({ verdict: 'settled', reason: 'not-open' });
    expect(kinds(world)).toEqual(['stopped', 'recovered']);
  });

  test('though the lock is contended', async () => {
    const world = await anEscalation();
    let races = 5;
    world.onEffect = (name) => {
      if (name !== 'commit' || races === 0) return;
      races -= 1;
      world.meddle({});
    };

    expect(await world.deliver(byAna(world))).toMatchObject({ reason: 'acknowledged' });
  });

  test('and a claim that is under way is neither lost nor repeated', async () => {
    const world = new World(aService());
    world.onEffect = (name) => {
      if (name !== 'stop') return;
      world.onEffect = () => {};
      void world.deliver(byAna(world));
    };

    await world.deliver();
    await world.run();

    expect(world.stops).toEqual([aTask(2).arn]);
    expect(world.lock().incident).toMatchObject({ state: 'recovered', stopped: 1 });
    expect(world.lock().incident?.acknowledged?.by).toBe('ana (U01)');
  });

  test('a crash at any line: it is told, once the same message comes again', async () => {
    for (let crashAt = 1; crashAt <= 5; crashAt += 1) {
      const world = await anEscalation();
      let count = 0;
      world.onEffect = () => {
        count += 1;
        if (count === crashAt) throw new Error(`crash at effect ${crashAt}`);
      };
      await world.deliverUntilDone(byAna(world));
      world.onEffect = () => {};
      await world.run(later(NOW, minutes(10)));

      expect(new Set(kinds(world)), `crash at ${crashAt}`).toContain('acknowledged');
      expect(world.lock().incident?.acknowledged?.by, `crash at ${crashAt}`).toBe('ana (U01)');
      expect(world.lock().outbox, `crash at ${crashAt}`).toEqual([]);
    }
  });
});
