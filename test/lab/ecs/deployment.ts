/**
 * Rolling deployments: how one begins, when it is complete, and when the circuit breaker ends it.
 */
import type { LabEvents } from '../events.ts';
import { newDeploymentId } from './arns.ts';
import {
  type Deployment,
  isHealthy,
  primaryOf,
  type ServiceRecord,
  type TaskDefinitionRecord,
} from './model.ts';
import { eventText, tellService } from './service-events.ts';

/** Bounds of the circuit breaker's threshold, half the desired count. */
const BREAKER_MIN = 3;
const BREAKER_MAX = 200;

/** Makes a revision the primary one; the scheduler does the rest. @returns the new deployment. */
export function beginDeployment(
  service: ServiceRecord,
  taskDefinition: TaskDefinitionRecord,
): Deployment {
  const id = newDeploymentId();
  const now = new Date();
  const deployment: Deployment = {
    id,
    status: 'PRIMARY',
    taskDefinition,
    targetGroup: service.targetGroup,
    desiredCount: service.desiredCount,
    failedTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    createdAt: now,
    updatedAt: now,
  };
  for (const earlier of service.deployments) earlier.status = 'ACTIVE';
  service.deployments.unshift(deployment);
  // A new deployment is also how start throttling ends.
  service.startBackOff = { failures: 0, notBeforeMs: 0 };
  return deployment;
}

/**
 * Completes the rollout under way once only healthy tasks of its revision are left, or fails it.
 */
export function settleRollout(service: ServiceRecord, events: LabEvents): void {
  const primary = primaryOf(service);
  if (primary.rolloutState !== 'IN_PROGRESS') return;
  if (breakerTripped(service, primary)) {
    failRollout(service, primary, events);
    return;
  }
  const healthy = service.tasks.filter((task) => task.deployment === primary && isHealthy(task));
  const old = service.tasks.filter((task) => task.deployment !== primary);
  const oldServes = old.some(
    ({ desiredStatus, lastStatus }) =>
      desiredStatus === 'RUNNING' || lastStatus === 'RUNNING' || lastStatus === 'DEACTIVATING',
  );
  if (healthy.length < service.desiredCount || oldServes) return;
  primary.rolloutState = 'COMPLETED';
  primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
  primary.updatedAt = new Date();
  if (service.controller === 'ECS') {
    service.deployments = [primary];
    tellService(service, events, eventText.deploymentCompleted(primary.id));
  }
}

function breakerTripped(service: ServiceRecord, { failedTasks }: Deployment): boolean {
  if (service.deploymentConfiguration.deploymentCircuitBreaker?.enable !== true) return false;
  const half = Math.ceil(service.desiredCount / 2);
  return failedTasks >= Math.min(Math.max(half, BREAKER_MIN), BREAKER_MAX);
}

/** Marks the rollout failed and, when asked to, returns to the revision that served before. */
function failRollout(service: ServiceRecord, failed: Deployment, events: LabEvents): void {
  failed.rolloutState = 'FAILED';
  failed.rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.';
  failed.updatedAt = new Date();
  tellService(service, events, eventText.deploymentFailed(failed.id));
  const before = service.deployments.find(({ rolloutState }) => rolloutState === 'COMPLETED');
  const { rollback } = service.deploymentConfiguration.deploymentCircuitBreaker ?? {};
  if (rollback !== true || before === undefined) return;
  failed.status = 'ACTIVE';
  before.status = 'PRIMARY';
  before.rolloutState = 'IN_PROGRESS';
  const why = 'ECS deployment circuit breaker: rolling back to deploymentId';
  before.rolloutStateReason = `${why} ${before.id}.`;
  service.deployments = [before, ...service.deployments.filter((entry) => entry !== before)];
  service.startBackOff = { failures: 0, notBeforeMs: 0 };
  tellService(service, events, eventText.rollingBack(before.id));
}
