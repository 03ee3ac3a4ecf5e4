/** AWS services that answer from the `events` folder: everything well, as far as AWS can see. */
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { readEvent } from '../events/manifest.ts';
import type { AwsService } from '../lab/gateway/operation.ts';
import { ACCOUNT, REGION } from '../lab/names.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

const HOUR_MS = 3_600_000;

/** Every `…At` of an answer in the wire's epoch seconds becomes an hour ago: the fixtures are as old as they are. */
function anHourAgo(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(anHourAgo);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key.endsWith('At') && typeof part === 'number'
        ? new Date(Date.now() - HOUR_MS)
        : anHourAgo(part),
    ]),
  );
}

function answer<T>(name: string): T {
  return anHourAgo(readEvent(name)) as T;
}

/** The three tasks of the fixtures. */
export function tasks(): readonly ecs.Task[] {
  return answer<ecs.DescribeTasksResponse>('api-ecs-DescribeTasks-response.json').tasks ?? [];
}

export function ecsAnswers(): AwsService {
  return {
    signingName: 'ecs',
    schemas: ecs,
    operations: {
      DescribeServices: () => answer('api-ecs-DescribeServices-response.json'),
      // No task ended lately.
      ListTasks: ({ desiredStatus }: ecs.ListTasksRequest) =>
        desiredStatus === 'STOPPED' ? { taskArns: [] } : answer('api-ecs-ListTasks-response.json'),
      DescribeTasks: () => answer('api-ecs-DescribeTasks-response.json'),
      GetTaskProtection: () => ({ protectedTasks: [], failures: [] }),
      StopTask: () => answer('api-ecs-StopTask-response.json'),
    },
  };
}

export function elbAnswers(): AwsService {
  const healthy = ({ Target }: elb.TargetHealthDescription): elb.TargetHealthDescription => ({
    Target,
    TargetHealth: { State: 'healthy' },
  });
  return {
    signingName: 'elasticloadbalancing',
    schemas: elb,
    operations: {
      DescribeTargetHealth: () => {
        const name = 'api-elbv2-DescribeTargetHealth-one-unhealthy.json';
        const { TargetHealthDescriptions = [] } = answer<elb.DescribeTargetHealthOutput>(name);
        return { TargetHealthDescriptions: TargetHealthDescriptions.map(healthy) };
      },
    },
  };
}

export function alarmAnswers(state: () => AlarmState): AwsService {
  return {
    signingName: 'monitoring',
    schemas: cloudwatch,
    operations: {
      DescribeAlarms: ({ AlarmNames = [] }: cloudwatch.DescribeAlarmsInput) => ({
        CompositeAlarms: [],
        MetricAlarms: AlarmNames.map((AlarmName) => ({
          AlarmName,
          AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${AlarmName}`,
          StateValue: state(),
          StateReason: 'Threshold Crossed',
          StateUpdatedTimestamp: new Date(Date.now() - 60_000),
        })),
      }),
    },
  };
}
