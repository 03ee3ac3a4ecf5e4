import {
  type Deployment,
  DescribeServicesCommand,
  type Service,
  type TaskSet,
} from '@aws-sdk/client-ecs';
import { HealerError } from '../../core/errors.ts';
import type { GuardedService } from '../../core/guarded-service.ts';
import type { DeploymentReading, ServiceEvent, ServiceReading } from '../../core/observation.ts';
import { epochMillis } from '../../core/time.ts';
import type { TaskSource } from './ecs-tasks.ts';
import { optionalTime } from './ecs-values.ts';
import { patiently } from './pace.ts';

/**
 * Of the hundred that ECS keeps: what happened in the last minutes, which is all that a cause
 * needs.
 */
const EVENTS_MAX = 30;

/** @throws {dependency.missing} when ECS has no such service. */
export async function readService(
  { client, time }: Pick<TaskSource, 'client' | 'time'>,
  service: GuardedService,
  abortSignal: AbortSignal,
): Promise<ServiceReading> {
  const command = new DescribeServicesCommand({
    cluster: service.clusterArn,
    services: [service.name],
  });
  const describe = () => client.send(command, { abortSignal });
  const answer = await patiently('ecs:DescribeServices', describe, { signal: abortSignal, time });
  const found = answer.services?.[0];
  if (found === undefined) {
    const why = answer.failures?.[0]?.reason ?? 'no answer';
    throw new HealerError('dependency.missing', `service ${service.id}: ${why}`);
  }
  return toService(found);
}

function toService(found: Service): ServiceReading {
  const controller = found.deploymentController?.type;
  return {
    status: found.status ?? 'unknown',
    desired: count(found.desiredCount, 'desiredCount'),
    running: count(found.runningCount, 'runningCount'),
    pending: count(found.pendingCount, 'pendingCount'),
    // ECS leaves the field out for its own controller.
    controller: controller === 'CODE_DEPLOY' || controller === 'EXTERNAL' ? controller : 'ECS',
    deployments: (found.deployments ?? []).map(toDeployment),
    taskSets: (found.taskSets ?? []).map(toDeployment),
    graceSeconds: found.healthCheckGracePeriodSeconds ?? 0,
    events: toEvents(found),
  };
}

function toDeployment(found: Deployment | TaskSet): DeploymentReading {
  const rolloutState = 'rolloutState' in found ? found.rolloutState : undefined;
  const failedTasks = 'failedTasks' in found ? found.failedTasks : undefined;
  return {
    id: found.id ?? 'unknown',
    status: found.status ?? 'unknown',
    taskDefinition: found.taskDefinition ?? 'unknown',
    ...(rolloutState === undefined ? {} : { rolloutState }),
    ...optionalTime('createdAt', found.createdAt),
    ...(failedTasks === undefined ? {} : { failedTasks }),
  };
}

function toEvents({ events = [] }: Service): readonly ServiceEvent[] {
  return events
    .flatMap(({ createdAt, message }) =>
      createdAt === undefined || message === undefined
        ? []
        : [{ at: epochMillis(createdAt.getTime()), message }],
    )
    .slice(0, EVENTS_MAX);
}

function count(value: number | undefined, field: string): number {
  if (value !== undefined) return value;
  throw new HealerError('dependency.unavailable', `ecs:DescribeServices: ${field} is missing`);
}
