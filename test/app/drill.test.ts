import { describe, expect, test } from 'vitest';
import { later, minutes, seconds } from '../../functions/core/time.ts';
import { aService, NOW } from '../core/builders.ts';
import { DrillWorld } from './drill-world.ts';

const LATER = later(NOW, minutes(90));

describe('a wiring drill', () => {
  test('rings, sees the healer look and stop nothing, and hands the service back', async () => {
    const world = new DrillWorld();

    expect(await world.ask('drill-run', 'wiring')).toMatchObject({ kind: 'started' });
    await world.live();

    expect(world.newest()).toMatchObject({ phase: 'ended', verdict: 'pass' });
    expect(world.stops).toEqual([]);
    expect(world.deeds[0]).toMatchObject({ what: 'ring ALARM' });
    expect(world.marks()).toEqual([]);
    expect(world.notices.map(({ end }) => end?.verdict)).toEqual([undefined, 'pass']);
    expect(world.concluded).toHaveLength(1);
  });

  test('proves the wiring of a service that is only observed', async () => {
    const service = aService({ mode: 'observe' }, { environment: 'staging' });
    const world = new DrillWorld(service);

    await world.ask('drill-run', 'wiring');
    await world.live();

    expect(world.newest()).toMatchObject({ verdict: 'pass' });
  });

  test('rings again when the alarm was evaluated before the healer looked', async () => {
    const world = new DrillWorld();
    const deliver = world.deliverUntilDone.bind(world);
    world.deliverUntilDone = async () => {};
    await world.ask('drill-run', 'wiring');
    await world.live(later(NOW, seconds(12)));
    world.deliverUntilDone = deliver;

    await world.live();

    expect(world.deeds.filter(({ what }) => what === 'ring ALARM')).toHaveLength(2);
    expect(world.newest()).toMatchObject({ verdict: 'pass' });
  });

  test('fails when no incident opens', async () => {
    const world = new DrillWorld();
    world.deliverUntilDone = async () => {};

    await world.ask('drill-run', 'wiring');
    await world.live();

    expect(world.newest()).toMatchObject({ verdict: 'aborted', abort: { code: 'step-failed' } });
    expect(world.concluded).toHaveLength(1);
    expect(world.deeds.filter(({ what }) => what === 'ring ALARM')).toHaveLength(3);
  });
});

describe('a fault drill', () => {
  test('makes one task ill, which the healer stops, and passes', async () => {
    const world = new DrillWorld();

    await world.ask('drill-run', 'grey-5xx');
    await world.live(LATER);

    const state = world.newest();
    expect(state.rows?.filter(({ holds }) => holds === false)).toEqual([]);
    expect(state).toMatchObject({ phase: 'ended', verdict: 'pass' });
    expect(world.stops).toEqual([state.target?.taskArn]);
    expect(world.illTasks()).toEqual([]);
  });

  test('says of what nobody can measure that it was not measured', async () => {
    const world = new DrillWorld();

    await world.ask('drill-run', 'grey-5xx');
    await world.live(LATER);

    const blind = world.newest().rows?.filter(({ unmeasured }) => unmeasured !== undefined);
    expect(blind?.map(({ measure }) => measure)).toEqual(
      expect.arrayContaining(['announced', 'failedAfter', 'calls']),
    );
    expect(blind?.every(({ holds, value }) => holds === undefined && value === undefined)).toBe(
      true,
    );
  });

  test('marks what the healer says meanwhile, and nothing afterwards', async () => {
    const world = new DrillWorld();
    await world.ask('drill-run', 'grey-5xx');
    while (world.concluded.length === 0) await world.live(later(world.now, seconds(30)));
    const { id } = world.newest();
    const during = [...world.store.kept.values()];

    const [first] = world.tasks;
    if (first !== undefined) first.errorShare = 0.8;
    await world.live(later(world.now, minutes(20)));

    expect(during.length).toBeGreaterThan(2);
    expect(during.map(({ drill }) => drill)).toEqual(during.map(() => id));
    const after = [...world.store.kept.values()].slice(during.length);
    expect(after.length).toBeGreaterThan(0);
    expect(after.every(({ drill }) => drill === undefined)).toBe(true);
    // What falls ill a minute after a drill is no part of it.
    expect(after[0]).toMatchObject({ kind: 'opened', reopened: 0 });
    expect(after[0]?.incidentId).not.toBe(during[0]?.incidentId);
  });

  test('that never meets its task ends without a patient', async () => {
    const world = new DrillWorld();
    world.triesNeeded = 5_000;

    await world.ask('drill-run', 'grey-5xx');
    await world.live(LATER);

    expect(world.newest()).toMatchObject({
      verdict: 'aborted',
      abort: { code: 'fault-not-taken' },
    });
    expect(world.newest().target?.tries).toBeLessThanOrEqual(100);
    expect(world.deeds.filter(({ what }) => what === 'fault on')).toEqual([]);
  });

  test('does nothing while nobody can be told', async () => {
    const world = new DrillWorld();
    world.topicOfDrills = 'down';

    await world.ask('drill-run', 'grey-5xx');
    await world.live();

    expect(world.newest()).toMatchObject({ verdict: 'aborted', abort: { code: 'not-told' } });
    expect(world.deeds).toEqual([]);
  });

  test('is the only one of its account', async () => {
    const world = new DrillWorld();
    await world.ask('drill-run', 'grey-5xx');

    expect(await world.ask('drill-run', 'wiring')).toMatchObject({
      kind: 'refused',
      refusals: expect.arrayContaining([expect.objectContaining({ code: 'another-drill' })]),
    });
    expect(world.drills.size).toBe(1);
  });
});

describe('a drill of the calendar', () => {
  const BY_CLOCK = { scheduled: true, by: 'schedule' };

  test('that finds the service unsteady is told, and counted as not passed', async () => {
    const world = new DrillWorld();
    world.meddle({ pause: { by: 'ben', why: 'migration', until: LATER } });

    await world.ask('drill-run', 'wiring', BY_CLOCK);
    await world.live();

    expect(world.deeds).toEqual([]);
    expect(world.concluded).toMatchObject([
      { verdict: 'aborted', abort: { code: 'not-steady' }, refusals: [{ code: 'paused' }] },
    ]);
    expect(world.notices.map(({ end }) => end?.verdict)).toEqual(['aborted']);
  });

  test('waits for its turn', async () => {
    const world = new DrillWorld();
    const other = { id: 'drill-other', by: 'ben', since: NOW, until: later(NOW, minutes(30)) };
    const { account } = world.store;
    account.lock = { ...account.lock, version: account.lock.version + 1, drill: other };

    await world.ask('drill-run', 'wiring', BY_CLOCK);
    await world.live(later(NOW, minutes(29)));
    const before = [world.newest().phase, world.deeds.length];
    await world.live(later(NOW, minutes(60)));

    expect(before).toEqual(['starting', 0]);
    expect(world.newest()).toMatchObject({ phase: 'ended', verdict: 'pass' });
  });
});

describe('a person who asks', () => {
  test('is told how it stands, and gets its journal', async () => {
    const world = new DrillWorld();
    await world.ask('drill-run', 'grey-5xx');
    const serviceId = world.service.id;
    const during = await world.send({ kind: 'drill-status', serviceId });
    await world.live(LATER);

    const { id: drillId } = world.newest();
    const after = await world.send({ kind: 'drill-status', serviceId, drillId });

    expect(during).toMatchObject({ drills: [{ phase: 'following', drill: 'grey-5xx' }] });
    expect(after).toMatchObject({
      drills: [{ drillId, verdict: 'pass' }],
      journal: { status: 'completed', deviated: false, drill: { id: drillId } },
    });
  });

  test('is told that no drill is on', async () => {
    const world = new DrillWorld();

    expect(await world.stopDrill()).toEqual({ kind: 'not-running', service: world.service.id });
  });

  test('is told which services there are', async () => {
    const world = new DrillWorld();
    const arrival = { kind: 'drill-status', serviceId: 'shop/other' } as const;

    expect(await world.send(arrival)).toEqual({
      kind: 'refused',
      refusals: [
        { code: 'not-guarded', got: 'shop/other', wanted: 'one of: shop-prod/checkout-api' },
      ],
    });
  });
});
