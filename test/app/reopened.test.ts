import { expect, test } from 'vitest';
import { later, minutes } from '../../functions/core/time.ts';
import { aService } from '../core/builders.ts';
import { World } from './world.ts';

const kinds = ({ told }: World): readonly string[] => told.map(({ kind }) => kind);

test('what was told to be over, and is not, is told again even while it waits', async () => {
  const world = new World(aService());
  await world.deliver();
  await world.run();
  for (const task of world.tasks.slice(0, 2)) task.errorShare = 0.2;

  await world.deliver();

  expect(world.lock().incident?.hold?.reason).toBe('settling');
  expect(kinds(world)).toEqual(['stopped', 'recovered', 'reopened']);
  await world.run(later(world.now, minutes(10)));
  expect(kinds(world)).toEqual(['stopped', 'recovered', 'reopened', 'escalated']);
});
