/** A fleet of thousands of tasks, read with the real SDK over HTTP within the rates that ECS documents. */
import * as ecs from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { ecsFleet } from '../../functions/adapters/aws/ecs-fleet.ts';
import type { Time } from '../../functions/adapters/aws/pace.ts';
import { aService } from '../core/builders.ts';
import { AwsError } from '../lab/gateway/operation.ts';
import { serve } from './serving.ts';

const TASKS = 5_000;
const PAGE = 100;
const HALF_A_BURST = 50;
const signal = new AbortController().signal;
const service = aService();

const arnOf = (n: number): string =>
  `arn:aws:ecs:eu-west-1:123456789012:task/shop-prod/${String(n).padStart(32, '0')}`;

interface Fleet {
  readonly calls: string[];
  /** The most pages that were described at the same time. */
  most: number;
  /** Of a page that cannot be described. */
  fails?: (tasks: readonly string[]) => boolean;
}

async function serveFleet(fleet: Fleet) {
  let inFlight = 0;
  const listed = Promise.withResolvers<void>();
  return serve([
    {
      signingName: 'ecs',
      schemas: ecs,
      operations: {
        ListTasks: ({ nextToken = '0' }: ecs.ListTasksRequest) => {
          fleet.calls.push('ListTasks');
          const from = Number(nextToken);
          const taskArns = Array.from({ length: PAGE }, (_, n) => arnOf(from + n));
          const to = from + PAGE;
          if (to >= TASKS) listed.resolve();
          return { taskArns, ...(to < TASKS ? { nextToken: `${to}` } : {}) };
        },
        DescribeTasks: async ({ tasks = [] }: ecs.DescribeTasksRequest) => {
          fleet.calls.push('DescribeTasks');
          if (fleet.fails?.(tasks) === true) {
            listed.resolve();
            throw new AwsError('ClientException', 'no such page');
          }
          inFlight += 1;
          fleet.most = Math.max(fleet.most, inFlight);
          await listed.promise;
          inFlight -= 1;
          return { tasks: tasks.map((taskArn) => ({ taskArn, lastStatus: 'RUNNING' })) };
        },
        GetTaskProtection: () => ({ protectedTasks: [] }),
      },
    },
  ]);
}

/** Notes the waits, and does not wait. */
function noting(waits: number[]): Time {
  return {
    now: () => 0,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  };
}

describe('a service of 5,000 tasks', () => {
  test('is read in a hundred calls: half a burst at once, and ten in a second after that', async () => {
    const fleet: Fleet = { calls: [], most: 0 };
    const waits: number[] = [];
    const client = new ecs.ECSClient(await serveFleet(fleet));

    const tasks = await ecsFleet(client, noting(waits)).tasks(service, signal);

    expect(new Set(tasks.map(({ arn }) => arn)).size).toBe(TASKS);
    expect(fleet.calls).toHaveLength(2 * (TASKS / PAGE));
    expect(waits).toHaveLength(2 * (TASKS / PAGE) - HALF_A_BURST);
    expect(Math.max(...waits)).toBe(5_000);
    expect(fleet.most).toBe(10);
    // The next page is listed while one is described, in the order of the pages.
    expect(fleet.calls.indexOf('DescribeTasks')).toBeLessThan(PAGE / 2);
    expect(tasks.at(-1)?.arn).toBe(arnOf(TASKS - 1));
  });

  test('of which a page cannot be read is not read further, and says why', async () => {
    const fleet: Fleet = { calls: [], most: 0, fails: (arns) => arns.includes(arnOf(250)) };
    const client = new ecs.ECSClient(await serveFleet(fleet));

    const reading = ecsFleet(client, noting([])).tasks(service, signal);

    await expect(reading).rejects.toMatchObject({
      code: 'dependency.refused',
      message: expect.stringContaining('no such page'),
    });
    expect(fleet.calls.length).toBeLessThan(TASKS / PAGE);
  });

  test('is not read on when the invocation ends', async () => {
    const over = new AbortController();
    const fleet: Fleet = { calls: [], most: 0 };
    fleet.fails = () => {
      over.abort();
      return true;
    };
    const client = new ecs.ECSClient(await serveFleet(fleet));

    const reading = ecsFleet(client, noting([])).tasks(service, over.signal);

    await expect(reading).rejects.toMatchObject({ code: 'dependency.unavailable' });
    expect(fleet.calls.length).toBeLessThan(TASKS / PAGE);
  });
});
