import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import * as ecs from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test } from 'vitest';
import { LabEvents } from './events.ts';
import { type BucketLimit, Buckets, DOCUMENTED_BUCKETS } from './gateway/buckets.ts';
import { clientConfig } from './gateway/client-config.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';

const READ = { service: 'ecs', operation: 'DescribeTasks' };
const REFUSED = { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 };
const LIST = { service: 'ecs', operation: 'ListTasks' };

function limitOf(name: string): BucketLimit {
  const found = DOCUMENTED_BUCKETS.find((limit) => limit.name === name);
  if (found === undefined) throw new Error(`no bucket ${name}`);
  return found;
}

describe('a bucket', () => {
  test('takes its burst at once, from all calls of its category together', () => {
    const buckets = new Buckets({ now: () => 0 });
    const answers = Array.from({ length: 110 }, (_, i) => buckets.take(i % 2 === 0 ? READ : LIST));

    expect(answers.filter((code) => code === undefined)).toHaveLength(100);
    expect(answers.at(-1)).toEqual(REFUSED);
    expect(buckets.take({ service: 'ecs', operation: 'DescribeServices' })).toBeUndefined();
  });

  test('fills again by its rate, and never beyond its burst', () => {
    const clock = { now: 0 };
    const buckets = new Buckets({ now: () => clock.now });
    const takeAll = () => {
      let taken = 0;
      while (buckets.take(READ) === undefined) taken += 1;
      return taken;
    };
    expect(takeAll()).toBe(100);
    clock.now += 500;
    expect(takeAll()).toBe(10);
    clock.now += 3_600_000;
    expect(takeAll()).toBe(100);
  });

  test('that others use too fills by what they leave', () => {
    const clock = { now: 0 };
    const others = { tokensLeft: 0, refillLeft: 0.5 };
    const buckets = new Buckets({ now: () => clock.now, others });
    expect(buckets.take(READ)).toEqual(REFUSED);
    clock.now += 100;
    expect(buckets.take(READ)).toBeUndefined();
    expect(buckets.take(READ)).toEqual(REFUSED);
  });

  test('that another tool has emptied holds what that tool left', () => {
    const buckets = new Buckets({ now: () => 0, others: { tokensLeft: 2, refillLeft: 1 } });

    expect([1, 2, 3].map(() => buckets.take(READ))).toEqual([undefined, undefined, REFUSED]);
    expect(buckets.uses().find(({ name }) => name === 'ECS cluster read')).toEqual({
      name: 'ECS cluster read',
      taken: 2,
      refused: 1,
      deepest: 100,
    });
  });

  test('leaves calls without a documented limit alone', () => {
    const buckets = new Buckets({ now: () => 0, limits: [limitOf('Logs search')] });

    expect(Array.from({ length: 200 }, () => buckets.take(READ))).toEqual(
      Array(200).fill(undefined),
    );
  });
});

describe('a gateway with buckets', () => {
  let gateway: Gateway | undefined;
  afterEach(() => gateway?.close());

  test.each([
    ['ecs', 'ThrottlingException'],
    ['monitoring', 'Throttling'],
  ])(
    'refuses what is too much for %s as AWS does: %s, HTTP 400, Rate exceeded',
    async (service, name) => {
      const events = new LabEvents();
      const buckets = new Buckets({ others: { tokensLeft: 0, refillLeft: 0 } });
      gateway = await startGateway({
        events,
        services: [
          { signingName: 'ecs', schemas: ecs, operations: { ListTasks: () => ({ taskArns: [] }) } },
          {
            signingName: 'monitoring',
            schemas: cloudwatch,
            operations: { DescribeAlarms: () => ({}) },
          },
        ],
        region: 'eu-west-1',
        accountId: '123456789012',
        buckets,
      });
      const config = { ...clientConfig(gateway.url, 'eu-west-1', 'LABTEST'), maxAttempts: 1 };
      const call =
        service === 'ecs'
          ? new ecs.ECSClient(config).send(new ecs.ListTasksCommand({}))
          : new CloudWatchClient(config).send(new DescribeAlarmsCommand({}));

      await expect(call).rejects.toMatchObject({
        name,
        message: 'Rate exceeded',
        $metadata: { httpStatusCode: 400 },
      });
      expect(events.calls()).toMatchObject([{ service, error: name, status: 400 }]);
    },
  );
});
