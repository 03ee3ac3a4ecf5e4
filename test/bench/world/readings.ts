/** What the AWS APIs show of the virtual world, as the healer's ports read it. */
import type {
  AlarmReading,
  DeploymentReading,
  ServiceReading,
  StoppedTaskReading,
  TargetReading,
  TaskReading,
  TaskTraffic,
  TrafficReading,
} from '../../../functions/core/observation.ts';
import { type EpochMillis, epochMillis } from '../../../functions/core/time.ts';
import { graceOf } from './scheduler.ts';
import type { WorldDeployment, WorldService } from './service.ts';
import { isLive, type WorldTask } from './task.ts';
import type { Site, World } from './world.ts';

/** A line needs this long to be found. */
const LOG_DELAY_MS = 5_000;
const EVENTS_SHOWN = 30;

export function readAlarms({ sites }: World, arns: readonly string[]): readonly AlarmReading[] {
  return sites
    .flatMap(({ alarms }) => alarms.all)
    .filter(({ arn }) => arns.includes(arn))
    .map((alarm) => ({ ...alarm, reason: 'Threshold Crossed', suppressed: false }));
}

export function readService(service: WorldService): ServiceReading {
  const live = service.live();
  const running = live.filter(({ status }) => status === 'RUNNING').length;
  const deployments = service.deployments.map(readDeployment);
  const isRolling = service.controller === 'ECS';
  return {
    status: 'ACTIVE',
    desired: service.desired,
    running,
    pending: live.length - running,
    controller: service.controller,
    deployments: isRolling ? deployments : [],
    taskSets: isRolling ? [] : deployments,
    graceSeconds: graceOf(service),
    events: service.events.slice(0, EVENTS_SHOWN),
  };
}

function readDeployment(deployment: WorldDeployment): DeploymentReading {
  const { id, status, rolloutState, revision, createdAt, failedTasks } = deployment;
  return { id, status, rolloutState, taskDefinition: revision.name, createdAt, failedTasks };
}

export function readTasks(service: WorldService): readonly TaskReading[] {
  return inApiOrder(service.live()).map((task) => ({
    arn: task.arn,
    id: task.id,
    lastStatus: task.status,
    desiredStatus: task.desired,
    health: 'UNKNOWN',
    createdAt: task.createdAt,
    zone: task.zone,
    revision: task.revision.name,
    ip: task.ip,
    ...(task.startedAt === undefined ? {} : { startedAt: task.startedAt }),
  }));
}

/** ECS promises no order: by id, which is as good as any. */
export function inApiOrder(tasks: readonly WorldTask[]): readonly WorldTask[] {
  return tasks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

export function readStopped(
  service: WorldService,
  since: EpochMillis,
): readonly StoppedTaskReading[] {
  return service.tasks
    .filter((task) => !isLive(task) && (task.stoppedAt ?? 0) >= since)
    .toSorted((a, b) => (b.stoppedAt ?? 0) - (a.stoppedAt ?? 0))
    .map((task) => {
      const { startedAt, exitCode, containerReason, stoppedAt = since } = task;
      return {
        id: task.id,
        revision: task.revision.name,
        zone: task.zone,
        stoppedAt,
        stopCode: task.stopCode ?? 'unknown',
        stoppedReason: task.stoppedReason ?? '',
        ...(startedAt === undefined ? {} : { startedAt }),
        ...(exitCode === undefined ? {} : { exitCode }),
        ...(containerReason === undefined ? {} : { containerReason }),
      };
    });
}

export function readTargets({ service }: Site): readonly TargetReading[] {
  return service.tasks.flatMap(({ target, ip }): readonly TargetReading[] => {
    if (target === undefined) return [];
    const { state, reason, description } = target.health;
    const targetGroupArn = service.targetGroupArn;
    const why = reason === undefined ? {} : { reason };
    const words = description === undefined ? {} : { description };
    return [{ targetGroupArn, ip, port: 8080, state, ...why, ...words }];
  });
}

export function readTraffic(
  service: WorldService,
  window: { readonly from: EpochMillis; readonly to: EpochMillis },
): TrafficReading {
  const visible = { from: window.from, to: epochMillis(window.to - LOG_DELAY_MS) };
  const tasks = service.tasks.map((task) => tally(task, visible));
  return {
    ...window,
    basis: 'status',
    cost: { source: 'FilterLogEvents', calls: 1, usd: 0 },
    tasks: tasks.filter(({ requests }) => requests > 0),
    truncated: false,
  };
}

function tally(task: WorldTask, { from, to }: { from: number; to: number }): TaskTraffic {
  const logged = task.seconds.filter(({ at }) => at >= from && at <= to);
  const sum = (pick: (second: (typeof logged)[number]) => number) =>
    logged.reduce((all, second) => all + pick(second), 0);
  const errors = sum((second) => second.errors);
  const requests = sum((second) => second.requests);
  return {
    taskId: task.id,
    requests,
    errors,
    timed: requests,
    slow: sum((second) => second.slow),
    lastErrors: errors > 0 ? [...task.lastErrors] : [],
    traceIds: [],
  };
}
