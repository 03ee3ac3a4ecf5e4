import type { ECSClient } from '@aws-sdk/client-ecs';
import type { FleetReader } from '../../ports/readers.ts';
import { readService } from './ecs-service.ts';
import { readStopped } from './ecs-stopped.ts';
import { readTasks } from './ecs-tasks.ts';

/** Reads a service, its tasks and those that ended from ECS. */
export function ecsFleet(client: ECSClient): FleetReader {
  return {
    service: (service, signal) => readService(client, service, signal),
    tasks: (service, signal) => readTasks(client, service, signal),
    stopped: (service, since, signal) => readStopped(client, service, since, signal),
  };
}
