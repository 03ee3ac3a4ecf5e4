import {
  DescribeTasksCommand,
  type ECSClient,
  GetTaskProtectionCommand,
  ListTasksCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { HealerError } from '../../core/errors.ts';
import type { GuardedService } from '../../core/guarded-service.ts';
import type { TaskReading } from '../../core/observation.ts';
import { type EpochMillis, epochMillis } from '../../core/time.ts';
import { optionalTime, revisionOf, taskIdOf } from './ecs-values.ts';
import { calling } from './errors.ts';

/** Tasks that one DescribeTasks call takes, and that one ListTasks page holds. */
export const PAGE = 100;
/** The last instant that a date can hold. */
const LAST_DATE = 8_640_000_000_000_000;
/**
 * 5,000 tasks, ECS's own limit for a service; reaching it is an error, never a part that looks like
 * the whole.
 */
const PAGES_MAX = 50;

/** Every task that is meant to run. @throws {dependency.refused} above 5,000 tasks. */
export async function readTasks(
  client: ECSClient,
  service: GuardedService,
  signal: AbortSignal,
): Promise<readonly TaskReading[]> {
  const pages = await listTasks(client, service, signal);
  const tasks = await Promise.all(pages.map((arns) => readPage(client, service, arns, signal)));
  return tasks.flat();
}

async function listTasks(
  client: ECSClient,
  service: GuardedService,
  abortSignal: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  const pages: (readonly string[])[] = [];
  let nextToken: string | undefined;
  do {
    const command = new ListTasksCommand({
      cluster: service.clusterArn,
      serviceName: service.name,
      maxResults: PAGE,
      nextToken,
    });
    const answer = await calling('ecs:ListTasks', () => client.send(command, { abortSignal }));
    if (answer.taskArns !== undefined && answer.taskArns.length > 0) pages.push(answer.taskArns);
    nextToken = answer.nextToken;
  } while (nextToken !== undefined && pages.length < PAGES_MAX);
  if (nextToken === undefined) return pages;
  throw new HealerError(
    'dependency.refused',
    `service ${service.id} has over ${PAGES_MAX * PAGE} tasks`,
  );
}

/** Both need the ARNs alone, so they are asked together. */
async function readPage(
  client: ECSClient,
  service: GuardedService,
  arns: readonly string[],
  abortSignal: AbortSignal,
): Promise<readonly TaskReading[]> {
  const [tasks, protections] = await Promise.all([
    describeTasks(client, service, arns, abortSignal),
    readProtection(client, service, arns, abortSignal),
  ]);
  return tasks.map(toTask).map((task) => {
    const protectedUntil = protections.get(task.arn);
    return protectedUntil === undefined ? task : { ...task, protectedUntil };
  });
}

/**
 * @returns until when, for each task that is protected; a protection without an end lasts as long
 * as the task.
 */
async function readProtection(
  client: ECSClient,
  service: GuardedService,
  arns: readonly string[],
  abortSignal: AbortSignal,
): Promise<ReadonlyMap<string, EpochMillis>> {
  const command = new GetTaskProtectionCommand({ cluster: service.clusterArn, tasks: [...arns] });
  const answer = await calling('ecs:GetTaskProtection', () =>
    client.send(command, { abortSignal }),
  );
  return new Map(
    (answer.protectedTasks ?? [])
      .filter(({ protectionEnabled }) => protectionEnabled === true)
      .map(({ taskArn = '', expirationDate }) => [
        taskArn,
        epochMillis(expirationDate?.getTime() ?? LAST_DATE),
      ]),
  );
}

/**
 * A task that went between the two calls comes back as a failure and is left out: it is no longer
 * there.
 */
export async function describeTasks(
  client: ECSClient,
  service: GuardedService,
  arns: readonly string[],
  abortSignal: AbortSignal,
): Promise<readonly Task[]> {
  const command = new DescribeTasksCommand({ cluster: service.clusterArn, tasks: [...arns] });
  const answer = await calling('ecs:DescribeTasks', () => client.send(command, { abortSignal }));
  return answer.tasks ?? [];
}

function toTask(found: Task): TaskReading {
  const arn = found.taskArn ?? '';
  const ip = addressOf(found);
  return {
    arn,
    id: taskIdOf(arn),
    lastStatus: found.lastStatus ?? 'unknown',
    desiredStatus: found.desiredStatus ?? 'unknown',
    health:
      found.healthStatus === 'HEALTHY' || found.healthStatus === 'UNHEALTHY'
        ? found.healthStatus
        : 'UNKNOWN',
    revision: revisionOf(found.taskDefinitionArn),
    ...optionalTime('createdAt', found.createdAt),
    ...optionalTime('startedAt', found.startedAt),
    ...(found.availabilityZone === undefined ? {} : { zone: found.availabilityZone }),
    ...(ip === undefined ? {} : { ip }),
  };
}

/**
 * The API calls the attachment `ElasticNetworkInterface` and spells it `privateIPv4Address`;
 * containers do not.
 */
function addressOf(found: Task): string | undefined {
  const details = found.attachments?.find(
    ({ type }) => type === 'ElasticNetworkInterface',
  )?.details;
  const attached = details?.find(({ name }) => name === 'privateIPv4Address')?.value;
  const own = found.containers?.flatMap((container) => container.networkInterfaces ?? []);
  return attached ?? own?.[0]?.privateIpv4Address;
}
