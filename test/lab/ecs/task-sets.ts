/** Task sets of a CODE_DEPLOY service: added, made the serving one, and taken away. */
import type { TargetGroup } from '../elb/target-group.ts';
import { newDeploymentId } from './arns.ts';
import {
  type Deployment,
  isHealthy,
  type ServiceRecord,
  type TaskDefinitionRecord,
} from './model.ts';

/** Adds a second task set that serves nobody yet; the scheduler starts its tasks. */
export function addTaskSet(
  service: ServiceRecord,
  taskDefinition: TaskDefinitionRecord,
  targetGroup: TargetGroup | undefined,
): Deployment {
  if (service.controller !== 'CODE_DEPLOY') throw new Error(`${service.name} has no task sets`);
  const now = new Date();
  const taskSet: Deployment = {
    id: newDeploymentId(),
    status: 'ACTIVE',
    taskDefinition,
    targetGroup,
    desiredCount: service.desiredCount,
    failedTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: '',
    createdAt: now,
    updatedAt: now,
  };
  service.deployments.unshift(taskSet);
  service.startBackOff = { failures: 0, notBeforeMs: 0 };
  return taskSet;
}

/** Makes a task set the one that serves. */
export function promoteTaskSet(service: ServiceRecord, promoted: Deployment): void {
  for (const taskSet of service.deployments) {
    taskSet.status = taskSet === promoted ? 'PRIMARY' : 'ACTIVE';
    taskSet.updatedAt = new Date();
  }
  promoted.rolloutState = 'COMPLETED';
  service.targetGroup = promoted.targetGroup;
}

/** Has the scheduler stop all tasks of a set. */
export function drainTaskSet(taskSet: Deployment): void {
  taskSet.status = 'DRAINING';
  taskSet.desiredCount = 0;
  taskSet.updatedAt = new Date();
}

export function removeTaskSet(service: ServiceRecord, removed: Deployment): void {
  service.deployments = service.deployments.filter((taskSet) => taskSet !== removed);
}

/** Tasks of a set that serve. */
export function healthyIn(service: ServiceRecord, taskSet: Deployment): number {
  return service.tasks.filter((task) => task.deployment === taskSet && isHealthy(task)).length;
}

/** Whether no task of a set is on its way up, serves, or is on its way out. */
export function isGone(service: ServiceRecord, taskSet: Deployment): boolean {
  return service.tasks.every(
    ({ deployment, lastStatus }) => deployment !== taskSet || lastStatus === 'STOPPED',
  );
}
