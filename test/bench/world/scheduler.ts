/**
 * The ECS scheduler and CODE_DEPLOY: what they start and stop by themselves. The plan is the
 * lab's.
 */
import type { EpochMillis } from '../../../functions/core/time.ts';
import {
  type PlannedStart,
  type PlannedStop,
  planService,
  type SchedulerView,
} from '../../lab/ecs/plan.ts';
import type { WorldDeployment, WorldService } from './service.ts';
import { isHealthy, isLive, type WorldTask } from './task.ts';

export interface SchedulerHooks {
  readonly now: () => EpochMillis;
  /** A task goes because a healer asked for a new deployment. */
  readonly onForcedStop: (service: WorldService, task: WorldTask) => void;
  readonly isAlarming: (service: WorldService) => boolean;
}

/** AWS seconds from the load balancer's `unhealthy` to the start of a replacement. */
const UNHEALTHY_REACTION = 35;
const DEFAULT_GRACE = 30;
const DEFAULT_SHIFT_PERCENT = 10;
const MINUTE_MS = 60_000;
/** CODE_DEPLOY looks at its alarms now and then. */
const ROLLBACK_AFTER_MS = 30_000;

export function graceOf(service: WorldService): number {
  return service.settings.graceSeconds ?? DEFAULT_GRACE;
}

/** One pass of the scheduler, every ten seconds. */
export function schedule(service: WorldService, hooks: SchedulerHooks): void {
  condemnUnhealthy(service, hooks.now());
  if (service.controller === 'CODE_DEPLOY') {
    for (const set of [...service.deployments]) follow(service, viewOfSet(service, set), hooks);
    return;
  }
  follow(service, viewOf(service), hooks);
  settle(service);
}

function condemnUnhealthy(service: WorldService, now: EpochMillis): void {
  for (const task of service.live()) {
    const { target, startedAt } = task;
    if (task.condemned || task.status !== 'RUNNING' || startedAt === undefined) continue;
    if (service.settings.replacesUnhealthy === false) continue;
    if (target?.health.state !== 'unhealthy') continue;
    if (now < startedAt + graceOf(service) * 1_000) continue;
    if (now < target.health.sinceMs + UNHEALTHY_REACTION * 1_000) continue;
    task.condemned = true;
    const why = target.health.description ?? 'Health checks failed';
    const where = `(target-group ${service.targetGroupArn})`;
    service.tell(`(task ${task.id}) (port 8080) is unhealthy in ${where} due to (reason ${why}).`);
    const deployment = service.deployments.find(({ id }) => id === task.deploymentId);
    if (deployment !== undefined) deployment.failedTasks += 1;
  }
}

function follow(service: WorldService, view: SchedulerView, hooks: SchedulerHooks): void {
  const { start, stop } = planService(view);
  const mayStart = hooks.now() >= service.backOff.until;
  for (const planned of mayStart ? start : []) startTask(service, planned);
  for (const { id, why } of stop) {
    const task = service.tasks.find((candidate) => candidate.id === id);
    if (task !== undefined) stopTask(service, task, why, hooks);
  }
}

function startTask(service: WorldService, { deploymentId, replaces }: PlannedStart): void {
  const deployment = service.deployments.find(({ id }) => id === deploymentId);
  const task = service.start(deployment ?? service.primary, replaces);
  const tail = ' Amazon ECS replaced 1 tasks due to an unhealthy status.';
  service.tell(`has started 1 tasks: (task ${task.id}).${replaces === undefined ? '' : tail}`);
}

function stopTask(
  service: WorldService,
  task: WorldTask,
  why: PlannedStop['why'],
  hooks: SchedulerHooks,
): void {
  const { primary } = service;
  const isReplaced = task.deploymentId !== primary.id && task.createdAt < primary.createdAt;
  if (why === 'scaling' && isReplaced && primary.isForced) hooks.onForcedStop(service, task);
  const failed = `Task failed ELB health checks in (target-group ${service.targetGroupArn})`;
  const scaled = `Scaling activity initiated by (deployment ${primary.id})`;
  service.life.stopByScheduler(task, why === 'unhealthy' ? failed : scaled);
  service.tell(`has stopped 1 running tasks: (task ${task.id}).`);
}

function viewOf(service: WorldService): SchedulerView {
  return {
    desiredCount: service.desired,
    minimumHealthyPercent: service.settings.minimumHealthyPercent ?? 100,
    maximumPercent: service.settings.maximumPercent ?? 200,
    primaryId: service.primary.id,
    tasks: service.live().map((task) => {
      const view = viewOfTask(task);
      return isKeptUp(service, task) ? view : { ...view, condemned: false };
    }),
  };
}

/**
 * A deployment that is on its way out and serves nobody is not kept up: its ill tasks simply go.
 */
function isKeptUp(service: WorldService, { deploymentId }: WorldTask): boolean {
  if (deploymentId === service.primary.id) return true;
  return service.live().some((task) => task.deploymentId === deploymentId && isHealthy(task));
}

/** A task set is filled by itself; the percentages do not count for it. */
function viewOfSet(service: WorldService, set: WorldDeployment): SchedulerView {
  const tasks = service.live().filter(({ deploymentId }) => deploymentId === set.id);
  return {
    desiredCount: service.desired,
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    primaryId: set.id,
    tasks: tasks.map(viewOfTask),
  };
}

function viewOfTask(task: WorldTask): SchedulerView['tasks'][number] {
  return {
    id: task.id,
    deploymentId: task.deploymentId,
    availabilityZone: task.zone,
    createdAtMs: task.createdAt,
    healthy: isHealthy(task),
    condemned: task.condemned,
    protected: false,
    replaces: task.replaces,
  };
}

/**
 * A rollout is complete when the primary deployment has all its tasks in service and the others
 * have none.
 */
function settle(service: WorldService): void {
  const { primary } = service;
  const live = service.live();
  const [own, others] = [
    live.filter(({ deploymentId }) => deploymentId === primary.id),
    live.filter(({ deploymentId }) => deploymentId !== primary.id),
  ];
  const isFull = own.filter(isHealthy).length >= service.desired;
  if (primary.rolloutState === 'COMPLETED' || !isFull || others.length > 0) return;
  primary.rolloutState = 'COMPLETED';
  primary.failedTasks = 0;
  const kept = service.deployments.filter(({ id }) => id === primary.id);
  service.deployments.splice(0, service.deployments.length, ...kept);
  service.tell(`(deployment ${primary.id}) deployment completed.`);
  service.tell('has reached a steady state.');
}

/**
 * CODE_DEPLOY's linear shift: some percent each minute, and back at once when an alarm rings
 * meanwhile.
 */
export class BlueGreen {
  readonly #hooks: SchedulerHooks;
  readonly #service: WorldService;
  readonly #step: number;
  #nextAt: number | undefined;
  #isOver = false;
  #alarmSince: number | undefined;

  constructor(service: WorldService, shiftPercent: number | undefined, hooks: SchedulerHooks) {
    this.#hooks = hooks;
    this.#service = service;
    this.#step = (shiftPercent ?? DEFAULT_SHIFT_PERCENT) / 100;
  }

  /** @returns false when it is over. */
  tick(): boolean {
    if (this.#isOver) return false;
    const now = this.#hooks.now();
    const [green, blue] = this.#service.deployments;
    if (green === undefined || blue === undefined) return false;
    if (this.#hooks.isAlarming(this.#service)) {
      this.#alarmSince ??= now;
      return now < this.#alarmSince + ROLLBACK_AFTER_MS || this.#leave(blue, green);
    }
    if (this.#nextAt === undefined && !this.#isReady(green)) return true;
    if (now < (this.#nextAt ?? now)) return true;
    if (green.weight >= 1) return this.#leave(green, blue);
    green.weight = Math.min(1, green.weight + this.#step);
    blue.weight = 1 - green.weight;
    this.#nextAt = now + MINUTE_MS;
    return true;
  }

  #isReady(green: WorldDeployment): boolean {
    const tasks = this.#service.live().filter(({ deploymentId }) => deploymentId === green.id);
    return tasks.filter(isHealthy).length >= this.#service.desired;
  }

  #leave(kept: WorldDeployment, dropped: WorldDeployment): false {
    this.#isOver = true;
    Object.assign(kept, { weight: 1, status: 'PRIMARY', rolloutState: 'COMPLETED' });
    this.#service.deployments.splice(0, this.#service.deployments.length, kept);
    for (const task of this.#service.tasks) {
      if (!isLive(task) || task.deploymentId !== dropped.id) continue;
      const reason = `Scaling activity initiated by (deployment ${kept.id})`;
      this.#service.life.stopByScheduler(task, reason);
    }
    return false;
  }
}
