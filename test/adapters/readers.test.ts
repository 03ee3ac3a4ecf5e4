/**
 * The reading adapters with the real SDK over HTTP, against AWS answers made up for one case each.
 */
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, test } from 'vitest';
import { cloudWatchAlarms } from '../../functions/adapters/aws/cloudwatch-alarms.ts';
import { ecsFleet } from '../../functions/adapters/aws/ecs-fleet.ts';
import { elbTargets } from '../../functions/adapters/aws/elb-targets.ts';
import { ALARM_ARN, aService, NOW, TARGET_GROUP } from '../core/builders.ts';
import type { OperationTable } from '../lab/gateway/operation.ts';
import { codeOf, serve } from './serving.ts';

const SCHEMAS = { ecs, elasticloadbalancing: elb, monitoring: cloudwatch };
const signal = new AbortController().signal;
const service = aService();
function answering(signingName: keyof typeof SCHEMAS, operations: OperationTable) {
  return serve([{ signingName, schemas: SCHEMAS[signingName], operations }]);
}

const taskArn = (n: number): string =>
  `arn:aws:ecs:eu-west-1:123456789012:task/shop-prod/${n.toString(16).padStart(32, '0')}`;

describe('the fleet', () => {
  test('reads every page of tasks, and asks for a hundred at a time', async () => {
    const all = Array.from({ length: 250 }, (_, n) => taskArn(n));
    const asked: number[] = [];
    const config = await answering('ecs', {
      ListTasks: ({ nextToken = '0' }: ecs.ListTasksRequest) => {
        const start = Number(nextToken);
        return {
          taskArns: all.slice(start, start + 100),
          ...(start + 100 < 250 ? { nextToken: `${start + 100}` } : {}),
        };
      },
      GetTaskProtection: () => ({ protectedTasks: [] }),
      DescribeTasks: ({ tasks = [] }: ecs.DescribeTasksRequest) => {
        asked.push(tasks.length);
        return {
          tasks: tasks.map((arn) => ({
            taskArn: arn,
            lastStatus: 'RUNNING',
            desiredStatus: 'RUNNING',
          })),
        };
      },
    });

    const tasks = await ecsFleet(new ecs.ECSClient(config)).tasks(service, signal);

    expect(tasks.map(({ arn }) => arn)).toEqual(all);
    expect(asked.toSorted((a, b) => a - b)).toEqual([50, 100, 100]);
  });

  test('leaves out a task that went between the two calls', async () => {
    const config = await answering('ecs', {
      GetTaskProtection: () => ({ protectedTasks: [] }),
      ListTasks: () => ({ taskArns: [taskArn(1), taskArn(2)] }),
      DescribeTasks: () => ({
        tasks: [{ taskArn: taskArn(1), lastStatus: 'RUNNING', desiredStatus: 'RUNNING' }],
        failures: [{ arn: taskArn(2), reason: 'MISSING' }],
      }),
    });

    const tasks = await ecsFleet(new ecs.ECSClient(config)).tasks(service, signal);

    expect(tasks.map(({ arn }) => arn)).toEqual([taskArn(1)]);
  });

  test('knows which tasks are protected, and until when', async () => {
    const running = { lastStatus: 'RUNNING', desiredStatus: 'RUNNING' };
    const config = await answering('ecs', {
      ListTasks: () => ({ taskArns: [taskArn(1), taskArn(2), taskArn(3)] }),
      DescribeTasks: () => ({ tasks: [1, 2, 3].map((n) => ({ taskArn: taskArn(n), ...running })) }),
      GetTaskProtection: () => ({
        protectedTasks: [
          { taskArn: taskArn(1), protectionEnabled: true, expirationDate: new Date(NOW) },
          { taskArn: taskArn(2), protectionEnabled: false },
          { taskArn: taskArn(3), protectionEnabled: true },
        ],
      }),
    });

    const tasks = await ecsFleet(new ecs.ECSClient(config)).tasks(service, signal);

    expect(tasks.map(({ protectedUntil }) => protectedUntil)).toEqual([
      NOW,
      undefined,
      8_640_000_000_000_000,
    ]);
  });

  test('takes a service without a controller for one of ECS itself', async () => {
    const config = await answering('ecs', {
      DescribeServices: () => ({
        services: [{ status: 'ACTIVE', desiredCount: 4, runningCount: 3, pendingCount: 1 }],
      }),
    });

    const reading = await ecsFleet(new ecs.ECSClient(config)).service(service, signal);

    expect(reading).toMatchObject({
      controller: 'ECS',
      desired: 4,
      running: 3,
      pending: 1,
      deployments: [],
      taskSets: [],
    });
  });

  test('gives the newest thirty events, and the failed tasks of a deployment', async () => {
    const at = (n: number) => new Date(NOW - n * 1_000);
    const events = Array.from({ length: 40 }, (_, n) => ({
      id: `${n}`,
      createdAt: at(n),
      message: `(service checkout-api) event ${n}.`,
    }));
    const deployment = { id: 'ecs-svc/1', status: 'PRIMARY', taskDefinition: 'checkout-api:42' };
    const config = await answering('ecs', {
      DescribeServices: () => ({
        services: [
          {
            status: 'ACTIVE',
            desiredCount: 1,
            runningCount: 1,
            pendingCount: 0,
            deployments: [{ ...deployment, failedTasks: 3 }, deployment],
            events: [{ id: 'x', createdAt: at(0) }, ...events],
          },
        ],
      }),
    });

    const reading = await ecsFleet(new ecs.ECSClient(config)).service(service, signal);

    expect(reading.deployments.map(({ failedTasks }) => failedTasks)).toEqual([3, undefined]);
    expect(reading.events).toHaveLength(30);
    expect(reading.events[0]).toEqual({ at: NOW, message: '(service checkout-api) event 0.' });
    expect(reading.events.at(-1)?.message).toBe('(service checkout-api) event 29.');
  });

  test.each([
    [
      'a service that is not there',
      { services: [], failures: [{ reason: 'MISSING' }] },
      'dependency.missing',
    ],
    ['an answer without counts', { services: [{ status: 'ACTIVE' }] }, 'dependency.unavailable'],
  ])('fails on %s', async (_name, answer, code) => {
    const config = await answering('ecs', { DescribeServices: () => answer });

    expect(await codeOf(ecsFleet(new ecs.ECSClient(config)).service(service, signal))).toBe(code);
  });
});

describe('the alarms', () => {
  const alarm = (AlarmName: string) => ({
    AlarmName,
    AlarmArn: `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${AlarmName}`,
    StateValue: 'ALARM' as const,
    StateUpdatedTimestamp: new Date(NOW),
  });

  test('are read a hundred at a time, composite ones too, and a suppressed one says so', async () => {
    const names = Array.from({ length: 150 }, (_, n) => `alarm-${n}`);
    const config = await answering('monitoring', {
      DescribeAlarms: ({ AlarmNames = [], AlarmTypes }: cloudwatch.DescribeAlarmsInput) => {
        expect(AlarmTypes).toEqual(['MetricAlarm', 'CompositeAlarm']);
        const found = AlarmNames.map(alarm);
        return {
          MetricAlarms: found.slice(1),
          CompositeAlarms: [{ ...found[0], ActionsSuppressedBy: 'Alarm' }],
        };
      },
    });

    const arns = names.map((name) => alarm(name).AlarmArn);
    const readings = await cloudWatchAlarms(new cloudwatch.CloudWatchClient(config)).alarms(
      arns,
      signal,
    );

    expect(readings.map(({ name }) => name)).toEqual(names);
    expect(readings.filter(({ suppressed }) => suppressed).map(({ name }) => name)).toEqual([
      'alarm-0',
      'alarm-100',
    ]);
  });

  test('fail when one of them does not exist', async () => {
    const config = await answering('monitoring', {
      DescribeAlarms: () => ({ MetricAlarms: [], CompositeAlarms: [] }),
    });

    const work = cloudWatchAlarms(new cloudwatch.CloudWatchClient(config)).alarms(
      [ALARM_ARN],
      signal,
    );

    expect(await codeOf(work)).toBe('dependency.missing');
  });
});

describe('the targets', () => {
  test('carry reason and description where the load balancer gives them', async () => {
    const config = await answering('elasticloadbalancing', {
      DescribeTargetHealth: () => ({
        TargetHealthDescriptions: [
          { Target: { Id: '10.0.0.1', Port: 8080 }, TargetHealth: { State: 'healthy' } },
          {
            Target: { Id: '10.0.0.2', Port: 8080 },
            TargetHealth: {
              State: 'unhealthy',
              Reason: 'Target.Timeout',
              Description: 'Request timed out',
            },
          },
        ],
      }),
    });

    const targets = await elbTargets(new elb.ElasticLoadBalancingV2Client(config)).targets(
      [TARGET_GROUP],
      signal,
    );

    const both = { targetGroupArn: TARGET_GROUP, port: 8080 };
    expect(targets).toEqual([
      { ...both, ip: '10.0.0.1', state: 'healthy' },
      {
        ...both,
        ip: '10.0.0.2',
        state: 'unhealthy',
        reason: 'Target.Timeout',
        description: 'Request timed out',
      },
    ]);
  });

  test('say which of them the load balancer finds odd, and whose zone is shifted away', async () => {
    const found = (n: number, rest: Partial<elb.TargetHealthDescription>) => ({
      Target: { Id: `10.0.0.${n}`, Port: 8080 },
      TargetHealth: { State: 'healthy' as const },
      ...rest,
    });
    const config = await answering('elasticloadbalancing', {
      DescribeTargetHealth: ({ Include }: elb.DescribeTargetHealthInput) => {
        expect(Include).toEqual(['AnomalyDetection']);
        return {
          TargetHealthDescriptions: [
            found(1, { AnomalyDetection: { Result: 'anomalous', MitigationInEffect: 'yes' } }),
            found(2, { AnomalyDetection: { Result: 'anomalous', MitigationInEffect: 'no' } }),
            found(3, { AnomalyDetection: { Result: 'normal', MitigationInEffect: 'no' } }),
            found(4, { AdministrativeOverride: { State: 'zonal_shift_active' } }),
            found(5, { AdministrativeOverride: { State: 'zonal_shift_delegated_to_dns' } }),
            found(6, { AdministrativeOverride: { State: 'no_override' } }),
            found(7, { AdministrativeOverride: { State: 'unknown' } }),
          ],
        };
      },
    });

    const targets = await elbTargets(new elb.ElasticLoadBalancingV2Client(config)).targets(
      [TARGET_GROUP],
      signal,
    );

    expect(targets.map(({ anomaly, zonalShift }) => anomaly ?? zonalShift)).toEqual([
      { anomalous: true, mitigated: true },
      { anomalous: true, mitigated: false },
      { anomalous: false, mitigated: false },
      true,
      true,
      undefined,
      undefined,
    ]);
  });

  test('fail when the target group is gone', async () => {
    const config = await answering('elasticloadbalancing', {});

    const work = elbTargets(new elb.ElasticLoadBalancingV2Client(config)).targets(
      [TARGET_GROUP],
      signal,
    );

    expect(await codeOf(work)).toMatch(/^dependency\./);
  });
});
