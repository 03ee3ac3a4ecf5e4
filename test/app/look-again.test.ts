import { describe, expect, test } from 'vitest';
import { HealerError } from '../../functions/core/errors.ts';
import { later, minutes } from '../../functions/core/time.ts';
import type { IncidentStore } from '../../functions/ports/incident-store.ts';
import { aService, aTask } from '../core/builders.ts';
import { World } from './world.ts';

const kinds = (world: World): string[] => world.told.map(({ kind }) => kind);

/** The queue refuses the next message, once. */
function refuseNextLook(world: World): void {
  world.onEffect = (name) => {
    if (name !== 'schedule') return;
    world.onEffect = () => {};
    throw new HealerError('dependency.unavailable', 'sqs is down', { retryable: true });
  };
}

describe('the chain of looks', () => {
  test('goes on when the next look could not be sent after the write', async () => {
    const world = new World(aService());
    await world.deliver();
    refuseNextLook(world);

    await world.run();

    expect(kinds(world)).toEqual(['stopped', 'recovered']);
    expect(world.nextDue()).toBe(Number.POSITIVE_INFINITY);
  });

  test('goes on when the look that was to mend it could not be sent either', async () => {
    const world = new World(aService());
    await world.deliver();
    refuseNextLook(world);
    await world.runNext();
    refuseNextLook(world);

    await world.run();

    expect(kinds(world)).toEqual(['stopped', 'recovered']);
  });

  test('is one chain again after a look was delivered twice', async () => {
    const world = new World(aService());
    await world.deliver();
    const { incident } = world.lock();
    const recheck = {
      kind: 'recheck',
      serviceId: world.service.id,
      incidentId: incident?.id ?? '',
      token: incident?.token ?? 0,
    } as const;
    const passes = await passesOf(new World(aService()));
    await world.deliver(recheck);
    await world.deliver(recheck);

    // The planned look, and the two that watch over the new one, come once each and find another.
    expect(await world.run()).toBeLessThanOrEqual(passes + 3);
    expect(kinds(world)).toEqual(['stopped', 'recovered']);
  });

  test('goes on when the look that finds it over comes before the write that planned it', async () => {
    const passes = await passesOf(new World(aService()));
    const world = new World(aService());
    await world.deliver();
    for (let pass = 2; pass < passes; pass += 1) await world.runNext();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    world.through = (store) => slowWrites(store, gate);
    const first = world.runNext();
    await untilPlanned();
    const second = world.runNext();
    await untilPlanned();

    open();
    await Promise.all([first, second]);
    await world.run();

    expect(kinds(world)).toEqual(['stopped', 'recovered']);
  });
});

test('the chain of looks begins though the winner of the opening died, and the loser ended its message', async () => {
  const world = new World(aService());
  refuseNextLook(world);

  const both = await Promise.allSettled([world.deliver(), world.deliver()]);
  await world.run();

  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(world.stops).toEqual([aTask(2).arn]);
  expect(kinds(world)).toEqual(['stopped', 'recovered']);
});

/** Looks that a world takes from its stop to its recovery. */
async function passesOf(world: World): Promise<number> {
  await world.deliver();
  return world.run();
}

/** Both reads are done by then, and neither write. */
async function untilPlanned(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
}

function slowWrites(store: IncidentStore, gate: Promise<void>): IncidentStore {
  return {
    read: (...given) => store.read(...given),
    readAccount: (...given) => store.readAccount(...given),
    commit: (...given) => gate.then(() => store.commit(...given)),
    commitShared: (...given) => gate.then(() => store.commitShared(...given)),
    keep: (...given) => store.keep(...given),
    clear: (...given) => store.clear(...given),
  };
}

test('the chain of looks begins though its first look came before the slow write of the opening', async () => {
  const world = new World(aService());
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  world.through = (store) => slowWrites(store, gate);
  const opening = world.deliver();
  await untilPlanned();
  await world.runNext();
  expect(world.lock().version).toBe(0);

  open();
  await opening;
  await world.run();

  expect(kinds(world)).toEqual(['stopped', 'recovered']);
});

describe('an invocation that stood still', () => {
  /** Ten minutes go by, in which the task becomes well. */
  function standStill(world: World): void {
    world.now = later(world.now, minutes(10));
    for (const task of world.tasks) task.errorShare = 0;
  }

  test('after its look does not decide on what it saw', async () => {
    const world = new World(aService());
    let isFirst = true;
    world.through = (store) => ({
      ...slowWrites(store, Promise.resolve()),
      readAccount: async () => {
        // By now the world has been looked at, too.
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        if (isFirst) standStill(world);
        isFirst = false;
        return store.readAccount(new AbortController().signal);
      },
    });

    const outcome = await world.deliver();

    expect(outcome).toMatchObject({ verdict: 'settled', reason: 'alarm-cleared' });
    expect(world.stops).toEqual([]);
  });

  test('after its claim does not send the stop, and the claim is given up', async () => {
    const world = new World(aService());
    world.onEffect = (name) => {
      if (name !== 'committed') return;
      world.onEffect = () => {};
      standStill(world);
    };

    await expect(world.deliver()).rejects.toMatchObject({ code: 'store.contended' });
    world.now = later(world.now, minutes(1));
    await world.run(later(world.now, minutes(30)));

    expect(world.stops).toEqual([]);
    expect(world.lock()).toMatchObject({ incident: { state: 'recovered' } });
    expect(world.lock().intent).toBeUndefined();
  });
});

test('a stop that nobody recorded counts, though ECS refuses to repeat it', async () => {
  const world = new World(aService());
  world.onEffect = (name) => {
    if (name === 'stopped') throw new Error('killed');
  };
  await world.deliverUntilDone();
  world.onEffect = () => {};
  world.refuseStops = true;

  await world.run();

  expect(world.stops).toEqual([aTask(2).arn]);
  expect(world.lock().stops).toHaveLength(1);
  expect(kinds(world)).toEqual(['stopped', 'recovered']);
});
