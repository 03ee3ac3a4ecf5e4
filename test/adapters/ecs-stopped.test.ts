/** Tasks that ended, with the real SDK over HTTP, against answers in ECS's own words. */
import * as ecs from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { ecsFleet } from '../../functions/adapters/aws/ecs-fleet.ts';
import { earlier, minutes, seconds } from '../../functions/core/time.ts';
import { aService, aTask, NOW, TARGET_GROUP, taskId } from '../core/builders.ts';
import type { OperationTable } from '../lab/gateway/operation.ts';
import { codeOf, serve } from './serving.ts';

const signal = new AbortController().signal;
const service = aService();
const since = earlier(NOW, minutes(15));
const DEFINITION = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/checkout-api:42';

/** Task `n`, that ended so many seconds ago after a minute of life. */
function ended(n: number, ago: number, overrides: Partial<ecs.Task> = {}): ecs.Task {
  return {
    taskArn: aTask(n).arn,
    taskDefinitionArn: DEFINITION,
    availabilityZone: 'eu-west-1b',
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    startedAt: new Date(NOW - (ago + 60) * 1_000),
    stoppingAt: new Date(NOW - ago * 1_000),
    stoppedAt: new Date(NOW - (ago - 30) * 1_000),
    ...overrides,
  };
}

async function stoppedOf(operations: OperationTable) {
  const config = await serve([{ signingName: 'ecs', schemas: ecs, operations }]);
  return ecsFleet(new ecs.ECSClient(config)).stopped(service, since, signal);
}

const listing = (tasks: readonly ecs.Task[]): OperationTable => ({
  ListTasks: ({ desiredStatus, serviceName, maxResults }: ecs.ListTasksRequest) => {
    expect({ desiredStatus, serviceName, maxResults }).toEqual({
      desiredStatus: 'STOPPED',
      serviceName: 'checkout-api',
      maxResults: 100,
    });
    return { taskArns: tasks.map(({ taskArn = '' }) => taskArn), nextToken: 'more' };
  },
  DescribeTasks: () => ({ tasks: [...tasks] }),
});

const app = (container: Partial<ecs.Container>): ecs.Container => ({ name: 'app', ...container });
const neverRan = { startedAt: undefined, containers: [app({ lastStatus: 'STOPPED' })] };
const PULL = `CannotPullContainerError: pull image manifest has been retried 1 time(s): not found`;
const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';
const ELB = `Task failed ELB health checks in (target-group ${TARGET_GROUP})`;
const STOPS: readonly (readonly [string, string, Partial<ecs.Task>, object])[] = [
  ['TaskFailedToStart', PULL, neverRan, {}],
  [
    'EssentialContainerExited',
    'Essential container in task exited',
    { containers: [app({ exitCode: 137, reason: OUT_OF_MEMORY })] },
    { exitCode: 137, containerReason: OUT_OF_MEMORY },
  ],
  [
    'UserInitiated',
    'ecs-self-healing',
    { containers: [app({ exitCode: 143 })] },
    { exitCode: 143 },
  ],
  ['ServiceSchedulerInitiated', ELB, { containers: [app({ exitCode: 0 })] }, { exitCode: 0 }],
  ['SpotInterruption', 'Your Spot Task was interrupted.', { containers: [] }, {}],
  ['TerminationNotice', 'Your Spot Task was interrupted.', { containers: [] }, {}],
  ['InfrastructureHealth', 'The host is impaired', { containers: [] }, {}],
];

test.each(STOPS)('a task that ended by %s says why', async (stopCode, stoppedReason, rest, own) => {
  const task = ended(1, 60, { stopCode: stopCode as ecs.TaskStopCode, stoppedReason, ...rest });

  expect(await stoppedOf(listing([task]))).toEqual([
    {
      id: taskId(1),
      revision: 'checkout-api:42',
      zone: 'eu-west-1b',
      ...(stopCode === 'TaskFailedToStart' ? {} : { startedAt: earlier(NOW, seconds(120)) }),
      stoppedAt: earlier(NOW, seconds(60)),
      stopCode,
      stoppedReason,
      ...own,
    },
  ]);
});

test.each([
  ['a reason', [{ exitCode: 137 }, { exitCode: 1, reason: 'CannotStartContainerError' }], 1],
  ['an exit code of its own', [{ exitCode: 143 }, { exitCode: 0 }, { exitCode: 2 }], 2],
  ['a signal', [{ exitCode: 0 }, { exitCode: 139 }, { exitCode: 137 }], 139],
  ['a kill', [{ exitCode: 0 }, { exitCode: 137 }], 137],
  ['nothing, and the first speaks', [{ exitCode: 0 }, { exitCode: 0, name: 'proxy' }], 0],
])('of several containers the one with %s speaks', async (_name, containers, exitCode) => {
  const [found] = await stoppedOf(listing([ended(1, 60, { containers })]));

  expect(found?.exitCode).toBe(exitCode);
});

test('come newest first, without the older ones, in whatever order ECS lists them', async () => {
  const stopping = ended(4, 5, { stoppedAt: undefined, lastStatus: 'DEACTIVATING' });
  const died = ended(5, 0, { stoppingAt: undefined, stoppedAt: new Date(NOW - 90_000) });
  const timeless = ended(6, 0, { stoppingAt: undefined, stoppedAt: undefined });

  const found = await stoppedOf(
    listing([ended(1, 300), ended(2, 16 * 60), ended(3, 60), stopping, died, timeless]),
  );

  expect(found.map(({ id }) => id)).toEqual([4, 3, 5, 1].map(taskId));
});

test('one that ECS has forgotten meanwhile is left out', async () => {
  const found = await stoppedOf({
    ListTasks: () => ({ taskArns: [aTask(1).arn, aTask(2).arn] }),
    DescribeTasks: () => ({
      tasks: [ended(1, 60)],
      failures: [{ arn: aTask(2).arn, reason: 'MISSING' }],
    }),
  });

  expect(found.map(({ id }) => id)).toEqual([taskId(1)]);
});

test('none are described when none ended', async () => {
  expect(await stoppedOf({ ListTasks: () => ({ taskArns: [] }) })).toEqual([]);
});

test('a list that is refused is an error', async () => {
  expect(await codeOf(stoppedOf({}))).toMatch(/^dependency\./);
});
