/** A person who was called asks for one more stop. */
import { describe, expect, test } from 'vitest';
import { earlier, later, minutes } from '../../functions/core/time.ts';
import { aService, aTask, NOW } from '../core/builders.ts';
import { anEscalation, stopOneMore } from './escalation.ts';
import { World } from './world.ts';

const reasons = ({ told }: World) => told.map(({ kind, reason }) => [kind, reason ?? '']);
const all = [1, 2, 3, 4];

describe('in an incident that a person has', () => {
  test('nothing but a request stops a task', async () => {
    const world = await anEscalation();

    expect(await world.deliver()).toMatchObject({ verdict: 'hold', reason: 'storm' });
    await world.run(later(NOW, minutes(10)));
    expect(world.stops).toEqual([]);

    const outcome = await world.deliver(stopOneMore(world));
    await world.run();

    expect(outcome).toMatchObject({ verdict: 'act', task: aTask(2).arn });
    expect(world.stops).toEqual([aTask(2).arn]);
    expect(reasons(world).map(([kind]) => kind)).toEqual(['escalated', 'stopped', 'recovered']);
    expect(world.counted.find(({ kind }) => kind === 'claimed')?.requestedBy).toBe('ana (U01)');
  });

  test('the request is refused for the same reason: told once, and nobody is called again', async () => {
    const world = await anEscalation(all);
    const request = stopOneMore(world);

    const outcome = await world.deliver(request, 'one');
    await world.deliver(request, 'one');
    await world.run(later(NOW, minutes(10)));
    await world.deliver(request, 'one');

    expect(outcome).toMatchObject({ verdict: 'hold', reason: 'storm' });
    expect(world.stops).toEqual([]);
    expect(reasons(world)).toEqual([
      ['escalated', 'storm'],
      ['held', 'storm'],
    ]);
    expect(world.told.at(-1)?.requestedBy).toBe('ana (U01)');
  });

  test('each request gets an answer of its own', async () => {
    const world = await anEscalation(all);

    await world.deliver(stopOneMore(world), 'one');
    await world.deliver(stopOneMore(world, { requestedBy: 'ben (U02)' }), 'two');

    expect(world.told.map(({ requestedBy }) => requestedBy)).toEqual([
      undefined,
      'ana (U01)',
      'ben (U02)',
    ]);
  });

  test('a pause refuses it, like every other stop', async () => {
    const world = await anEscalation();
    world.meddle({ pause: { by: 'ben', why: 'hands off', until: later(NOW, minutes(30)) } });

    expect(await world.deliver(stopOneMore(world))).toMatchObject({ reason: 'paused' });

    expect(world.stops).toEqual([]);
    expect(reasons(world).at(-1)).toEqual(['held', 'paused']);
    expect(world.lock().incident?.state).toBe('escalated');
  });

  test('a new reason to call somebody calls again', async () => {
    const world = await anEscalation();
    const stops = [55, 50, 45].map((ago) => ({
      incidentId: 'inc-before',
      taskArn: `arn:gone-${ago}`,
      at: earlier(NOW, minutes(ago)),
      effect: 'helped' as const,
    }));
    world.meddle({ stops });

    await world.deliver(stopOneMore(world));

    expect(world.stops).toEqual([]);
    expect(reasons(world).at(-1)).toEqual(['escalated', 'budget-spent']);
  });

  test('ECS refuses the stop again, which calls nobody again', async () => {
    const world = new World(aService());
    world.refuseStops = true;
    await world.deliver();

    const outcome = await world.deliver(stopOneMore(world));

    expect(outcome).toMatchObject({ reason: 'stop-refused' });
    expect(reasons(world)).toEqual([
      ['stop-refused', 'stop-refused'],
      ['held', 'stop-refused'],
    ]);
    expect(world.told.at(-1)?.requestedBy).toBe('ana (U01)');
    expect(world.lock().incident?.state).toBe('escalated');
  });

  test('the alarm is quiet by now: nothing is stopped, and that is told', async () => {
    const world = await anEscalation([]);

    expect(await world.deliver(stopOneMore(world))).toMatchObject({ reason: 'alarm-cleared' });

    expect(reasons(world).at(-1)).toEqual(['held', 'alarm-cleared']);
  });

  test.each([
    ['only asks what would be done', { dryRun: true }],
    ['is about an incident that is over', { incidentId: 'inc-20261119-100341-3f9c2k' }],
  ])('a request that %s stops nothing', async (_what, overrides) => {
    const world = await anEscalation();

    expect(await world.deliver(stopOneMore(world, overrides))).toMatchObject({ verdict: 'hold' });

    expect(world.stops).toEqual([]);
    expect(world.told).toHaveLength(1);
  });
});

describe('one request', () => {
  test('delivered three times at once stops one task', async () => {
    const world = await anEscalation([2, 3]);
    const request = stopOneMore(world);

    const tries = [1, 2, 3].map(() => world.deliverUntilDone(request, 'one'));
    await Promise.all(tries);
    await world.run(later(NOW, minutes(1)));

    expect(world.stops).toHaveLength(1);
  });

  test('is one stop: when it did not end it, the person is called again', async () => {
    const world = await anEscalation([2, 3]);

    await world.deliver(stopOneMore(world), 'one');
    await world.run(later(NOW, minutes(30)));

    expect(world.stops).toHaveLength(1);
    expect(reasons(world).map(([kind]) => kind)).toEqual(['escalated', 'stopped', 'escalated']);
    expect(world.told.at(-1)?.detail).toMatch(/^after the stop that was asked for, task 0\d/);
    await world.deliver(stopOneMore(world), 'two');
    await world.run(later(NOW, minutes(60)));
    expect(world.stops).toHaveLength(2);
    expect(
      reasons(world)
        .map(([kind]) => kind)
        .slice(3),
    ).toEqual(['stopped', 'recovered']);
  });

  test('that comes while the last stop is judged is refused, and that is told', async () => {
    const world = await anEscalation([2, 3]);
    await world.deliver(stopOneMore(world), 'one');

    expect(await world.deliver(stopOneMore(world), 'two')).toMatchObject({ verdict: 'hold' });

    expect(world.stops).toHaveLength(1);
    expect(world.told.at(-1)).toMatchObject({ kind: 'held', requestedBy: 'ana (U01)' });
  });

  test('that was acted on does not act again when a person is called again', async () => {
    const world = await anEscalation();
    const request = stopOneMore(world);
    await world.deliver(request, 'one');
    await world.run(later(NOW, minutes(1)));
    for (const task of world.tasks) task.errorShare = 0.9;
    await world.run(later(NOW, minutes(10)));
    expect(world.lock().incident?.state).toBe('escalated');
    for (const task of world.tasks) if (task.n !== 1) task.errorShare = 0;

    const again = await world.deliver(request, 'one');

    expect(again).toMatchObject({ verdict: 'hold' });
    expect(world.stops).toHaveLength(1);
    expect(await world.deliver(request, 'another')).not.toMatchObject({
      detail: 'a human has it; still followed',
    });
  });

  test('that loses the race for the lock is answered all the same', async () => {
    const world = await anEscalation(all);
    let races = 2;
    world.onEffect = (name) => {
      if (name !== 'commit' || races === 0) return;
      races -= 1;
      world.meddle({});
    };

    expect(await world.deliver(stopOneMore(world))).toMatchObject({ reason: 'storm' });

    expect(reasons(world).at(-1)).toEqual(['held', 'storm']);
  });

  test.each([
    ['acts', [2]],
    ['is refused', all],
  ] as const)('that %s: a crash at any line leaves one answer', async (_what, ill) => {
    for (let crashAt = 1; crashAt <= 12; crashAt += 1) {
      const world = await anEscalation(ill);
      let count = 0;
      world.onEffect = () => {
        count += 1;
        if (count === crashAt) throw new Error(`crash at effect ${crashAt}`);
      };
      await world.deliverUntilDone(stopOneMore(world), 'one');
      world.onEffect = () => {};
      await world.run(later(NOW, minutes(5)));

      const answers = new Set(
        world.told.filter(({ kind }) => kind === 'held' || kind === 'stopped').map(({ id }) => id),
      );
      expect(answers.size, `crash at ${crashAt}`).toBe(1);
      expect(world.stops.length, `crash at ${crashAt}`).toBeLessThanOrEqual(
        ill.length === 1 ? 2 : 0,
      );
      expect(new Set(world.stops).size, `crash at ${crashAt}`).toBe(ill.length === 1 ? 1 : 0);
    }
  });
});
