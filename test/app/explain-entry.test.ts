import { expect, test } from 'vitest';
import type { LineReader } from '../../functions/ports/readers.ts';
import { aService } from '../core/builders.ts';
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
