import type { ECSClient } from '@aws-sdk/client-ecs';
import type { FleetReader } from '../../ports/readers.ts';
import { readService } from './ecs-service.ts';
import { readStopped } from './ecs-stopped.ts';
import { readTasks } from './ecs-tasks.ts';
import { Pace, type Time } from './pace.ts';

/** Half of what ECS documents for reads of clusters, 100 at once and 20 in a second: the rest is for others. */
const CLUSTER_READS = { burst: 50, perSecond: 10 };

/** Reads a service, its tasks and those that ended from ECS. */
export function ecsFleet(client: ECSClient, time?: Time): FleetReader {
  const source = { client, pace: new Pace(CLUSTER_READS, time), time };
  return {
    service: (service, signal) => readService(source, service, signal),
    tasks: (service, signal) => readTasks(source, service, signal),
    stopped: (service, since, signal) => readStopped(source, service, since, signal),
  };
}
