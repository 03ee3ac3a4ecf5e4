import { expect, test } from 'vitest';
import { later, minutes } from '../../functions/core/time.ts';
import type { LineReader, TrafficReader } from '../../functions/ports/readers.ts';
import { aService, NOW } from '../core/builders.ts';
import { World } from './world.ts';

const allSay = (line: string): LineReader => ({
  lines: (_service, spans) =>
    Promise.resolve(spans.map(({ taskId }) => ({ taskId, lines: [line] }))),
});

test('the cause is in the entry that is told', async () => {
  const world = new World(aService());
  for (const task of world.tasks) task.errorShare = 0.8;
  const line = '502 catalog answered 503';
  const deps = { ...world.deps(), lines: allSay(line) };
  const { traffic: usual } = deps;
  const traffics = {
    async traffic(...args: Parameters<typeof usual.traffic>) {
      const reading = await usual.traffic(...args);
      return { ...reading, tasks: reading.tasks.map((task) => ({ ...task, lastErrors: [line] })) };
    },
  };
  world.deps = () => ({ ...deps, traffic: traffics });

  await world.deliver();

  expect(world.told).toEqual([
    expect.objectContaining({
      kind: 'escalated',
      reason: 'storm',
      cause: expect.objectContaining({ code: 'dependency' }),
    }),
  ]);
});

test('a cause that shows itself later is told once, and looked for no longer', async () => {
  const world = new World(aService());
  for (const task of world.tasks) task.errorShare = 0.8;
  let asked = 0;
  // Nothing is logged yet when the alarm comes.
  const known = () => (world.now === NOW ? [] : ['502 catalog answered 503']);
  const deps = world.deps();
  const lines: LineReader = {
    lines: (_service, spans) => {
      asked += 1;
      return Promise.resolve(spans.map(({ taskId }) => ({ taskId, lines: known() })));
    },
  };
  const traffic: TrafficReader = {
    async traffic(...args) {
      const reading = await deps.traffic.traffic(...args);
      return { ...reading, tasks: reading.tasks.map((task) => ({ ...task, lastErrors: known() })) };
    },
  };
  world.deps = () => ({ ...deps, lines, traffic });

  await world.deliver();
  await world.run(later(NOW, minutes(1)));
  const whenTold = asked;
  await world.run(later(NOW, minutes(10)));

  expect(world.told).toMatchObject([
    { kind: 'escalated', reason: 'storm' },
    { kind: 'explained', reason: 'storm', cause: { code: 'dependency' } },
  ]);
  expect(world.told[0]).not.toHaveProperty('cause');
  expect(asked).toBe(whenTold);
});
