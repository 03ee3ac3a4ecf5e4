import { describe, expect, test } from 'vitest';
import { ALL_SERVICES, type PauseDelivery } from '../../functions/core/delivery.ts';
import { HealerError } from '../../functions/core/errors.ts';
import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import { aService, aTask, NOW } from '../core/builders.ts';
import { MemoryAccount } from './memory-store.ts';
import { World } from './world.ts';

const { id: serviceId } = aService();
/** Between two looks of a paused incident, which come every two minutes. */
const END = later(NOW, minutes(41));

function aPause(scope = serviceId, until = END): PauseDelivery {
  return { kind: 'pause', serviceId: scope, by: 'ana', why: 'load test', until };
}

function aResume(scope = serviceId): PauseDelivery {
  return { kind: 'resume', serviceId: scope, by: 'ben' };
}

const kinds = ({ told }: World): readonly string[] => told.map(({ kind }) => kind);
const toldAt = ({ told }: World, kind: string) => told.find((entry) => entry.kind === kind)?.at;

/** The lock that carries the announcements. */
const telling = (world: World, scope: string) =>
  scope === ALL_SERVICES ? world.store.account.lock : world.lock();

describe.each([
  ['one service', serviceId],
  ['all services', ALL_SERVICES],
])('a pause of %s', (_what, scope) => {
  test('forbids the stop, ends by itself, and what it held is healed then', async () => {
    const world = new World(aService());

    expect(await world.deliver(aPause(scope))).toMatchObject({ service: scope, reason: 'paused' });
    expect(await world.deliver()).toMatchObject({ verdict: 'hold', reason: 'paused' });
    await world.run(earlier(END, minutes(1)));
    expect(world.stops).toEqual([]);
    await world.run();

    expect(world.stops).toEqual([aTask(2).arn]);
    expect(kinds(world)).toEqual(['paused', 'held', 'resumed', 'stopped', 'recovered']);
    expect(toldAt(world, 'resumed')).toBe(END);
    expect((toldAt(world, 'stopped') ?? 0) - END).toBeLessThanOrEqual(2_000);
    expect(telling(world, scope).outbox).toEqual([]);
    expect(world.nextDue()).toBe(Number.POSITIVE_INFINITY);
  });

  test('is ended by a person, and what it held is looked at again at once', async () => {
    const world = new World(aService());
    await world.deliver(aPause(scope));
    await world.deliver();
    await world.run(later(NOW, minutes(5)));

    const endedAt = world.now;
    expect(await world.deliver(aResume(scope))).toMatchObject({ reason: 'resumed' });
    await world.run();

    expect(kinds(world)).toEqual(['paused', 'held', 'resumed', 'stopped', 'recovered']);
    expect((toldAt(world, 'stopped') ?? 0) - endedAt).toBeLessThanOrEqual(2_000);
  });

  test('is named by what it holds, and ends when just that is resumed', async () => {
    const world = new World(aService());
    await world.deliver(aPause(scope));
    await world.deliver();
    const held = world.told.find(({ kind }) => kind === 'held');

    expect(held).toMatchObject({ reason: 'paused', pauseScope: scope });
    expect(await world.deliver(aResume(held?.pauseScope))).toMatchObject({ reason: 'resumed' });
  });

  test('that is asked for twice is one pause, told once', async () => {
    const world = new World(aService());
    const span = {
      kind: 'pause',
      serviceId: scope,
      by: 'ana',
      why: 'load test',
      for: minutes(10),
    } as const;

    await world.deliver(span, 'one request');
    world.now = later(world.now, minutes(1));
    const again = await world.deliver(span, 'one request');
    await world.run();

    expect(again).toMatchObject({ reason: 'unchanged' });
    expect(kinds(world)).toEqual(['paused', 'resumed']);
    expect(toldAt(world, 'resumed')).toBe(later(NOW, minutes(10)));
  });

  test('that could send nothing until it was over is told all the same', async () => {
    const world = new World(aService());
    world.onEffect = (name) => {
      if (name === 'schedule') throw new HealerError('dependency.unavailable', 'queue is down');
    };
    const ask = () => world.deliver(aPause(scope), 'one request');

    await expect(ask()).rejects.toThrow('queue is down');
    world.now = later(END, seconds(1));
    await expect(ask()).rejects.toThrow('queue is down');
    expect(kinds(world)).toEqual([]);
    world.onEffect = () => {};
    world.now = later(world.now, minutes(2));
    await expect(ask()).rejects.toThrow('until');

    expect(kinds(world)).toEqual(['paused', 'resumed']);
    expect(telling(world, scope).outbox).toEqual([]);
  });

  test('that is extended ends once, at its new end', async () => {
    const world = new World(aService());
    const until = later(END, minutes(10));

    await world.deliver(aPause(scope));
    await world.deliver(aPause(scope, until));
    await world.run();

    expect(kinds(world)).toEqual(['paused', 'paused', 'resumed']);
    expect(toldAt(world, 'resumed')).toBe(until);
  });

  test('that is not there is not ended, which is no error', async () => {
    const world = new World(aService());

    expect(await world.deliver(aResume(scope))).toMatchObject({ reason: 'not-paused' });

    expect(world.told).toEqual([]);
    expect(world.lock().version).toBe(0);
  });

  test('is told later when the topic is down', async () => {
    const world = new World(aService());
    world.topicIsDown = true;
    await world.deliver(aPause(scope, later(NOW, minutes(5))));
    await world.run(later(NOW, minutes(20)));
    world.topicIsDown = false;
    await world.run();

    expect(kinds(world)).toEqual(['paused', 'resumed']);
    expect(telling(world, scope).outbox).toEqual([]);
    expect(world.nextDue()).toBe(Number.POSITIVE_INFINITY);
  });

  test.each([
    ['begins', () => aPause(scope), ['paused', 'resumed']],
    ['ends', () => aResume(scope), ['resumed']],
  ] as const)('a crash at any line where it %s: told, and healed', async (_when, next, told) => {
    const prepare = async (): Promise<World> => {
      const world = new World(aService());
      if (told[0] === 'resumed') await world.deliver(aPause(scope));
      await world.deliver();
      return world;
    };
    const probe = await prepare();
    let effects = 0;
    probe.onEffect = () => {
      effects += 1;
    };
    await probe.deliver(next());
    expect(effects).toBeGreaterThan(4);

    for (let crashAt = 1; crashAt <= effects; crashAt += 1) {
      const world = await prepare();
      let count = 0;
      world.onEffect = () => {
        count += 1;
        if (count >= crashAt) throw new Error(`crash at effect ${crashAt}`);
      };
      await world.deliverUntilDone(next(), 'one request');
      world.onEffect = () => {};
      await world.run();

      const seen = new Set(kinds(world));
      for (const kind of told) expect(seen, `crash at ${crashAt}`).toContain(kind);
      expect(world.lock().incident?.state, `crash at ${crashAt}`).toBe('recovered');
      expect(telling(world, scope).outbox, `crash at ${crashAt}`).toEqual([]);
    }
  });

  test('a crash at any line of its end, when nothing is ill: told all the same', async () => {
    for (let crashAt = 1; crashAt <= 9; crashAt += 1) {
      const world = new World(aService(), 4, 0);
      await world.deliver(aPause(scope));
      let count = 0;
      world.onEffect = () => {
        count += 1;
        if (count >= crashAt) throw new Error(`crash at effect ${crashAt}`);
      };
      await world.deliverUntilDone(aResume(scope));
      world.onEffect = () => {};
      await world.run();

      expect(new Set(kinds(world)), `crash at ${crashAt}`).toEqual(new Set(['paused', 'resumed']));
      expect(telling(world, scope).outbox, `crash at ${crashAt}`).toEqual([]);
    }
  });

  test('that loses the race for the write is set all the same', async () => {
    const world = new World(aService());
    let races = 4;
    world.onEffect = (name) => {
      if (name !== 'commit' || races === 0) return;
      races -= 1;
      world.meddle({});
      const { account } = world.store;
      account.state = { ...account.state, version: account.state.version + 1 };
    };

    expect(await world.deliver(aPause(scope))).toMatchObject({ reason: 'paused' });
    expect(kinds(world)).toEqual(['paused']);
  });
});

describe('while healing is paused', () => {
  test('a stop that is under way is recorded and judged, and the recovery is told', async () => {
    const world = new World(aService());
    await world.deliver();

    await world.deliver(aPause());
    await world.run(later(NOW, minutes(30)));

    expect(world.stops).toEqual([aTask(2).arn]);
    expect(kinds(world)).toEqual(['stopped', 'paused', 'recovered']);
    expect(world.lock().stops[0]?.effect).toBe('by-stop');
  });

  test('a claim that loses to the pause of all services is not carried out', async () => {
    const world = new World(aService());
    world.onEffect = (name) => {
      if (name !== 'commit') return;
      world.onEffect = () => {};
      const { account } = world.store;
      const pause = { by: 'ana', why: 'now', until: END };
      account.state = { ...account.state, version: account.state.version + 1, pause };
    };

    expect(await world.deliver()).toMatchObject({ reason: 'paused' });
    expect(world.stops).toEqual([]);
  });

  test('two services that share it are both held', async () => {
    const account = new MemoryAccount();
    const worlds = [1, 2].map(() => new World(aService(), 4, 2, 0.8, account));

    await worlds[0]?.deliver(aPause(ALL_SERVICES));
    const outcomes = await Promise.all(worlds.map((world) => world.deliver()));

    expect(outcomes.map(({ reason }) => reason)).toEqual(['paused', 'paused']);
  });
});

test.each([serviceId, ALL_SERVICES])(
  'a request that comes again after its pause of %s is over ends it, and both are told',
  async (scope) => {
    const world = new World(aService());
    world.onEffect = (name) => {
      if (name === 'publish' || name === 'schedule') throw new Error('killed');
    };
    const request = aPause(scope);
    await expect(world.deliver(request, 'm1')).rejects.toThrow('killed');
    world.onEffect = () => {};
    world.now = later(END, minutes(1));

    expect(await world.deliver(request, 'm1')).toMatchObject({ reason: 'resumed' });

    await world.run(later(END, minutes(30)));
    expect(kinds(world)).toEqual(['paused', 'resumed']);
    expect(telling(world, scope).pause).toBeUndefined();
    expect(telling(world, scope).outbox).toEqual([]);
  },
);
