/** What is read of a service for one decision, and in which order. */
import { describe, expect, test } from 'vitest';
import { type ReconcileDeps, reconcile } from '../../functions/app/reconcile.ts';
import type { AccountState } from '../../functions/core/account.ts';
import type { Delivery } from '../../functions/core/delivery.ts';
import { earlier, later, minutes } from '../../functions/core/time.ts';
import type { IncidentStore } from '../../functions/ports/incident-store.ts';
import { anAlarmDelivery, aService, NOW } from '../core/builders.ts';
import { World } from './world.ts';

const STORM: AccountState = {
  version: 5,
  stops: [],
  opened: [1, 2, 3, 4, 5].map((n) => ({
    serviceId: `shop/s${n}`,
    at: earlier(NOW, minutes(2)),
  })),
  storm: { since: earlier(NOW, minutes(2)), until: later(NOW, minutes(8)) },
};
const CALM: AccountState = { version: 6, stops: [], opened: [] };
const STATE = ['lock', 'account', 'alarms', 'service'];
const EVIDENCE = ['tasks', 'stopped', 'targets', 'traffic'];

/** The world's deps, with each read written down when it begins. */
function watched(world: World, last?: AccountState): { deps: ReconcileDeps; reads: string[] } {
  const reads: string[] = [];
  const deps = world.deps();
  const note =
    <Given extends unknown[], T>(name: string, read: (...given: Given) => T) =>
    (...given: Given): T => {
      reads.push(name);
      return read(...given);
    };
  const { alarms, fleet, targets, traffic, store } = deps;
  const noted: IncidentStore = {
    read: note('lock', (...given) => store.read(...given)),
    readAccount: note('account', (...given) => store.readAccount(...given)),
    commit: (...given) => store.commit(...given),
    commitShared: (...given) => store.commitShared(...given),
    keep: (...given) => store.keep(...given),
    clear: (...given) => store.clear(...given),
    lastAccount: () => last,
  };
  return {
    reads,
    deps: {
      ...deps,
      store: noted,
      alarms: { alarms: note('alarms', (...given) => alarms.alarms(...given)) },
      fleet: {
        service: note('service', (...given) => fleet.service(...given)),
        tasks: note('tasks', (...given) => fleet.tasks(...given)),
        stopped: note('stopped', (...given) => fleet.stopped(...given)),
      },
      targets: { targets: note('targets', (...given) => targets.targets(...given)) },
      traffic: { traffic: note('traffic', (...given) => traffic.traffic(...given)) },
    },
  };
}

function aWorld(account: AccountState): World {
  const world = new World(aService());
  world.store.account.state = account;
  return world;
}

function deliver(world: World, deps: ReconcileDeps, delivery: Delivery = anAlarmDelivery()) {
  const signal = new AbortController().signal;
  return reconcile(deps, { service: world.service, delivery, requestId: 'request', signal });
}

describe('a look at a service', () => {
  test('begins every read at once while no storm is expected', async () => {
    const world = aWorld(CALM);
    const { deps, reads } = watched(world);

    const done = deliver(world, deps);

    expect(reads.toSorted()).toEqual([...STATE, ...EVIDENCE].toSorted());
    expect((await done).verdict).toBe('act');
  });

  test('reads no tasks, targets and logs in a storm that this process has seen', async () => {
    const world = aWorld(STORM);
    const { deps, reads } = watched(world, STORM);

    const outcome = await deliver(world, deps);

    expect(outcome).toMatchObject({ verdict: 'hold', reason: 'account-storm' });
    expect(reads).toEqual(STATE);
    expect(world.lock().incident).toMatchObject({ state: 'holding', rang: expect.anything() });
    expect(world.nextDue()).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  test('nor when it looks again, whatever the process has seen', async () => {
    const world = aWorld(STORM);
    await deliver(world, watched(world, STORM).deps);
    const { id = '', token = 0 } = world.lock().incident ?? {};
    const { deps, reads } = watched(world);
    const recheck = {
      kind: 'recheck',
      serviceId: world.service.id,
      incidentId: id,
      token,
    } as const;

    expect(await deliver(world, deps, recheck)).toMatchObject({ reason: 'account-storm' });
    expect(reads).toEqual(STATE);
  });

  test('reads all when the storm that it expects is over, and acts', async () => {
    const world = aWorld(CALM);
    const { deps, reads } = watched(world, STORM);

    expect((await deliver(world, deps)).verdict).toBe('act');
    expect(reads.slice(0, 2)).toEqual(['lock', 'account']);
    expect(reads.toSorted()).toEqual([...STATE, ...EVIDENCE].toSorted());
  });

  test('reads all in a storm where the alarm is well, which may be the end of it', async () => {
    const world = aWorld(STORM);
    await deliver(world, watched(world, STORM).deps);
    for (const task of world.tasks) task.errorShare = 0;
    const { deps, reads } = watched(world, STORM);

    expect(await deliver(world, deps)).toMatchObject({ reason: 'alarm-cleared' });
    expect(reads).toEqual([...STATE, ...EVIDENCE]);
  });

  test('reads what it had left out when the storm is gone before the write', async () => {
    const world = aWorld({
      ...STORM,
      // In the second half of a storm an opening prolongs it, so the account is written too.
      storm: { since: earlier(NOW, minutes(8)), until: later(NOW, minutes(2)) },
      opened: [],
    });
    const { deps, reads } = watched(world, STORM);
    const { store } = deps;
    let isFirst = true;
    const calmed: IncidentStore = {
      ...store,
      commitShared: (...given) => {
        if (!isFirst) return store.commitShared(...given);
        isFirst = false;
        world.store.account.state = CALM;
        return Promise.resolve('account-conflict');
      },
    };

    expect((await deliver(world, { ...deps, store: calmed })).verdict).toBe('act');
    expect(reads).toEqual([...STATE, 'lock', 'account', ...EVIDENCE]);
    expect(world.stops).toHaveLength(1);
  });
});
