import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GREY, WIRING } from '../../functions/core/drill/built-in.ts';
import type { Definition } from '../../functions/core/drill/definition.ts';
import { durationMillis, later, minutes } from '../../functions/core/time.ts';
import { NOW } from '../core/builders.ts';
import { DrillWorld } from './drill-world.ts';

const WATCHED: Definition = { ...GREY, stopConditions: { alarms: ['payments-down'] } };
const LATER = later(NOW, minutes(90));

describe('a drill is refused, and nothing happens,', () => {
  const sunday = later(NOW, durationMillis(2 * 86_400_000));

  test.for<readonly [string, string, string, Definition, (world: DrillWorld) => unknown]>([
    [
      'in production',
      'production',
      'allowProduction: true',
      WIRING,
      (world) => {
        Object.assign(world, { service: { ...world.service, environment: 'prod' } });
        world.setting = { ...world.setting, mayDrillProduction: true };
      },
    ],
    [
      'in production by a function that may not',
      'production',
      'DRILL_PRODUCTION=allowed',
      WIRING,
      (world) => Object.assign(world, { service: { ...world.service, environment: 'live-eu' } }),
    ],
    [
      'in production that is called so in short',
      'production',
      'DRILL_PRODUCTION=allowed',
      WIRING,
      (world) => Object.assign(world, { service: { ...world.service, environment: 'PRD-1' } }),
    ],
    [
      'on another day',
      'outside-window',
      'mon, fri',
      { ...WIRING, window: { days: ['mon', 'fri'] } },
      (world) => Object.assign(world, { now: sunday }),
    ],
    [
      'at another hour',
      'outside-window',
      'hours 22 to 6 UTC',
      { ...WIRING, window: { hours: { from: 22, to: 6 } } },
      () => {},
    ],
    [
      'while an incident is open',
      'incident-open',
      'no open incident',
      WIRING,
      async (world) => {
        const [, second] = world.tasks;
        if (second !== undefined) second.errorShare = 0.8;
        await world.deliver();
        if (second !== undefined) second.errorShare = 0;
      },
    ],
    [
      'while an alarm is not OK',
      'alarm-not-ok',
      'OK',
      WIRING,
      (world) => {
        const [first] = world.tasks;
        if (first !== undefined) first.errorShare = 0.8;
      },
    ],
    [
      'while a task is missing',
      'too-few-healthy',
      '4 (4 desired)',
      WIRING,
      (world) => {
        world.tasks = world.tasks.map((task, n) => (n > 0 ? task : { ...task, startedAt: LATER }));
      },
    ],
    [
      'while healing is paused',
      'paused',
      'no pause',
      WIRING,
      (world) => world.meddle({ pause: { by: 'ben', why: 'migration', until: LATER } }),
    ],
    [
      'while a stop condition rings',
      'stop-condition',
      'OK',
      WATCHED,
      (world) => Object.assign(world, { watchedAlarm: 'ALARM' }),
    ],
    [
      'of a single task at level fault',
      'too-few-tasks',
      '2 or more for a fault',
      GREY,
      (world) => Object.assign(world, { tasks: world.tasks.slice(0, 1) }),
    ],
    [
      'at level fault while the service is only observed',
      'observe-only',
      'heal: nothing would mend it',
      GREY,
      (world) => {
        const policy = { ...world.service.policy, mode: 'observe' as const };
        Object.assign(world, { service: { ...world.service, policy } });
      },
    ],
    [
      'at level fault without a URL',
      'no-fault-switch',
      'the URL and the secret of its fault switch',
      GREY,
      (world) => Object.assign(world, { setting: { ...world.setting, faultUrls: {} } }),
    ],
    [
      'of two tasks',
      'too-wide',
      'one fault of one task',
      { ...GREY, method: GREY.method.map((step) => ({ ...step, on: { tasks: [0, 1] } }) as never) },
      () => {},
    ],
    [
      'with a step of the lab',
      'lab-only',
      'your pipeline',
      { ...GREY, method: [...GREY.method, { do: 'deploy', name: 'a release', revision: {} }] },
      () => {},
    ],
  ])('%s', async ([, code, wanted, definition, happen]) => {
    const world = new DrillWorld();
    await happen(world);

    const planned = await world.ask('drill-plan', definition);
    const answer = await world.ask('drill-run', definition);

    const refusals = expect.arrayContaining([
      expect.objectContaining({ code, wanted: expect.stringContaining(wanted) }),
    ]);
    expect(answer).toMatchObject({ kind: 'refused', refusals });
    expect(planned).toMatchObject({ kind: 'plan', mayRun: false, refusals });
    expect(world.drills.size).toBe(0);
    expect(world.deeds).toEqual([]);
  });

  test('but a plan says what it would do', async () => {
    const world = new DrillWorld();

    expect(await world.ask('drill-plan', WATCHED)).toMatchObject({
      mayRun: true,
      refusals: [],
      level: 'fault',
      target: expect.stringMatching(/^task 0303/),
      stopConditions: expect.arrayContaining([
        'alarm payments-down is in ALARM',
        'fewer than 3 healthy tasks',
      ]),
      unmeasured: expect.arrayContaining([expect.stringContaining('failedAfter')]),
    });
    expect(world.deeds).toEqual([]);
  });

  /** What may be wrong with a service, one by one or together. */
  const TROUBLES = {
    paused: (world: DrillWorld) => {
      world.meddle({ pause: { by: 'ben', why: 'migration', until: LATER } });
    },
    watched: (world: DrillWorld) => {
      world.watchedAlarm = 'ALARM';
    },
    ill: (world: DrillWorld) => {
      world.tasks = world.tasks.map((task, n) => (n === 0 ? { ...task, errorShare: 0.8 } : task));
    },
    missing: (world: DrillWorld) => {
      world.tasks = world.tasks.map((task, n) => (n === 1 ? { ...task, startedAt: LATER } : task));
    },
    others: (world: DrillWorld) => {
      const opened = [{ serviceId: 'shop-prod/catalog-api', at: NOW }];
      world.store.account.state = { ...world.store.account.state, opened };
    },
  } as const;
  const names = Object.keys(TROUBLES) as (keyof typeof TROUBLES)[];
  const aNight = fc.record({
    troubles: fc.subarray(names, { maxLength: 2 }),
    drill: fc.constantFrom(WIRING, GREY),
    scheduled: fc.boolean(),
  });

  test('whatever is not as it should be: what a plan refuses is not done', async () => {
    await fc.assert(
      fc.asyncProperty(aNight, async ({ troubles, drill, scheduled }) => {
        const world = new DrillWorld();
        for (const name of troubles) TROUBLES[name](world);
        const definition = { ...drill, stopConditions: { alarms: ['payments-down'] } };

        const plan = await world.ask('drill-plan', definition);
        await world.ask('drill-run', definition, { scheduled });

        // Nothing is broken by ringing, so one other service does not matter then.
        const serious = troubles.filter((name) => name !== 'others' || drill === GREY);
        expect(plan).toMatchObject({ mayRun: serious.length === 0 });
        expect(world.deeds.length > 0).toBe(serious.length === 0);
      }),
      { numRuns: 200 },
    );
  });
});
