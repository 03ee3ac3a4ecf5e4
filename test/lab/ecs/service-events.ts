/** The service events of ECS, word for word, and the list that keeps them. */
import { randomUUID } from 'node:crypto';
import type { LabEvents } from '../events.ts';
import type { ServiceRecord, TaskRecord } from './model.ts';

const EVENTS_KEPT_MAX = 100;

/** Adds an event on top of the service's list and to the lab's stream; some name a task set. */
export function tellService(
  service: ServiceRecord,
  events: LabEvents,
  text: string,
  taskSetId?: string,
): void {
  const of = taskSetId === undefined ? '' : `, taskSet ${taskSetId}`;
  const message = `(service ${service.name}${of}) ${text}`;
  const createdAt = new Date();
  service.events.unshift({ id: randomUUID(), createdAt, message });
  service.events.splice(EVENTS_KEPT_MAX);
  events.emit({ kind: 'service-event', at: createdAt.getTime(), service: service.name, message });
}

export const eventText = {
  steadyState: (): string => 'has reached a steady state.',
  started: (tasks: readonly TaskRecord[]): string =>
    `has started ${tasks.length} tasks: ${taskList(tasks)}.`,
  replaced: (tasks: readonly TaskRecord[]): string =>
    `has started ${tasks.length} tasks: ${taskList(tasks)}. ` +
    `Amazon ECS replaced ${tasks.length} tasks due to an unhealthy status.`,
  stopped: (tasks: readonly TaskRecord[]): string =>
    `has stopped ${tasks.length} running tasks: ${taskList(tasks)}.`,
  unhealthy: (task: TaskRecord, groupArn: string, reason: string): string =>
    `(task ${task.id}) (port ${task.service.containerPort}) is unhealthy in ` +
    `(target-group ${groupArn}) due to (reason ${reason}).`,
  registered: (count: number, groupArn: string): string =>
    `registered ${count} targets in (target-group ${groupArn})`,
  deregistered: (count: number, groupArn: string): string =>
    `deregistered ${count} targets in (target-group ${groupArn})`,
  draining: (count: number): string => `has begun draining connections on ${count} tasks.`,
  deploymentCompleted: (id: string): string => `(deployment ${id}) deployment completed.`,
  deploymentFailed: (id: string): string =>
    `(deployment ${id}) deployment failed: tasks failed to start.`,
  rollingBack: (id: string): string => `rolling back to deployment ${id}.`,
  cannotStart: (): string => 'is unable to consistently start tasks successfully.',
  cannotPlace: (reason: string): string => `was unable to place a task. Reason: ${reason}`,
};

export const stoppedReason = {
  byUser: 'Task stopped by user',
  failedHealthChecks: (groupArn: string): string =>
    `Task failed ELB health checks in (target-group ${groupArn})`,
  scaling: (deploymentId: string): string =>
    `Scaling activity initiated by (deployment ${deploymentId})`,
  essentialExited: 'Essential container in task exited',
};

function taskList(tasks: readonly TaskRecord[]): string {
  return tasks.map(({ id }) => `(task ${id})`).join(' ');
}
