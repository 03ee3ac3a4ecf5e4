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
import { type Pace, patiently, type Time } from './pace.ts';
import { Semaphore } from './semaphore.ts';

/** Tasks that one DescribeTasks call takes, and that one ListTasks page holds. */
export const PAGE = 100;
/** The last instant that a date can hold. */
const LAST_DATE = 8_640_000_000_000_000;
/**
 * 5,000 tasks, ECS's own limit for a service; reaching it is an error, never a part that looks like
 * the whole.
 */
const PAGES_MAX = 50;

/** Pages that are described at the same time. */
const PAGES_AT_ONCE = 10;
/** A fleet is read while the function has time left to act on it. */
const TIME_MAX_MS = 30_000;

/** Where tasks are read from: the client, and the pace of all its reads of a cluster. */
export interface TaskSource {
  readonly client: ECSClient;
  readonly pace: Pace;
  readonly time?: Time | undefined;
}

/**
 * Every task that is meant to run. While a page of them is described, the next is listed already.
 *
 * @throws {dependency.refused} above 5,000 tasks.
 */
export async function readTasks(
  source: TaskSource,
  service: GuardedService,
  signal: AbortSignal,
): Promise<readonly TaskReading[]> {
  const failed = new AbortController();
  const limits = [signal, failed.signal, AbortSignal.timeout(TIME_MAX_MS)];
  const abortSignal = AbortSignal.any(limits);
  const free = new Semaphore(PAGES_AT_ONCE);
  const pages: Promise<readonly TaskReading[]>[] = [];
  // Of a fleet that cannot be read whole, nothing more is read.
  const giveUp = (error: unknown) => failed.abort(error);
  try {
    for await (const arns of listTasks(source, service, abortSignal)) {
      const page = free.run(() => readPage(source, service, arns, abortSignal));
      page.catch(giveUp);
      pages.push(page);
    }
    return (await Promise.all(pages)).flat();
  } catch (error) {
    giveUp(error);
    await Promise.allSettled(pages);
    // What failed first, not what was given up because of it.
    throw failed.signal.reason;
  }
}

async function* listTasks(
  { client, pace, time }: TaskSource,
  service: GuardedService,
  abortSignal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  let nextToken: string | undefined;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const command = new ListTasksCommand({
      cluster: service.clusterArn,
      serviceName: service.name,
      maxResults: PAGE,
      nextToken,
    });
    const list = () => client.send(command, { abortSignal });
    const answer = await patiently('ecs:ListTasks', list, { signal: abortSignal, pace, time });
    if (answer.taskArns !== undefined && answer.taskArns.length > 0) yield answer.taskArns;
    nextToken = answer.nextToken;
    if (nextToken === undefined) return;
  }
  throw new HealerError(
    'dependency.refused',
    `service ${service.id} has over ${PAGES_MAX * PAGE} tasks`,
  );
}

/** Both need the ARNs alone, so they are asked together. */
async function readPage(
  source: TaskSource,
  service: GuardedService,
  arns: readonly string[],
  abortSignal: AbortSignal,
): Promise<readonly TaskReading[]> {
  const [tasks, protections] = await Promise.all([
    describeTasks(source, service, arns, abortSignal),
    readProtection(source, service, arns, abortSignal),
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
  { client, time }: TaskSource,
  service: GuardedService,
  arns: readonly string[],
  abortSignal: AbortSignal,
): Promise<ReadonlyMap<string, EpochMillis>> {
  const command = new GetTaskProtectionCommand({ cluster: service.clusterArn, tasks: [...arns] });
  const ask = () => client.send(command, { abortSignal });
  // It has a bucket of its own, which one fleet does not empty.
  const answer = await patiently('ecs:GetTaskProtection', ask, { signal: abortSignal, time });
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
  { client, pace, time }: TaskSource,
  service: GuardedService,
  arns: readonly string[],
  abortSignal: AbortSignal,
): Promise<readonly Task[]> {
  const command = new DescribeTasksCommand({ cluster: service.clusterArn, tasks: [...arns] });
  const describe = () => client.send(command, { abortSignal });
  const answer = await patiently('ecs:DescribeTasks', describe, {
    signal: abortSignal,
    pace,
    time,
  });
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
