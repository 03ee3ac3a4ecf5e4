import { type Container, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import type { GuardedService } from '../../core/guarded-service.ts';
import type { StoppedTaskReading } from '../../core/observation.ts';
import { type EpochMillis, epochMillis } from '../../core/time.ts';
import { describeTasks, PAGE, type TaskSource } from './ecs-tasks.ts';
import { optionalTime, revisionOf, taskIdOf } from './ecs-values.ts';
import { patiently } from './pace.ts';

/**
 * Tasks that ended since the given time, newest first, of those that ECS still shows (an hour, or a
 * little more).
 *
 * One page of a hundred, in an order that ECS does not promise: a service with more than a hundred
 * of them in an hour dies often enough that any hundred show why. A task that ECS forgets between
 * the calls is left out.
 */
export async function readStopped(
  source: TaskSource,
  service: GuardedService,
  since: EpochMillis,
  abortSignal: AbortSignal,
): Promise<readonly StoppedTaskReading[]> {
  const command = new ListTasksCommand({
    cluster: service.clusterArn,
    serviceName: service.name,
    desiredStatus: 'STOPPED',
    maxResults: PAGE,
  });
  const { client, pace, time } = source;
  const list = () => client.send(command, { abortSignal });
  const answer = await patiently('ecs:ListTasks', list, { signal: abortSignal, pace, time });
  const arns = answer.taskArns ?? [];
  if (arns.length === 0) return [];
  const tasks = await describeTasks(source, service, arns, abortSignal);
  return tasks
    .flatMap(toStopped)
    .filter(({ stoppedAt }) => stoppedAt >= since)
    .sort((left, right) => right.stoppedAt - left.stoppedAt);
}

/**
 * A task without any time of its end cannot be placed before or after anything, and is left out.
 */
function toStopped(found: Task): readonly StoppedTaskReading[] {
  // While it is being stopped only the first is set; a task that died by itself may have only the
  // others.
  const ended = found.stoppingAt ?? found.executionStoppedAt ?? found.stoppedAt;
  if (ended === undefined) return [];
  const container = endedContainer(found.containers ?? []);
  const { exitCode, reason } = container ?? {};
  return [
    {
      id: taskIdOf(found.taskArn ?? ''),
      revision: revisionOf(found.taskDefinitionArn),
      ...(found.availabilityZone === undefined ? {} : { zone: found.availabilityZone }),
      ...optionalTime('startedAt', found.startedAt),
      stoppedAt: epochMillis(ended.getTime()),
      stopCode: found.stopCode ?? 'unknown',
      stoppedReason: found.stoppedReason ?? '',
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(reason === undefined ? {} : { containerReason: reason }),
    },
  ];
}

/**
 * The container whose end ended the task: ECS does not say which one is essential. The others end
 * by the signals that ECS then sends them, so those exit codes speak last.
 */
function endedContainer(containers: readonly Container[]): Container | undefined {
  return containers.toSorted((left, right) => telling(right) - telling(left))[0];
}

/** SIGKILL and SIGTERM. */
const SIGNALLED = [137, 143];

function telling({ exitCode = 0, reason }: Container): number {
  if (reason !== undefined) return 3;
  if (exitCode === 0) return 0;
  return SIGNALLED.includes(exitCode) ? 1 : 2;
}
