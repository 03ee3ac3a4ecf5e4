/**
 * What the platform tells a task: its environment, where it listens, its log stream, and the
 * metadata endpoint it may ask.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../../../workload/src/faults.ts';
import type { TaskFault } from '../../drill/definition.ts';
import type { TimeFactor } from '../time-factor.ts';
import type { TaskDefinitionSpec, TaskRecord } from './model.ts';

/** Log stream of the `awslogs` driver: prefix, container, task id. */
export function streamNameOf(task: TaskRecord): string {
  const { containerName } = task.service;
  return `${containerName}/${containerName}/${task.id}`;
}

/** How long the workload serves on after SIGTERM unless its task definition says otherwise. */
const DRAIN_SECONDS = 5;
const HEARTBEAT_SECONDS = 60;
const ANY_ADDRESS = '0.0.0.0';

/** Environment of a task's process; the task definition wins over the platform's defaults. */
export function workloadEnvironment(
  task: TaskRecord,
  time: TimeFactor,
  metadataUrl: string,
): Readonly<Record<string, string>> {
  const { taskDefinition } = task.deployment;
  const ms = (awsSeconds: number): string => String(Math.round(time.seconds(awsSeconds)));
  return {
    PORT: String(task.service.containerPort),
    HOST: ANY_ADDRESS,
    SERVICE_NAME: task.service.name,
    REVISION: String(taskDefinition.revision),
    STARTUP_MS: ms(taskDefinition.startupSeconds ?? 0),
    DRAIN_MS: ms(DRAIN_SECONDS),
    HEARTBEAT_MS: ms(HEARTBEAT_SECONDS),
    ...taskDefinition.env,
    ...(task.fault === undefined
      ? {}
      : { DRILL_FAULT: JSON.stringify(workloadFault(task.fault, time)) }),
    // Not for the task definition to choose: it is what makes the task reachable and known.
    BIND_HOST: listenerOf(task).host,
    ECS_CONTAINER_METADATA_URI_V4: `${metadataUrl}/v4/${task.id}`,
  };
}

/** Whether the application listens where only its own container reaches it. */
export function listensInside({ env }: TaskDefinitionSpec): boolean {
  const { HOST: host = ANY_ADDRESS } = env;
  return host !== ANY_ADDRESS;
}

/** Where the task's process really listens, whatever its log says. */
export function listenerOf(task: TaskRecord): { readonly host: string; readonly port: number } {
  const { taskDefinition } = task.deployment;
  const { PORT: port = task.service.containerPort } = taskDefinition.env;
  const host = listensInside(taskDefinition) ? task.innerAddress : task.address;
  return { host: host ?? '', port: Number(port) };
}

/** A fault in the workload's own words, which know no AWS seconds. */
export function workloadFault(fault: TaskFault, time: TimeFactor): Fault {
  switch (fault.kind) {
    case 'hang':
    case 'leak':
      return { kind: fault.kind, durationMs: time.seconds(fault.seconds) };
    default:
      return fault;
  }
}

const METADATA_PATH = /^\/v4\/([0-9a-f]+)\/task$/;

/** Serves `/v4/<taskId>/task` of the task metadata endpoint, version 4. */
export function makeTaskMetadataHandler(
  findTask: (taskId: string) => TaskRecord | undefined,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const taskId = METADATA_PATH.exec(request.url ?? '')?.[1];
    const task = taskId === undefined ? undefined : findTask(taskId);
    const body = task === undefined ? { message: 'task not found' } : metadataOf(task);
    response.writeHead(task === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
}

function metadataOf(task: TaskRecord): object {
  const { taskDefinition } = task.deployment;
  return {
    Cluster: task.service.clusterArn,
    TaskARN: task.arn,
    Family: taskDefinition.family,
    Revision: String(taskDefinition.revision),
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    AvailabilityZone: task.availabilityZone,
    LaunchType: 'FARGATE',
    ServiceName: task.service.name,
    Containers: [
      {
        Name: task.service.containerName,
        Image: taskDefinition.image,
        ContainerARN: task.containerArn,
        Networks: [{ NetworkMode: 'awsvpc', IPv4Addresses: [task.address ?? ''] }],
      },
    ],
  };
}
