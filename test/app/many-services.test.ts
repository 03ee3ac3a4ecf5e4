import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_ACCOUNT_LIMITS } from '../../functions/core/account-limits.ts';
import { type EpochMillis, later, minutes, seconds } from '../../functions/core/time.ts';
import { NOW } from '../core/builders.ts';
import { ManyServices, type Stop } from './many-services.ts';
import type { World } from './world.ts';

const LIMITS = DEFAULT_ACCOUNT_LIMITS;
const at = (afterSeconds: number): EpochMillis => later(NOW, seconds(afterSeconds));

/** The most stops in any span of the budget's length. */
function mostInWindow(stops: readonly Stop[]): number {
  const within = (start: Stop) =>
    stops.filter((stop) => stop.at >= start.at && stop.at < later(start.at, LIMITS.budgetWindow));
  return Math.max(0, ...stops.map((start) => within(start).length));
}

function noStormYet(world: World): boolean {
  return world.lock().incident?.hold?.reason !== 'account-storm';
}

describe('ten services that alarm within a minute', () => {
  test('one after the other: four stops, then none, and one message about the storm', async () => {
    const many = new ManyServices(10);

    const outcomes = [];
    for (const [index, world] of many.worlds.entries())
      outcomes.push(...(await many.ring(at(index * 6), [world])));
    await many.run(at(9 * 60));

    expect(outcomes.map(({ verdict, reason }) => reason ?? verdict)).toEqual([
      ...Array(4).fill('act'),
      ...Array(6).fill('account-storm'),
    ]);
    expect(many.stops.map(({ serviceId }) => serviceId)).toEqual(
      [1, 2, 3, 4].map((n) => `shop-prod/service-${n}`),
    );
    const [message, ...more] = many.told('account-storm');
    expect(more).toEqual([]);
    expect(message).toMatchObject({ kind: 'escalated', serviceId: 'shop-prod/service-5' });
    expect(message?.detail).toContain('5 services opened an incident within 10 min');
  });

  test('at the same moment: four stops, then none, and one message; nobody gives up', async () => {
    const many = new ManyServices(10);

    const outcomes = await many.ring(at(0));
    await many.run(at(9 * 60));

    expect(outcomes.filter(({ verdict }) => verdict === 'act')).toHaveLength(4);
    expect(outcomes.filter(({ reason }) => reason === 'account-storm')).toHaveLength(6);
    expect(many.stops).toHaveLength(4);
    expect(many.told('account-storm')).toHaveLength(1);
  });

  test('have their recovery proven during the storm, and the end of it told', async () => {
    const many = new ManyServices(10);
    await many.ring(at(0));

    await many.run(at(9 * 60));

    const stopped = many.worlds.filter((world) => world.stops.length > 0);
    expect(stopped.map((world) => world.lock().incident?.state)).toEqual(
      Array(4).fill('recovered'),
    );
  });

  test('are decided one by one again when the storm is over, up to the budget of all', async () => {
    const many = new ManyServices(10);
    await many.ring(at(0));
    await many.run(at(9 * 60));
    expect(many.stops).toHaveLength(4);

    await many.run(at(30 * 60));

    expect(many.stops).toHaveLength(LIMITS.budget);
    const spent = many.told('budget-spent');
    expect(spent).toHaveLength(5);
    expect(spent[0]?.detail).toContain('5 of 5 stops of all services');
    expect(many.told('account-storm')).toHaveLength(1);
  });

  test('and are well again before the storm is over: nothing more is stopped or told but the end', async () => {
    const many = new ManyServices(10);
    await many.ring(at(0));
    await many.run(at(5 * 60));
    many.heal();

    await many.run(at(60 * 60));

    expect(many.stops).toHaveLength(4);
    expect(many.worlds.every((world) => world.lock().incident?.state === 'recovered')).toBe(true);
    // The four that were stopped, and the one that told of the storm; the others never said a word.
    expect(many.told().filter(({ kind }) => kind === 'recovered')).toHaveLength(5);
    expect(many.told()).toHaveLength(4 + 1 + 5);
  });
});

describe('a thousand services at the same moment', () => {
  test('write what they share no more than they must, and its item stays small', async () => {
    const many = new ManyServices(1_000);

    const outcomes = await many.ring(at(0));

    expect(outcomes.filter(({ reason }) => reason === 'account-storm')).toHaveLength(996);
    expect(many.stops).toHaveLength(4);
    expect(many.told('account-storm')).toHaveLength(1);
    expect(many.account.state.version).toBe(5);
    expect(JSON.stringify(many.account.state).length).toBeLessThan(1_000);
  });
});

describe('what is no storm', () => {
  test('one service that falls ill again and again', async () => {
    const many = new ManyServices(1);
    const [world] = many.worlds;
    for (let minute = 0; minute < 60; minute += 8) {
      const ill = world?.tasks[0];
      if (ill !== undefined) ill.errorShare = 0.9;
      await many.ring(at(minute * 60));
      await many.run(at(minute * 60 + 7 * 60));
    }

    expect(many.told('account-storm')).toEqual([]);
    expect(many.account.state.opened).toHaveLength(1);
  });

  test('ten services that a person asks about', async () => {
    const many = new ManyServices(10);
    const ask = { kind: 'manual', requestedBy: 'ana', reason: 'drill', dryRun: true } as const;

    const asked = many.worlds.map((world) =>
      world.deliver({ ...ask, serviceId: world.service.id }),
    );

    expect((await Promise.all(asked)).every(({ verdict }) => verdict === 'act')).toBe(true);
    expect(many.account.state.version).toBe(0);
  });

  test('nine that are paused, and one that is ill', async () => {
    const many = new ManyServices(10);
    const pause = { by: 'ana', why: 'maintenance', until: later(NOW, minutes(60)) };
    for (const world of many.worlds.slice(0, 9)) world.meddle({ pause });

    await many.ring(at(0));

    expect(many.stops.map(({ serviceId }) => serviceId)).toEqual(['shop-prod/service-10']);
    expect(many.told('account-storm')).toEqual([]);
  });
});

describe('for every order in which the table answers', () => {
  const count = fc.integer({ min: 1, max: 14 });

  test('there are four stops at most before the storm, and one message of it if there is one', async () => {
    await fc.assert(
      fc.asyncProperty(count, fc.scheduler(), async (services, scheduler) => {
        const many = new ManyServices(services);
        many.slowTable(() => scheduler.schedule(Promise.resolve()));

        const outcomes = await scheduler.waitFor(many.ring(at(0)));

        expect(many.stops).toHaveLength(Math.min(services, LIMITS.stormServices - 1));
        expect(many.told('account-storm')).toHaveLength(services >= LIMITS.stormServices ? 1 : 0);
        expect(many.worlds.filter(noStormYet)).toHaveLength(
          Math.min(services, LIMITS.stormServices),
        );
        expect(outcomes).toHaveLength(services);
      }),
      { numRuns: 60 },
    );
  });

  test('all services together keep to the budget, in any window, storm or not', async () => {
    const wait = fc.integer({ min: 0, max: 1_500 });
    const rings = fc.array(fc.tuple(wait, fc.integer({ min: 1, max: 6 })), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rings, fc.scheduler(), async (drawn, scheduler) => {
        const limits = { ...LIMITS, budget: 3, stormServices: 100 };
        const many = new ManyServices(12, limits);
        many.slowTable(() => scheduler.schedule(Promise.resolve()));
        let seconds = 0;
        let first = 0;
        for (const [pause, size] of drawn) {
          seconds += pause;
          await scheduler.waitFor(many.run(at(seconds)));
          const which = many.worlds.slice(first, first + size);
          first = (first + size) % 12;
          await scheduler.waitFor(many.ring(at(seconds), which));
        }
        await scheduler.waitFor(many.run(at(seconds + 2_000)));

        expect(mostInWindow(many.stops)).toBeLessThanOrEqual(limits.budget);
      }),
      { numRuns: 60 },
    );
  });
});
