/** One look at everything that a drill goes by. */
import type { AccountState } from '../account.ts';
import type { Entry } from '../entry.ts';
import { diagnose, isWell, type TaskView } from '../evidence.ts';
import type { GuardedService } from '../guarded-service.ts';
import { floorOf } from '../guardrail.ts';
import { isOpen } from '../incident.ts';
import type { LockState } from '../lock.ts';
import type {
  AlarmReading,
  CompleteObservation,
  Reading,
  ServiceReading,
  TargetReading,
  TaskReading,
} from '../observation.ts';
import type { EpochMillis } from '../time.ts';
import type { StopConditions } from './definition.ts';
import { type DrillSample, type DrillState, episodeOf } from './state.ts';

export interface DrillSight {
  readonly at: EpochMillis;
  readonly service: GuardedService;
  readonly lock: LockState;
  /** Of all services: who drills in this account. */
  readonly shared: LockState;
  readonly account: AccountState;
  /** Of the service itself. */
  readonly alarms: Reading<readonly AlarmReading[]>;
  /** Those of the stop conditions, and of the services behind. */
  readonly watched: Reading<readonly AlarmReading[]>;
  readonly fleet: Reading<ServiceReading>;
  readonly tasks: Reading<readonly TaskReading[]>;
  readonly targets: Reading<readonly TargetReading[]>;
  /** What was recorded of the drill's incidents; empty while nobody needs it, absent when it cannot be read. */
  readonly entries: readonly Entry[] | undefined;
}

/** What could not be read, in one line; nothing when all of it could. */
export function unreadable(sight: DrillSight): string | undefined {
  const { alarms, watched, fleet, tasks, targets } = sight;
  const sources = Object.entries({ alarms, watched, fleet, tasks, targets });
  const failed = sources.flatMap(([name, reading]) =>
    reading.kind === 'unreadable' ? [`${name}: ${reading.code}: ${reading.message}`] : [],
  );
  return failed.length === 0 ? undefined : failed.join('; ');
}

export function known<T>(reading: Reading<T>): T | undefined {
  return reading.kind === 'read' ? reading.value : undefined;
}

/** @returns undefined while a source that is needed for it cannot be read. */
function viewsOf(sight: DrillSight): readonly TaskView[] | undefined {
  const { at, service, fleet, tasks, targets } = sight;
  if (fleet.kind !== 'read' || tasks.kind !== 'read') return undefined;
  if (targets.kind === 'unreadable') return undefined;
  const observation: CompleteObservation = {
    at,
    alarms: [],
    service: fleet.value,
    tasks: tasks.value,
    stopped: [],
    downstream: [],
    ...(targets.kind === 'read' ? { targets: targets.value } : {}),
  };
  return diagnose(observation, service.policy).views;
}

/** Tasks that are well, in the order in which they were started. */
export function wellTasks(sight: DrillSight): readonly TaskReading[] | undefined {
  const well = viewsOf(sight)
    ?.filter(isWell)
    .map(({ task }) => task);
  return well?.toSorted(
    (a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0) || (a.id < b.id ? -1 : 1),
  );
}

/** Fewer healthy tasks than this end a drill: a definition may ask for more than the policy's floor, never less. */
export function leastHealthy(
  { service, fleet }: DrillSight,
  { healthyBelow = 0 }: StopConditions = {},
): number {
  return Math.max(healthyBelow, floorOf(service, known(fleet)?.desired ?? 1));
}

/** Other services whose incidents opened at that time or later. */
export function othersIll({ account, service }: DrillSight, since: EpochMillis): readonly string[] {
  return account.opened
    .filter(({ serviceId, at }) => serviceId !== service.id && at >= since)
    .map(({ serviceId }) => serviceId);
}

/** @returns undefined when nothing could be counted. */
export function sampleOf(state: DrillState, sight: DrillSight): DrillSample | undefined {
  const healthy = wellTasks(sight)?.length;
  const desired = known(sight.fleet)?.desired;
  if (healthy === undefined || desired === undefined) return undefined;
  const episode = episodeOf(state, sight.lock);
  const hold = isOpen(episode) && episode.hold !== undefined ? ` (${episode.hold.reason})` : '';
  const incident = episode === undefined ? 'none' : `${episode.state}${hold}`;
  return { at: sight.at, healthy, desired, incident };
}
