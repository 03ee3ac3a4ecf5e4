/**
 * The service scheduler: each pass looks at one service, follows its plan, and tells what it did.
 */
import type { LabEvents } from '../events.ts';
import type { TimeFactor } from '../time-factor.ts';
import type { AwsPlace } from './arns.ts';
import { settleRollout } from './deployment.ts';
import {
  isHealthy,
  isProtected,
  liveTasks,
  newTaskRecord,
  primaryOf,
  type ServiceRecord,
  type TaskRecord,
} from './model.ts';
import { type PlannedStart, type PlannedStop, planService, type SchedulerView } from './plan.ts';
import { eventText, stoppedReason, tellService } from './service-events.ts';
import type { TaskLifecycle } from './task-lifecycle.ts';
import type { EcsTimings } from './timings.ts';

export interface SchedulerOptions {
  readonly place: AwsPlace;
  readonly time: TimeFactor;
  readonly timings: EcsTimings;
  readonly events: LabEvents;
  readonly lifecycle: TaskLifecycle;
}

/** Failed starts in a row after which ECS says that it cannot start tasks consistently. */
const START_FAILURES_TOLD = 3;

export class ServiceScheduler {
  readonly #options: SchedulerOptions;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** One pass. */
  tick(service: ServiceRecord): void {
    const now = new Date();
    this.#tellTargets(service);
    this.#judgeHealth(service, now);
    const { start, stop } = planService(viewOf(service, now));
    if (now.getTime() >= service.startBackOff.notBeforeMs) this.#start(service, start);
    this.#stop(service, stop);
    settleRollout(service, this.#options.events);
    this.#tellSteadyState(service, now);
  }

  /** Slows further starts down; tasks that reached RUNNING never do this. */
  backOff(task: TaskRecord): void {
    const { service } = task;
    const { time, timings, events } = this.#options;
    const failures = service.startBackOff.failures + 1;
    const delay = Math.min(timings.startBackOff * 2 ** (failures - 1), timings.startBackOffMax);
    service.startBackOff.failures = failures;
    service.startBackOff.notBeforeMs = Date.now() + time.seconds(delay);
    task.deployment.failedTasks += 1;
    tellService(service, events, eventText.cannotPlace(task.stoppedReason ?? 'unknown'));
    if (failures === START_FAILURES_TOLD) {
      tellService(service, events, eventText.cannotStart());
    }
  }

  #tellTargets(service: ServiceRecord): void {
    const { targetGroup, unreported } = service;
    if (targetGroup === undefined) return;
    const { events } = this.#options;
    const { registered, deregistered } = unreported;
    if (deregistered > 0) {
      tellService(service, events, eventText.deregistered(deregistered, targetGroup.arn));
      tellService(service, events, eventText.draining(deregistered));
    }
    if (registered > 0) {
      tellService(service, events, eventText.registered(registered, targetGroup.arn));
    }
    unreported.registered = 0;
    unreported.deregistered = 0;
  }

  /**
   * Condemns tasks that the load balancer has called unhealthy for long enough, outside their
   * grace.
   */
  #judgeHealth(service: ServiceRecord, now: Date): void {
    const { targetGroup } = service;
    if (targetGroup === undefined) return;
    for (const task of liveTasks(service)) {
      if (isHealthy(task)) {
        task.deployment.failedTasks = 0;
        task.unhealthyTold = false;
      }
      if (task.lastStatus !== 'RUNNING' || task.condemned || task.address === undefined) continue;
      const health = targetGroup.healthOf({ id: task.address, port: service.containerPort });
      if (health.state !== 'unhealthy' || this.#isInGrace(task, now)) continue;
      if (!task.unhealthyTold) {
        task.unhealthyTold = true;
        const reason = health.description ?? 'Health checks failed';
        const text = eventText.unhealthy(task, targetGroup.arn, reason);
        tellService(service, this.#options.events, text);
      }
      const { time, timings } = this.#options;
      if (now.getTime() - health.sinceMs < time.seconds(timings.unhealthyReaction)) continue;
      task.condemned = true;
      task.deployment.failedTasks += 1;
    }
  }

  #isInGrace(task: TaskRecord, now: Date): boolean {
    // The API shows it to clients that hold it against a real clock, so the factor is not applied to it here.
    const graceMs = task.service.healthCheckGracePeriodSeconds * 1_000;
    return task.startedAt === undefined || now.getTime() - task.startedAt.getTime() < graceMs;
  }

  #start(service: ServiceRecord, starts: readonly PlannedStart[]): void {
    const started = starts.map((start) => this.#startOne(service, start));
    const replacing = started.filter(({ replaces }) => replaces !== undefined);
    const filling = started.filter(({ replaces }) => replaces === undefined);
    const { events } = this.#options;
    if (replacing.length > 0) tellService(service, events, eventText.replaced(replacing));
    if (filling.length > 0) tellService(service, events, eventText.started(filling));
  }

  #startOne(service: ServiceRecord, { deploymentId, replaces }: PlannedStart): TaskRecord {
    const deployment =
      service.deployments.find(({ id }) => id === deploymentId) ?? primaryOf(service);
    const task = newTaskRecord({
      place: this.#options.place,
      service,
      deployment,
      availabilityZone: emptiestZone(service),
      ...(replaces === undefined ? {} : { replaces }),
    });
    service.tasks.push(task);
    this.#options.lifecycle.start(task);
    return task;
  }

  #stop(service: ServiceRecord, stops: readonly PlannedStop[]): void {
    const stopped: TaskRecord[] = [];
    for (const { id, why } of stops) {
      const task = service.tasks.find((candidate) => candidate.id === id);
      if (task === undefined) continue;
      const reason =
        why === 'unhealthy'
          ? stoppedReason.failedHealthChecks(service.targetGroup?.arn ?? '')
          : stoppedReason.scaling(primaryOf(service).id);
      this.#options.lifecycle.stopByScheduler(task, reason);
      stopped.push(task);
    }
    if (stopped.length > 0) tellService(service, this.#options.events, eventText.stopped(stopped));
  }

  #tellSteadyState(service: ServiceRecord, now: Date): void {
    const live = liveTasks(service);
    const steady =
      live.length === service.desiredCount &&
      live.every((task) => isHealthy(task) && !task.condemned) &&
      service.deployments.length === 1 &&
      primaryOf(service).rolloutState === 'COMPLETED';
    if (!steady) {
      service.steadySinceMs = undefined;
      return;
    }
    const { time, timings, events } = this.#options;
    const repeatMs = time.seconds(timings.steadyStateRepeat);
    const sinceMs = service.steadySinceMs;
    if (sinceMs !== undefined && now.getTime() - sinceMs < repeatMs) return;
    service.steadySinceMs = now.getTime();
    tellService(service, events, eventText.steadyState());
  }
}

function viewOf(service: ServiceRecord, now: Date): SchedulerView {
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.deploymentConfiguration;
  return {
    desiredCount: service.desiredCount,
    minimumHealthyPercent,
    maximumPercent,
    primaryId: primaryOf(service).id,
    tasks: liveTasks(service).map((task) => ({
      id: task.id,
      deploymentId: task.deployment.id,
      availabilityZone: task.availabilityZone,
      createdAtMs: task.createdAt.getTime(),
      healthy: isHealthy(task),
      condemned: task.condemned,
      protected: isProtected(task, now),
      replaces: task.replaces,
    })),
  };
}

/** Spreads tasks over the zones; ties go to the first. */
function emptiestZone(service: ServiceRecord): string {
  const inZone = Map.groupBy(liveTasks(service), ({ availabilityZone }) => availabilityZone);
  const [first = '', ...others] = service.availabilityZones;
  const count = (zone: string): number => inZone.get(zone)?.length ?? 0;
  return others.reduce((least, zone) => (count(zone) < count(least) ? zone : least), first);
}
