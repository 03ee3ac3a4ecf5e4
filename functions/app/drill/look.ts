/** One look at everything that a drill goes by; a source that fails is a reading, not an exception. */

import { ALL_SERVICES } from '../../core/delivery.ts';
import type { Definition } from '../../core/drill/definition.ts';
import type { DrillSight } from '../../core/drill/sight.ts';
import { type DrillState, episodeOf } from '../../core/drill/state.ts';
import type { Entry } from '../../core/entry.ts';
import { describe, isHealerError } from '../../core/errors.ts';
import type { GuardedService } from '../../core/guarded-service.ts';
import type { LockState } from '../../core/lock.ts';
import type { Reading } from '../../core/observation.ts';
import type { DrillDeps } from './deps.ts';

/** @param state - of the drill; absent while one is only planned. */
export async function lookAround(
  deps: DrillDeps,
  service: GuardedService,
  definition: Definition,
  state: DrillState | undefined,
  signal: AbortSignal,
): Promise<DrillSight> {
  const at = deps.clock.now();
  const watched = watchedBy(service, definition);
  const { targetGroupArns } = service;
  const locks = Promise.all([
    deps.locks.read(service.id, signal),
    deps.locks.read(ALL_SERVICES, signal),
    deps.locks.readAccount(signal),
  ]);
  const [[lock, shared, account], alarms, watchedAlarms, fleet, tasks, targets] = await Promise.all(
    [
      locks,
      reading(() => deps.alarms.alarms(service.alarmArns, signal)),
      watched.length === 0 ? NONE : reading(() => deps.alarms.alarms(watched, signal)),
      reading(() => deps.fleet.service(service, signal)),
      reading(() => deps.fleet.tasks(service, signal)),
      targetGroupArns.length === 0
        ? ABSENT
        : reading(() => deps.targets.targets(targetGroupArns, signal)),
    ],
  );
  // Without them nothing is judged, but what was done is undone all the same.
  const entries = await entriesOf(deps, state, lock, signal).catch((error: unknown) => {
    deps.log.failed({ what: 'timeline of a drill', error, service: service.id });
    return undefined;
  });
  return {
    at,
    service,
    lock,
    shared,
    account,
    alarms,
    watched: watchedAlarms,
    fleet,
    tasks,
    targets,
    entries,
  };
}

const ABSENT = { kind: 'absent' } as const;
const NONE = { kind: 'read', value: [] } as const;

/** Alarms that end the drill: those that it names, and those of the services behind. */
function watchedBy(service: GuardedService, { stopConditions }: Definition): readonly string[] {
  const [own = ''] = service.alarmArns;
  const place = own.split(':').slice(0, 6).join(':');
  const named = (stopConditions?.alarms ?? []).map((alarm) =>
    alarm.startsWith('arn:') ? alarm : `${place}:${alarm}`,
  );
  return [...new Set([...named, ...service.downstream.flatMap(({ alarmArns }) => alarmArns)])];
}

/** Of the drill's incidents, those that are only in the outbox yet too; only once somebody judges them. */
export async function entriesOf(
  deps: Pick<DrillDeps, 'timeline'>,
  state: DrillState | undefined,
  lock: LockState,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  if (state === undefined || !JUDGED.includes(state.phase)) return [];
  const episode = episodeOf(state, lock);
  const ids = [...new Set([...state.incidents, ...(episode === undefined ? [] : [episode.id])])];
  const kept = await Promise.all(ids.map((id) => deps.timeline.timeline(id, signal)));
  const waiting = lock.outbox.filter(({ incidentId }) => ids.includes(incidentId));
  const byId = new Map([...kept.flat(), ...waiting].map((entry) => [entry.id, entry]));
  return [...byId.values()].toSorted((a, b) => a.at - b.at || a.seq - b.seq);
}

const JUDGED: readonly DrillState['phase'][] = ['rolling-back', 'ending', 'ended'];

async function reading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { kind: 'read', value: await read() };
  } catch (error) {
    const code = isHealerError(error) ? error.code : 'dependency.unavailable';
    return { kind: 'unreadable', code, message: describe(error) };
  }
}
