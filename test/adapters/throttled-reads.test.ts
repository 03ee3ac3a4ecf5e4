/** Every read of a look, with the real SDK over HTTP, when AWS says "Rate exceeded" at first. */
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from 'vitest';
import { cloudWatchAlarms } from '../../functions/adapters/aws/cloudwatch-alarms.ts';
import { ecsFleet } from '../../functions/adapters/aws/ecs-fleet.ts';
import { elbTargets } from '../../functions/adapters/aws/elb-targets.ts';
import type { Time } from '../../functions/adapters/aws/pace.ts';
import { ALARM_ARN, aService, NOW, TARGET_GROUP } from '../core/builders.ts';
import { AwsError } from '../lab/gateway/operation.ts';
import { serve } from './serving.ts';

const signal = new AbortController().signal;
const service = aService();
const TASK = 'arn:aws:ecs:eu-west-1:123456789012:task/shop-prod/00000000000000000000000000000001';
const NO_WAIT: Time = { now: () => 0, wait: () => Promise.resolve() };

interface Read {
  readonly operation: string;
  readonly code: string;
  readonly run: (config: Awaited<ReturnType<typeof serve>>) => Promise<unknown>;
}

const fleet = (config: Awaited<ReturnType<typeof serve>>) =>
  ecsFleet(new ecs.ECSClient(config), NO_WAIT);
const tasks: Read['run'] = (config) => fleet(config).tasks(service, signal);
const ECS = 'ThrottlingException';
const READS: readonly Read[] = [
  { operation: 'ListTasks', code: ECS, run: tasks },
  { operation: 'DescribeTasks', code: ECS, run: tasks },
  { operation: 'GetTaskProtection', code: ECS, run: tasks },
  {
    operation: 'ListTasks',
    code: ECS,
    run: (config) => fleet(config).stopped(service, NOW, signal),
  },
  {
    operation: 'DescribeServices',
    code: ECS,
    run: (config) => fleet(config).service(service, signal),
  },
  {
    operation: 'DescribeAlarms',
    code: 'Throttling',
    run: (config) =>
      cloudWatchAlarms(new cloudwatch.CloudWatchClient(config), NO_WAIT).alarms(
        [ALARM_ARN],
        signal,
      ),
  },
  {
    operation: 'DescribeTargetHealth',
    code: 'Throttling',
    run: (config) =>
      elbTargets(new elb.ElasticLoadBalancingV2Client(config), NO_WAIT).targets(
        [TARGET_GROUP],
        signal,
      ),
  },
];

const ANSWERS: Readonly<Record<string, unknown>> = {
  ListTasks: { taskArns: [TASK] },
  DescribeTasks: { tasks: [{ taskArn: TASK, stoppedAt: new Date(NOW) }] },
  GetTaskProtection: { protectedTasks: [] },
  DescribeServices: {
    services: [{ status: 'ACTIVE', desiredCount: 1, runningCount: 1, pendingCount: 0 }],
  },
  DescribeAlarms: {
    MetricAlarms: [
      { AlarmArn: ALARM_ARN, StateValue: 'OK', StateTransitionedTimestamp: new Date(NOW) },
    ],
  },
  DescribeTargetHealth: { TargetHealthDescriptions: [] },
};

test.each(READS)('$operation is asked again', async ({ operation, code, run }) => {
  let asked = 0;
  const answer = (name: string) => () => {
    if (name !== operation) return ANSWERS[name];
    asked += 1;
    if (asked <= 2) throw new AwsError(code, 'Rate exceeded');
    return ANSWERS[name];
  };
  const operations = Object.fromEntries(Object.keys(ANSWERS).map((name) => [name, answer(name)]));
  const config = await serve([
    { signingName: 'ecs', schemas: ecs, operations },
    { signingName: 'monitoring', schemas: cloudwatch, operations },
    { signingName: 'elasticloadbalancing', schemas: elb, operations },
  ]);

  await expect(run(config)).resolves.toBeDefined();
  expect(asked).toBe(3);
});
