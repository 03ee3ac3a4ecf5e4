/** The watchdog looks, and does nothing else, whatever it sees. */
import { describe, expect, test } from 'vitest';
import { openInbound } from '../../functions/adapters/events/inbound.ts';
import { remediate } from '../../functions/app/remediate.ts';
import { HealerError } from '../../functions/core/errors.ts';
import { earlier, minutes, seconds } from '../../functions/core/time.ts';
import type { Look } from '../../functions/core/watchdog.ts';
import type { IncidentStore } from '../../functions/ports/incident-store.ts';
import { anIncident, aService, NOW } from '../core/builders.ts';
import { World } from './world.ts';

type Deps = ReturnType<World['deps']>;

const refuse = (): Promise<never> =>
  Promise.reject(new HealerError('dependency.refused', 'ecs:ListTasks: not authorized'));

function passing(store: IncidentStore): IncidentStore {
  return {
    read: (...given) => store.read(...given),
    readAccount: (...given) => store.readAccount(...given),
    commit: refuse,
    commitShared: refuse,
    keep: refuse,
    clear: refuse,
  };
}

/** A look at a world whose alarm rings, with one ill task in it. */
async function watched(edit: (deps: Deps) => Partial<Deps> = () => ({})) {
  const world = new World(aService());
  const looks: Look[] = [];
  const deps = world.deps();
  const journal = { ...deps.journal, looked: (look: Look) => looks.push(look) };
  const outcome = await remediate(
    {
      ...deps,
      ...edit(deps),
      journal,
      guarded: { all: () => Promise.resolve([world.service]) },
      open: openInbound,
    },
    { kind: 'watchdog' },
    { requestId: 'r1', signal: new AbortController().signal },
  );
  return { world, looks, outcome };
}

describe('a look of the watchdog', () => {
  test('reads everything, and neither stops, nor writes, nor tells, though a task is ill', async () => {
    const { world, looks, outcome } = await watched();

    expect(looks).toEqual([{ service: world.service.id, unreadable: [] }]);
    expect(outcome).toMatchObject({ verdict: 'settled', detail: 'every source could be read' });
    expect(world.stops).toEqual([]);
    expect(world.store.state).toBeUndefined();
    expect([...world.told, ...world.counted, ...world.kept]).toEqual([]);
    expect(world.nextDue()).toBe(Number.POSITIVE_INFINITY);
  });

  test.each([
    ['overdue for longer than a lease', minutes(10), 1],
    ['due by now', seconds(1), 0],
  ])('follows an incident again whose look is %s', async (_, ago, looks) => {
    const incident = anIncident({ nextCheckAt: earlier(NOW, ago) });
    const { world } = await watched(({ store }) => ({
      store: {
        ...passing(store),
        read: async (...given) => ({ ...(await store.read(...given)), incident }),
      },
    }));

    expect(world.nextDue()).toBe(looks === 1 ? NOW : Number.POSITIVE_INFINITY);
    expect(world.stops).toEqual([]);
  });

  test('names the source that it may not read, with the code', async () => {
    const { looks, outcome } = await watched(({ fleet }) => ({
      fleet: { ...fleet, tasks: refuse },
    }));

    expect(looks[0]?.unreadable).toMatchObject([{ source: 'tasks', code: 'dependency.refused' }]);
    expect(outcome).toMatchObject({ verdict: 'hold', reason: 'unreadable' });
  });

  test.each(['read', 'readAccount'] as const)(
    'is blind when the table fails at %s',
    async (call) => {
      const { looks } = await watched(({ store }) => ({
        store: { ...passing(store), [call]: refuse },
      }));

      const source = call === 'read' ? 'lock' : 'account';
      expect(looks[0]?.unreadable).toMatchObject([{ source, code: 'dependency.refused' }]);
    },
  );

  test('looks again at once before it says so: one bad second is no blindness', async () => {
    let calls = 0;
    const { looks } = await watched(({ alarms }) => ({
      alarms: {
        alarms: (...given) => {
          calls += 1;
          return calls === 1 ? refuse() : alarms.alarms(...given);
        },
      },
    }));

    expect(calls).toBe(2);
    expect(looks).toMatchObject([{ unreadable: [] }]);
  });

  test('comes through the inbox as well, and is no failure when it sees nothing', async () => {
    const world = new World(aService());
    const looks: Look[] = [];
    const deps = world.deps();
    const body = JSON.stringify({ kind: 'watchdog' });
    const answer = await remediate(
      {
        ...deps,
        targets: { targets: refuse },
        journal: { ...deps.journal, looked: (look) => looks.push(look) },
        guarded: { all: () => Promise.resolve([world.service]) },
        open: openInbound,
      },
      { Records: [{ eventSource: 'aws:sqs', messageId: 'm1', body }] },
      { requestId: 'r1', signal: new AbortController().signal },
    );

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(looks[0]?.unreadable).toMatchObject([{ source: 'targets' }]);
  });

  test('takes nothing but its own words', () => {
    expect(() => openInbound({ kind: 'watchdog', serviceId: 'shop/api' })).toThrow('watchdog');
  });
});
