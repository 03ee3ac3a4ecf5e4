/** What AWS has at this moment, as far as nobody had to build it: alarms, tasks, targets, functions and rules. */
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { ALARM_ARN, aTask, NOW } from '../core/builders.ts';
import { eventsApi, type OfferedRule } from '../lab/events-api.ts';
import type { AwsService } from '../lab/gateway/operation.ts';
import { lambdaApi, type OfferedFunction } from '../lab/lambda/invoke-api.ts';

/** A test changes it. */
export interface Scene {
  /** State by name of alarm. */
  alarms: Record<string, string>;
  /** Numbers of the tasks that run, and of those whose target is unhealthy. */
  tasks: readonly number[];
  unhealthy: readonly number[];
  serviceStatus: string;
  functions: OfferedFunction[];
  rules: OfferedRule[];
}

export function emptyScene(): Scene {
  return {
    alarms: { 'checkout-api-5xx-rate': 'OK' },
    tasks: [1, 2, 3, 4],
    unhealthy: [],
    serviceStatus: 'ACTIVE',
    functions: [],
    rules: [],
  };
}

/** As the construct writes it. */
export function ruleOfAlarms(inboxArn: string, part: Partial<OfferedRule> = {}): OfferedRule {
  return {
    name: 'alarms',
    enabled: true,
    pattern: JSON.stringify({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      resources: [ALARM_ARN],
      detail: { state: { value: ['ALARM', 'OK'] } },
    }),
    targetArns: [inboxArn],
    ...part,
  };
}

export function servicesOf(scene: Scene): readonly AwsService[] {
  return [
    lambdaApi(() => scene.functions),
    eventsApi(() => scene.rules),
    { signingName: 'monitoring', schemas: cloudwatch, operations: alarmsOf(scene) },
    { signingName: 'ecs', schemas: ecs, operations: fleetOf(scene) },
    {
      signingName: 'elasticloadbalancing',
      schemas: elb,
      operations: {
        DescribeTargetHealth: () => ({
          TargetHealthDescriptions: scene.tasks.map((n) => ({
            Target: { Id: `10.0.0.${n}`, Port: 8080 },
            TargetHealth: { State: scene.unhealthy.includes(n) ? 'unhealthy' : 'healthy' },
          })),
        }),
      },
    },
  ];
}

function alarmsOf(scene: Scene): AwsService['operations'] {
  return {
    DescribeAlarms: ({ AlarmNames = [] }: cloudwatch.DescribeAlarmsCommandInput) => ({
      CompositeAlarms: [],
      MetricAlarms: AlarmNames.filter((name) => name in scene.alarms).map((name) => ({
        AlarmName: name,
        AlarmArn: ALARM_ARN.replace('checkout-api-5xx-rate', name),
        StateValue: scene.alarms[name],
        StateReason: 'as the test has it',
        StateTransitionedTimestamp: new Date(NOW - 60_000),
      })),
    }),
  };
}

function fleetOf(scene: Scene): AwsService['operations'] {
  return {
    DescribeServices: ({ services = [] }: ecs.DescribeServicesCommandInput) => ({
      services: services.map((serviceName) => ({
        serviceName,
        status: scene.serviceStatus,
        desiredCount: 4,
        runningCount: scene.tasks.length,
        pendingCount: 0,
        deployments: [],
      })),
    }),
    ListTasks: ({ desiredStatus }: ecs.ListTasksCommandInput) => ({
      taskArns: desiredStatus === 'STOPPED' ? [] : scene.tasks.map((n) => aTask(n).arn),
    }),
    GetTaskProtection: () => ({ protectedTasks: [] }),
    DescribeTasks: () => ({
      tasks: scene.tasks.map((n) => ({
        taskArn: aTask(n).arn,
        lastStatus: 'RUNNING',
        desiredStatus: 'RUNNING',
        startedAt: new Date(NOW - 3_600_000),
        attachments: [
          {
            type: 'ElasticNetworkInterface',
            details: [{ name: 'privateIPv4Address', value: `10.0.0.${n}` }],
          },
        ],
      })),
    }),
  };
}
