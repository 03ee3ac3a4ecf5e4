/**
 * The service scheduler: each pass looks at one service, follows its plan, and tells what it did.
 */
import type { TargetGroup } from '../elb/target-group.ts';
import type { LabEvents } from '../events.ts';
import type { TimeFactor } from '../time-factor.ts';
import type { AwsPlace } from './arns.ts';
import { settleRollout } from './deployment.ts';
import {
  type Deployment,
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
    for (const view of viewsOf(service, now)) {
      const { start, stop } = planService(view);
      if (now.getTime() >= service.startBackOff.notBeforeMs) this.#start(service, start);
      this.#stop(service, stop);
    }
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
    const { events } = this.#options;
    for (const [arn, { registered, deregistered }] of service.unreported) {
      if (deregistered > 0) {
        tellService(service, events, eventText.deregistered(deregistered, arn));
        tellService(service, events, eventText.draining(deregistered));
      }
      if (registered > 0) tellService(service, events, eventText.registered(registered, arn));
    }
    service.unreported.clear();
  }

  /**
   * Condemns tasks that the load balancer has called unhealthy for long enough, outside their
   * grace.
   */
  #judgeHealth(service: ServiceRecord, now: Date): void {
    for (const task of liveTasks(service)) {
      if (task.deployment.targetGroup === undefined) continue;
      if (isHealthy(task)) {
        task.deployment.failedTasks = 0;
        task.unhealthyTold = false;
      }
      if (task.lastStatus === 'RUNNING' && !task.condemned && !this.#isInGrace(task, now)) {
        this.#judgeTask(task, task.deployment.targetGroup, now);
      }
    }
  }

  #judgeTask(task: TaskRecord, targetGroup: TargetGroup, now: Date): void {
    const { service, address = '' } = task;
    const health = targetGroup.healthOf({ id: address, port: service.containerPort });
    if (health.state !== 'unhealthy') return;
    if (!task.unhealthyTold) {
      task.unhealthyTold = true;
      const reason = health.description ?? 'Health checks failed';
      const text = eventText.unhealthy(task, targetGroup.arn, reason);
      tellService(service, this.#options.events, text);
    }
    const { time, timings } = this.#options;
    if (now.getTime() - health.sinceMs < time.seconds(timings.unhealthyReaction)) return;
    if (!service.replacesUnhealthy) return;
    task.condemned = true;
    task.deployment.failedTasks += 1;
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
    if (replacing.length > 0) this.#tellOfTasks(replacing, eventText.replaced(replacing));
    if (filling.length > 0) this.#tellOfTasks(filling, eventText.started(filling));
  }

  #startOne(service: ServiceRecord, { deploymentId, replaces }: PlannedStart): TaskRecord {
    const deployment =
      service.deployments.find(({ id }) => id === deploymentId) ?? primaryOf(service);
    const fault = service.nextFaults.shift() ?? deployment.taskDefinition.fault;
    const task = newTaskRecord({
      place: this.#options.place,
      service,
      deployment,
      availabilityZone: emptiestZone(service, tasksBeside(deployment, service)),
      ...(replaces === undefined ? {} : { replaces }),
      ...(fault === undefined ? {} : { fault }),
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
          ? stoppedReason.failedHealthChecks(task.deployment.targetGroup?.arn ?? '')
          : stoppedReason.scaling(scalerOf(task).id);
      this.#options.lifecycle.stopByScheduler(task, reason);
      stopped.push(task);
    }
    if (stopped.length > 0) this.#tellOfTasks(stopped, eventText.stopped(stopped));
  }

  /** All of one task set, where the service has them. */
  #tellOfTasks([first]: readonly TaskRecord[], text: string): void {
    if (first === undefined) return;
    const { service, deployment } = first;
    const taskSetId = service.controller === 'ECS' ? undefined : deployment.id;
    tellService(service, this.#options.events, text, taskSetId);
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

/** One for a rolling service; task sets are scheduled each for itself. */
function viewsOf(service: ServiceRecord, now: Date): readonly SchedulerView[] {
  if (service.controller === 'ECS') return [viewOf(service, primaryOf(service), now)];
  return service.deployments.map((taskSet) => viewOf(service, taskSet, now));
}

function viewOf(service: ServiceRecord, deployment: Deployment, now: Date): SchedulerView {
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.deploymentConfiguration;
  return {
    desiredCount: deployment.desiredCount,
    minimumHealthyPercent,
    maximumPercent,
    primaryId: deployment.id,
    tasks: tasksBeside(deployment, service).map((task) => ({
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

/** The tasks that count together: all of a rolling service, or those of one task set. */
function tasksBeside(deployment: Deployment, service: ServiceRecord): readonly TaskRecord[] {
  const live = liveTasks(service);
  if (service.controller === 'ECS') return live;
  return live.filter((task) => task.deployment === deployment);
}

/** Which deployment scaled a task in: the new one of a rolling service, or the task's own set. */
function scalerOf({ service, deployment }: TaskRecord): Deployment {
  return service.controller === 'ECS' ? primaryOf(service) : deployment;
}

/** Spreads tasks over the zones; ties go to the first. */
function emptiestZone(service: ServiceRecord, tasks: readonly TaskRecord[]): string {
  const inZone = Map.groupBy(tasks, ({ availabilityZone }) => availabilityZone);
  const [first = '', ...others] = service.availabilityZones;
  const count = (zone: string): number => inZone.get(zone)?.length ?? 0;
  return others.reduce((least, zone) => (count(zone) < count(least) ? zone : least), first);
}
