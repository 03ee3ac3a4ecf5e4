/** The load balancer of one service: health checks, and who gets the requests of a second. */
import type { EpochMillis } from '../../../functions/core/time.ts';
import { afterCheck, type CheckResult, initialChecking } from '../../lab/elb/health-state.ts';
import { HEALTH_PATH, type WorldService } from './service.ts';
import { hangs, type WorldTask } from './task.ts';

const CHECK_EVERY_MS = 10_000;
const THRESHOLDS = { healthyThreshold: 2, unhealthyThreshold: 2 };
const PORT = 8080;

/** Whether a connection to the task's port comes about. */
export function isReachable(service: WorldService, { isUp, revision }: WorldTask): boolean {
  const { host = '0.0.0.0', port = PORT } = revision;
  return isUp && !service.isBlocked && host !== '127.0.0.1' && port === PORT;
}

/** Makes the health checks that are due in this second. */
export function checkTargets(service: WorldService, now: EpochMillis): void {
  for (const task of service.tasks) {
    const { target } = task;
    if (target === undefined || target.health.state === 'draining') continue;
    if (now < task.nextCheckAt) continue;
    task.nextCheckAt += CHECK_EVERY_MS;
    const checked = initialChecking(target);
    task.target = afterCheck(checked, checkOnce(service, task, now), THRESHOLDS, now);
  }
}

function checkOnce(service: WorldService, task: WorldTask, now: EpochMillis): CheckResult {
  if (service.isBlocked || hangs(task, now)) return { kind: 'timed-out' };
  if (!isReachable(service, task)) return { kind: 'failed' };
  if (service.healthPath !== HEALTH_PATH) return { kind: 'wrong-code', code: 404 };
  const isReady = task.readyAt !== undefined && task.readyAt <= now;
  return isReady ? { kind: 'passed' } : { kind: 'wrong-code', code: 503 };
}

/** One group of targets with its share of the requests. */
export interface Route {
  readonly weight: number;
  /** Empty: nobody is registered, and the load balancer answers 503 by itself. */
  readonly tasks: readonly WorldTask[];
}

/** Healthy targets in turn; when there is none, all of them, as the load balancer fails open. */
export function routesOf(service: WorldService): readonly Route[] {
  if (service.controller !== 'CODE_DEPLOY') return [{ weight: 1, tasks: eligible(service.tasks) }];
  return service.deployments
    .filter(({ weight }) => weight > 0)
    .map(({ id, weight }) => ({
      weight,
      tasks: eligible(service.tasks.filter(({ deploymentId }) => deploymentId === id)),
    }));
}

function eligible(tasks: readonly WorldTask[]): readonly WorldTask[] {
  const registered = tasks.filter(
    ({ target }) => target !== undefined && target.health.state !== 'draining',
  );
  const healthy = registered.filter(({ target }) => target?.health.state === 'healthy');
  return healthy.length > 0 ? healthy : registered;
}
