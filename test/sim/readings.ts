/** What the APIs of AWS show of a service as it was at a moment. */
import type {
  AlarmReading,
  ServiceReading,
  StoppedTaskReading,
  TargetReading,
  TaskReading,
  TrafficReading,
} from '../../functions/core/observation.ts';
import { type EpochMillis, epochMillis } from '../../functions/core/time.ts';
import { type Fleet, isIll, isLive, type SimTask, served, valueAt } from './fleet.ts';
import type { Site } from './site.ts';

const CLUSTER = 'arn:aws:ecs:eu-west-1:123456789012:cluster/sim';
/** A line needs this long to be found. */
const LOG_DELAY_MS = 3_000;
const KEPT_MS = 1_800_000;

export { CLUSTER };

/** ECS goes on showing a task as running until it shows the stop. */
function isShown({ createdAt, stop }: SimTask, at: number): boolean {
  return createdAt <= at && (stop === undefined || stop.shownAt > at);
}

export function readAlarms(
  sites: readonly Site[],
  arns: readonly string[],
  at: number,
): readonly AlarmReading[] {
  return sites
    .flatMap(({ alarms }) => alarms.all.map((alarm) => ({ alarm, alarms })))
    .filter(({ alarm }) => arns.includes(alarm.arn))
    .map(({ alarm, alarms }) => {
      const last = alarm.states.findLast((step) => step.at <= at);
      return {
        arn: alarm.arn,
        name: alarm.name,
        state: last?.value ?? 'OK',
        since: epochMillis(last?.at ?? 0),
        reason: '',
        suppressed: valueAt(alarms.suppressed, at),
      };
    });
}

export function readService(fleet: Fleet, at: number): ServiceReading {
  const shown = fleet.tasks.filter((task) => isShown(task, at));
  const running = shown.filter(({ runningAt }) => runningAt <= at).length;
  const rollout = fleet.rolloutAt(at);
  const isOn = rollout.to > at;
  const before = fleet.rollouts[fleet.rollouts.indexOf(rollout) - 1];
  const primary = {
    id: rollout.id,
    status: 'PRIMARY',
    rolloutState: isOn ? 'IN_PROGRESS' : 'COMPLETED',
    taskDefinition: rollout.revision,
    createdAt: epochMillis(rollout.from),
  };
  const active =
    isOn && before !== undefined
      ? [{ id: before.id, status: 'ACTIVE', taskDefinition: before.revision }]
      : [];
  return {
    status: 'ACTIVE',
    desired: fleet.desiredAt(at),
    running,
    pending: shown.length - running,
    controller: 'ECS',
    deployments: [primary, ...active],
    taskSets: [],
    graceSeconds: 0,
    events: fleet.events
      .filter((event) => event.at <= at)
      .map((event) => ({ at: epochMillis(event.at), message: event.message })),
  };
}

export function readTasks(fleet: Fleet, at: number): readonly TaskReading[] {
  return fleet.tasks
    .filter((task) => isShown(task, at))
    .map((task) => ({
      arn: task.arn,
      id: task.id,
      lastStatus: task.runningAt <= at ? 'RUNNING' : 'PENDING',
      desiredStatus: 'RUNNING',
      health: isIll(task, at, ['unhealthy']) ? 'UNHEALTHY' : 'UNKNOWN',
      createdAt: epochMillis(task.createdAt),
      zone: task.zone,
      revision: task.revision,
      ip: task.ip,
      ...(task.runningAt <= at ? { startedAt: epochMillis(task.runningAt) } : {}),
      ...(task.protectedUntil === undefined
        ? {}
        : { protectedUntil: epochMillis(task.protectedUntil) }),
    }));
}

export function readStopped(fleet: Fleet, since: number, at: number): StoppedTaskReading[] {
  return fleet.tasks
    .flatMap((task): readonly StoppedTaskReading[] => {
      const { stop, runningAt } = task;
      if (stop === undefined || stop.goneAt > at || stop.at < since) return [];
      const { exitCode } = stop;
      return [
        {
          id: task.id,
          revision: task.revision,
          zone: task.zone,
          stoppedAt: epochMillis(stop.at),
          stopCode: stop.code,
          stoppedReason: stop.reason,
          ...(runningAt <= stop.at ? { startedAt: epochMillis(runningAt) } : {}),
          ...(exitCode === undefined ? {} : { exitCode }),
        },
      ];
    })
    .toSorted((a, b) => b.stoppedAt - a.stoppedAt);
}

export function readTargets(fleet: Fleet, arn: string, at: number): readonly TargetReading[] {
  return fleet.tasks
    .filter((task) => isShown(task, at) && task.runningAt <= at)
    .map((task) => ({ targetGroupArn: arn, ip: task.ip, port: 8080, ...stateOf(task, at) }));
}

function stateOf(task: SimTask, at: number): { readonly state: string; readonly reason?: string } {
  if (!isLive(task, at)) return { state: 'draining' };
  if (task.healthyAt > at) return { state: 'initial' };
  if (!isIll(task, at, ['unhealthy'])) return { state: 'healthy' };
  return { state: 'unhealthy', reason: 'Target.ResponseCodeMismatch' };
}

export function readTraffic(
  fleet: Fleet,
  window: { readonly from: EpochMillis; readonly to: EpochMillis },
  at: number,
): TrafficReading {
  const to = Math.min(window.to, at) - LOG_DELAY_MS;
  const tasks = fleet.tasks
    .filter((task) => task.healthyAt < to && (task.stop?.at ?? to) > at - KEPT_MS)
    .map((task) => {
      const { requests, errors, slow } = served(task, window.from, to);
      return { taskId: task.id, requests, errors, timed: requests, slow };
    });
  return {
    ...window,
    basis: 'status',
    cost: { source: 'FilterLogEvents', calls: 1, usd: 0 },
    tasks: tasks
      .filter(({ requests }) => requests > 0)
      .map((tally) => ({ ...tally, lastErrors: [], traceIds: [] })),
    truncated: false,
  };
}
