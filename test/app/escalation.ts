/** A person was called, and what they may ask for then. */
import type { Delivery } from '../../functions/core/delivery.ts';
import { aService } from '../core/builders.ts';
import { World } from './world.ts';

export type Manual = Extract<Delivery, { kind: 'manual' }>;

/** Everything was ill, so a person was called; then all but task 2 became well again. */
export async function anEscalation(stillIll: readonly number[] = [2]): Promise<World> {
  const world = new World(aService());
  for (const task of world.tasks) task.errorShare = 0.9;
  await world.deliver();
  for (const task of world.tasks) if (!stillIll.includes(task.n)) task.errorShare = 0;
  return world;
}

export function stopOneMore(world: World, overrides: Partial<Manual> = {}): Manual {
  return {
    kind: 'manual',
    serviceId: world.service.id,
    requestedBy: 'ana (U01)',
    reason: 'stop one more task, by button in Slack',
    dryRun: false,
    ...overrides,
  };
}
