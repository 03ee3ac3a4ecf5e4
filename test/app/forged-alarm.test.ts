/** A message says that an alarm rings, and it does not: anybody may have sent it. */
import { describe, expect, test } from 'vitest';
import { anAlarm, anAlarmDelivery, aService } from '../core/builders.ts';
import { World } from './world.ts';

/** One task fails eight requests of ten, and CloudWatch says that all is well. */
function aQuietWorld(): World {
  const world = new World(aService());
  const { deps } = world;
  const alarms = { alarms: () => Promise.resolve([anAlarm({ state: 'OK' })]) };
  world.deps = () => ({ ...deps.call(world), alarms });
  return world;
}

describe('an alarm that only a message knows of', () => {
  test('stops nothing, however ill a task is, and tells nobody', async () => {
    const world = aQuietWorld();

    const outcome = await world.deliver(anAlarmDelivery('ALARM'));
    await world.run();

    expect(outcome).toMatchObject({ verdict: 'settled', reason: 'alarm-cleared' });
    expect(world.stops).toEqual([]);
    expect(world.told).toEqual([]);
  });

  test('would have stopped one if it rang', async () => {
    const world = new World(aService());

    expect(await world.deliver(anAlarmDelivery('ALARM'))).toMatchObject({ verdict: 'act' });
  });
});
