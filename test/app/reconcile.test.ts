import { describe, expect, test } from 'vitest';
import { later, minutes, seconds } from '../../functions/core/time.ts';
import { anAlarmDelivery, aService, aTask } from '../core/builders.ts';
import { World } from './world.ts';

const kinds = (world: World): string[] => world.told.map((entry) => entry.kind);

describe('one ill task', () => {
  test('is stopped, replaced, and told as acted and recovered', async () => {
    const world = new World(aService());

    const outcome = await world.deliver();
    await world.run();

    expect(outcome).toMatchObject({ verdict: 'act', task: aTask(2).arn });
    expect(world.stops).toEqual([aTask(2).arn]);
    expect(kinds(world)).toEqual(['stopped', 'recovered']);
    expect(world.lock().incident).toMatchObject({ state: 'recovered', stopped: 1 });
  });

  test('is recovered only after alarm and tasks held for the hold time', async () => {
    const world = new World(aService());

    await world.deliver();
    await world.run();

    const [stopped, recovered] = world.told;
    const replaced = later(stopped?.at ?? world.now, seconds(40));
    expect((recovered?.at ?? 0) - replaced).toBeGreaterThanOrEqual(seconds(60));
    expect(recovered?.ledger.recover).toBeDefined();
  });

  test('leaves nothing in the outbox, and every entry in the timeline', async () => {
    const world = new World(aService());

    await world.deliver();
    await world.run();

    expect(world.lock().outbox).toEqual([]);
    const timeline = [...world.store.kept.values()].toSorted((a, b) => a.seq - b.seq);
    expect(timeline.map((entry) => entry.kind)).toEqual([
      'opened',
      'claimed',
      'stopped',
      'held',
      'held',
      'recovered',
    ]);
  });

  test('schedules one look at a time, and none once it is over', async () => {
    const world = new World(aService());

    await world.deliver();
    const deliveries = await world.run();

    expect(deliveries).toBeLessThanOrEqual(8);
    expect(await world.run()).toBe(0);
  });
});

describe('the same alarm again', () => {
  test('three deliveries in parallel: one stop', async () => {
    const world = new World(aService());

    const outcomes = await Promise.all([world.deliver(), world.deliver(), world.deliver()]);
    await world.run();

    expect(world.stops).toEqual([aTask(2).arn]);
    expect(outcomes.map(({ verdict, reason }) => reason ?? verdict).toSorted()).toEqual([
      'act',
      'lock-held',
      'lock-held',
    ]);
    expect(kinds(world)).toEqual(['stopped', 'recovered']);
  });

  test('a late duplicate settles and does not stop again', async () => {
    const world = new World(aService());
    await world.deliver();
    const [another] = world.tasks;
    if (another !== undefined) another.errorShare = 0.8;

    const again = await world.deliver();

    expect(again).toMatchObject({ verdict: 'hold', reason: 'settling' });
    expect(world.stops).toHaveLength(1);
  });

  test('re-checks do not multiply when an alarm is delivered ten times', async () => {
    const world = new World(aService());
    for (let i = 0; i < 10; i += 1) await world.deliver();

    const deliveries = await world.run();

    // Ten looks were planned; nine are superseded when they arrive, and one chain goes on.
    expect(deliveries).toBeLessThanOrEqual(18);
  });
});

describe('what is not worth a stop', () => {
  test('all ill: no stop, a human is called, and the end is told too', async () => {
    const world = new World(aService(), 4, 2);
    for (const task of world.tasks) task.errorShare = 0.9;

    await world.deliver();
    await world.run(later(world.now, minutes(10)));
    for (const task of world.tasks) task.errorShare = 0;
    await world.run();

    expect(world.stops).toEqual([]);
    expect(kinds(world)).toEqual(['escalated', 'recovered']);
    expect(world.told[0]).toMatchObject({ reason: 'storm' });
  });

  test('a dry run by hand says what it would do and does nothing', async () => {
    const world = new World(aService());

    const outcome = await world.deliver({
      kind: 'manual',
      serviceId: world.service.id,
      requestedBy: 'ana',
      reason: 'drill',
      dryRun: true,
    });

    expect(outcome).toMatchObject({ verdict: 'act', task: aTask(2).arn });
    expect(world.stops).toEqual([]);
    expect(world.lock().version).toBe(0);
    expect(await world.run()).toBe(0);
  });

  test('an OK delivery with nothing open writes nothing', async () => {
    const world = new World(aService(), 4, 0);

    const outcome = await world.deliver(anAlarmDelivery('OK'));

    expect(outcome).toMatchObject({ verdict: 'settled', reason: 'alarm-cleared' });
    expect(world.lock().version).toBe(0);
  });

  test('a refused stop goes to a human, and the claim is gone', async () => {
    const world = new World(aService());
    world.refuseStops = true;

    const outcome = await world.deliver();
    await world.run(later(world.now, minutes(10)));

    expect(outcome).toMatchObject({ reason: 'stop-refused' });
    expect(kinds(world)).toEqual(['stop-refused']);
    expect(world.lock().intent).toBeUndefined();
    expect(world.lock().incident?.state).toBe('escalated');
  });

  test('a pause set between claim and stop is respected from the next pass on', async () => {
    const world = new World(aService());
    const until = later(world.now, minutes(30));
    world.onEffect = (name) => {
      if (name !== 'stop') return;
      world.onEffect = () => {};
      world.meddle({ pause: { by: 'ana', why: 'hands off', until } });
    };

    await world.deliver();
    await world.run();

    expect(world.stops).toHaveLength(1);
    expect(world.lock().pause?.by).toBe('ana');
    expect(world.lock().stops).toHaveLength(1);
  });
});

describe('observe mode', () => {
  test('tells once what it would have done, stops nothing, and tells the end', async () => {
    const world = new World(aService({ mode: 'observe' }));
    await world.deliver();
    await world.run(later(world.now, minutes(20)));
    for (const task of world.tasks) task.errorShare = 0;
    await world.run();

    expect(world.stops).toEqual([]);
    expect(world.told.map(({ kind, reason }) => reason ?? kind)).toEqual([
      'observe-only',
      'recovered',
    ]);
  });
});

describe('when the first stop does not help', () => {
  test('stops again only after settling and cool-down, and calls a human when the budget is spent', async () => {
    const world = new World(aService());
    world.onEffect = (name) => {
      if (name === 'stopped')
        for (const task of world.tasks) if (task.n > 100) task.errorShare = 0.8;
    };

    await world.deliver();
    await world.run(later(world.now, minutes(60)));

    expect(world.stops.length).toBeLessThanOrEqual(3);
    const times = world.lock().stops.map((stop) => stop.at);
    for (const [index, at] of times.entries()) {
      const last = times[index - 1];
      if (last !== undefined) expect(at - last).toBeGreaterThanOrEqual(minutes(5));
    }
    expect(kinds(world).at(-1)).toBe('escalated');
  });

  test('an alarm soon after a recovery re-opens the same incident', async () => {
    const world = new World(aService());
    await world.deliver();
    await world.run();
    const first = world.lock().incident?.id;
    const ill = world.tasks[0];
    if (ill !== undefined) ill.errorShare = 0.9;

    await world.deliver();

    expect(world.lock().incident).toMatchObject({ id: first, reopened: 1 });
  });
});

describe('nothing is lost', () => {
  test('the topic is down during the stop: it is told as soon as it is back', async () => {
    const world = new World(aService());
    world.topicIsDown = true;
    await world.deliver();
    await world.run(later(world.now, seconds(60)));
    expect(kinds(world)).toEqual([]);

    world.topicIsDown = false;
    await world.run();

    expect(kinds(world)).toEqual(['stopped', 'recovered']);
    expect(world.lock().outbox).toEqual([]);
  });

  test('the topic is down for an hour when it recovers: the recovery is told all the same', async () => {
    const world = new World(aService());
    await world.deliver();
    world.topicIsDown = true;
    await world.run(later(world.now, minutes(70)));
    expect(world.lock().incident?.state).toBe('recovered');
    expect(kinds(world)).toEqual(['stopped']);

    world.topicIsDown = false;
    await world.run(later(world.now, minutes(70)));

    expect(kinds(world)).toEqual(['stopped', 'recovered']);
    expect(world.lock().outbox).toEqual([]);
    expect(await world.run()).toBe(0);
  });

  test('the answer of a stop is lost: the same task is stopped again, no other', async () => {
    const world = new World(aService());
    world.loseStopAnswers = 1;

    await world.deliverUntilDone();
    await world.run();

    expect(world.stops).toEqual([aTask(2).arn, aTask(2).arn]);
    expect(world.lock().stops).toHaveLength(1);
    expect(kinds(world)).toEqual(['stopped', 'recovered']);
  });

  test('a crash at any line of the acting pass: one victim, told, and recovered', async () => {
    const probe = new World(aService());
    let effects = 0;
    probe.onEffect = () => {
      effects += 1;
    };
    await probe.deliver();
    expect(effects).toBeGreaterThan(8);

    for (let crashAt = 1; crashAt <= effects; crashAt += 1) {
      const world = new World(aService());
      let count = 0;
      let dead = false;
      world.onEffect = () => {
        count += 1;
        if (count === crashAt) dead = true;
        if (dead) throw new Error(`crash at effect ${crashAt}`);
      };
      await world.deliverUntilDone();
      dead = false;
      world.onEffect = () => {};
      await world.run();

      expect(new Set(world.stops), `crash at ${crashAt}`).toEqual(new Set([aTask(2).arn]));
      expect(world.lock().incident?.state, `crash at ${crashAt}`).toBe('recovered');
      expect(new Set(kinds(world)), `crash at ${crashAt}`).toEqual(
        new Set(['stopped', 'recovered']),
      );
      expect(world.lock().outbox, `crash at ${crashAt}`).toEqual([]);
    }
  });
});
