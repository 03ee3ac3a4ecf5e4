import { describe, expect, test } from 'vitest';
import { GREY } from '../../functions/core/drill/built-in.ts';
import type { Definition } from '../../functions/core/drill/definition.ts';
import { later, minutes, seconds } from '../../functions/core/time.ts';
import { NOW } from '../core/builders.ts';
import { DrillWorld } from './drill-world.ts';

const WATCHED: Definition = { ...GREY, stopConditions: { alarms: ['payments-down'] } };
const LATER = later(NOW, minutes(90));

/** The task is ill and the drill follows; the healer is away, so nobody but the drill mends it. */
async function whileIll(definition: Definition = WATCHED): Promise<DrillWorld> {
  const world = new DrillWorld();
  world.deliverUntilDone = async () => {};
  await world.ask('drill-run', definition);
  await world.live(later(NOW, seconds(20)));
  expect(world.illTasks()).toHaveLength(1);
  return world;
}

describe('a drill ends at once, and mends the task,', () => {
  test.for<readonly [string, string, (world: DrillWorld) => unknown]>([
    ['when a person asks', 'stopped', (world) => world.stopDrill()],
    [
      'when an alarm of its stop conditions rings',
      'stop-condition',
      (world) => Object.assign(world, { watchedAlarm: 'ALARM' }),
    ],
    [
      'when too few tasks are healthy',
      'too-few-healthy',
      (world) => {
        world.tasks = world.tasks.map((task, n) => (n > 1 ? task : { ...task, startedAt: LATER }));
      },
    ],
    [
      'when somebody pauses healing',
      'paused',
      (world) => world.meddle({ pause: { by: 'ben', why: 'migration', until: LATER } }),
    ],
    [
      'when another service falls ill',
      'others-ill',
      (world) => {
        const { account } = world.store;
        account.state = {
          ...account.state,
          version: account.state.version + 1,
          opened: [{ serviceId: 'shop-prod/catalog-api', at: world.now }],
        };
      },
    ],
    [
      'when its mark is gone',
      'mark-lost',
      (world) => {
        const { drill: _gone, ...lock } = world.lock();
        world.store.state = { ...lock, version: lock.version + 1 };
      },
    ],
  ])('%s', async ([, code, happen]) => {
    const world = await whileIll();
    const endBy = later(world.now, seconds(30));

    await happen(world);
    await world.live(endBy);

    expect(world.newest()).toMatchObject({ phase: 'ended', verdict: 'aborted', abort: { code } });
    expect(world.illTasks()).toEqual([]);
    expect(world.newest().rollbacks).toMatchObject([{ status: 'succeeded' }]);
    expect(world.notices.at(-1)?.end).toMatchObject({ verdict: 'aborted' });
    expect(world.marks()).toEqual([]);
  });

  test('when fewer tasks are healthy than the policy asks for, whatever the definition says', async () => {
    const world = await whileIll({ ...WATCHED, stopConditions: { healthyBelow: 0 } });
    world.tasks = world.tasks.map((task, n) => (n > 1 ? task : { ...task, startedAt: LATER }));

    await world.live(later(world.now, seconds(30)));

    expect(world.newest()).toMatchObject({ phase: 'ended', abort: { code: 'too-few-healthy' } });
    expect(world.illTasks()).toEqual([]);
  });

  test('when a person asks while a newer one waits for its turn', async () => {
    const world = await whileIll();
    const [first] = world.drills.values();
    await world.ask('drill-run', 'wiring', { by: 'schedule', scheduled: true });
    expect(world.newest()).toMatchObject({ phase: 'starting' });

    await world.stopDrill();
    await world.live(later(world.now, seconds(30)));

    expect(world.drills.get(first?.id ?? '')).toMatchObject({ abort: { code: 'stopped' } });
    expect(world.illTasks()).toEqual([]);
  });

  test('when its alarms cannot be read for a moment: it waits to see that nothing rings', async () => {
    const world = new DrillWorld();
    world.deliverUntilDone = async () => {};
    await world.ask('drill-run', 'wiring');
    world.isBlind = true;
    await world.stopDrill();

    expect(world.newest()).toMatchObject({ phase: 'rolling-back' });
    world.isBlind = false;
    await world.live(later(world.now, seconds(20)));

    expect(world.newest()).toMatchObject({ phase: 'ended', rollbacks: [{ status: 'succeeded' }] });
    expect(world.leftBehind).toEqual([]);
  });

  test('when its time is over', async () => {
    const world = await whileIll({ ...WATCHED, window: { maxMinutes: 2 } });
    await world.live(later(NOW, minutes(4)));

    expect(world.newest()).toMatchObject({ phase: 'ended', abort: { code: 'time-limit' } });
    expect(world.illTasks()).toEqual([]);
  });

  test('when it cannot see the service for a minute, and not before', async () => {
    const world = await whileIll();
    world.isBlind = true;

    await world.live(later(world.now, seconds(50)));
    const before = world.newest().phase;
    await world.live(later(world.now, seconds(40)));

    expect(before).toBe('following');
    expect(world.newest()).toMatchObject({ phase: 'ended', abort: { code: 'unreadable' } });
    expect(world.illTasks()).toEqual([]);
  });
});

test('a drill is undone, but not judged, while its timeline cannot be read', async () => {
  const world = new DrillWorld();
  world.isBlind = 'timeline';
  await world.ask('drill-run', GREY);
  await world.live(later(NOW, minutes(20)));

  expect(world.newest()).toMatchObject({ phase: 'rolling-back' });
  expect(world.newest().verdict).toBeUndefined();
  expect(world.illTasks()).toEqual([]);
  world.isBlind = false;
  await world.live(later(world.now, minutes(2)));

  expect(world.newest()).toMatchObject({ phase: 'ended', verdict: 'pass' });
});
