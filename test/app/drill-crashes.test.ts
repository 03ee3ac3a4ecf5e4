import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GREY, WIRING } from '../../functions/core/drill/built-in.ts';
import { durationMillis, later, minutes } from '../../functions/core/time.ts';
import { NOW } from '../core/builders.ts';
import { DrillWorld } from './drill-world.ts';

/** A night in which nearly everything goes wrong that can. */
const aNight = fc.record({
  drill: fc.constantFrom(WIRING, GREY),
  /** Counted over all that the drill function does; an invocation that crashes does nothing more. */
  crashes: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
  copies: fc.integer({ min: 1, max: 3 }),
  triesNeeded: fc.constantFrom(1, 20, 41, 5_000),
  stopAfterSeconds: fc.option(fc.integer({ min: 1, max: 900 }), { nil: undefined }),
  alarmAfterSeconds: fc.option(fc.integer({ min: 1, max: 900 }), { nil: undefined }),
  topicDownSeconds: fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined }),
});

type Night = typeof aNight extends fc.Arbitrary<infer N> ? N : never;

function crashAt(world: DrillWorld, crashes: readonly number[]): void {
  let done = 0;
  let isDead = false;
  world.onInvocation = () => {
    isDead = false;
  };
  world.onDrill = (name) => {
    done += 1;
    if (!isDead && !crashes.includes(done)) return;
    isDead = true;
    throw new Error(`crashed at ${name}`);
  };
}

async function live(night: Night): Promise<DrillWorld> {
  const world = new DrillWorld();
  Object.assign(world, { copies: night.copies, triesNeeded: night.triesNeeded });
  if (night.topicDownSeconds !== undefined) world.topicOfDrills = 'down';
  crashAt(world, night.crashes);
  await world
    .ask('drill-run', { ...night.drill, stopConditions: { alarms: ['payments'] } })
    .catch(() => {});
  const seconds = (after: number) => later(NOW, durationMillis(after * 1_000));
  const events: readonly (readonly [number | undefined, () => unknown])[] = [
    [night.topicDownSeconds, () => Object.assign(world, { topicOfDrills: 'up' })],
    [night.stopAfterSeconds, () => world.stopDrill().catch(() => {})],
    [night.alarmAfterSeconds, () => Object.assign(world, { watchedAlarm: 'ALARM' })],
  ];
  for (const [after = 0, happen] of events.toSorted(([a = 0], [b = 0]) => a - b)) {
    if (after === 0) continue;
    await world.live(seconds(after));
    await happen();
  }
  await world.live(later(NOW, minutes(200)));
  return world;
}

test('whatever crashes, comes twice or is lost: nothing stays ill, and no second task falls ill', async () => {
  await fc.assert(
    fc.asyncProperty(aNight, async (night) => {
      const world = await live(night);

      expect([...world.leftBehind, ...world.illTasks()]).toEqual([]);
      expect(world.isAlarmForced()).toBe(false);
      const ill = world.deeds.filter(({ what }) => what === 'fault on').map(({ task }) => task);
      expect(new Set(ill).size).toBeLessThanOrEqual(1);
      expect(world.stops.length).toBeLessThanOrEqual(ill.length > 0 ? 1 : 0);
      // Nobody is surprised: people were told before anything was done.
      const [first] = world.deeds;
      if (first !== undefined) expect(world.notices[0]?.at).toBeLessThanOrEqual(first.at);
      if (world.drills.size === 0) return;
      const state = world.newest();
      if (world.deeds.length > 0) expect(state.phase).toBe('ended');
      if (state.phase === 'ended') expect(world.marks()).toEqual([]);
      expect(state.faultAt === undefined || state.rollbacks.length > 0).toBe(true);
    }),
    { numRuns: 60 },
  );
}, 60_000);
