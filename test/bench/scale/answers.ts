/**
 * AWS services that answer in the SDK's shapes: every service runs what it should, its alarm rings, and its first task
 * fails four requests of five. Nothing changes by itself.
 */
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AwsService } from '../../lab/gateway/operation.ts';
import { clusterArn } from '../../lab/names.ts';
import {
  addressOf,
  alarmArnOf,
  revisionArnOf,
  serviceArnOf,
  serviceNamed,
  taskArnOf,
  taskNumberOf,
} from './site.ts';

const HOUR_MS = 3_600_000;
/** The alarms rang a minute ago: detection takes its time. */
const RANG_MS = 60_000;
const PORT = 8_080;
const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];

const anHourAgo = (): Date => new Date(Date.now() - HOUR_MS);

export function ecsAnswers(tasksPerService: number): AwsService {
  return {
    signingName: 'ecs',
    schemas: ecs,
    operations: {
      DescribeServices: ({ services = [] }: ecs.DescribeServicesRequest) => ({
        services: services.map((name) => describeService(name, tasksPerService)),
        failures: [],
      }),
      ListTasks: (input: ecs.ListTasksRequest) => listTasks(input, tasksPerService),
      DescribeTasks: ({ tasks = [] }: ecs.DescribeTasksRequest) => ({
        tasks: tasks.map(describeTask),
        failures: [],
      }),
      GetTaskProtection: () => ({ protectedTasks: [], failures: [] }),
      StopTask: ({ task = '' }: ecs.StopTaskRequest) => ({ task: describeTask(task) }),
    },
  };
}

function describeService(name: string, tasks: number): ecs.Service {
  return {
    serviceArn: serviceArnOf(name),
    serviceName: name,
    clusterArn: clusterArn(),
    status: 'ACTIVE',
    desiredCount: tasks,
    runningCount: tasks,
    pendingCount: 0,
    launchType: 'FARGATE',
    taskDefinition: revisionArnOf(name),
    deployments: [
      {
        id: 'ecs-svc/1',
        status: 'PRIMARY',
        taskDefinition: revisionArnOf(name),
        desiredCount: tasks,
        runningCount: tasks,
        pendingCount: 0,
        failedTasks: 0,
        rolloutState: 'COMPLETED',
        createdAt: anHourAgo(),
      },
    ],
    events: [],
  };
}

/** The token is the number of the first task of the next page. */
function listTasks(input: ecs.ListTasksRequest, tasks: number): ecs.ListTasksResponse {
  // No task ended lately.
  if (input.desiredStatus === 'STOPPED') return { taskArns: [] };
  const { serviceName = '', maxResults = 100, nextToken = '0' } = input;
  const from = Number(nextToken);
  const to = Math.min(from + maxResults, tasks);
  const taskArns = Array.from({ length: to - from }, (_, n) => taskArnOf(serviceName, from + n));
  return { taskArns, ...(to < tasks ? { nextToken: String(to) } : {}) };
}

function describeTask(taskArn: string): ecs.Task {
  const number = taskNumberOf(taskArn);
  return {
    taskArn,
    clusterArn: clusterArn(),
    availabilityZone: ZONES[number % ZONES.length],
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    healthStatus: 'UNKNOWN',
    launchType: 'FARGATE',
    taskDefinitionArn: revisionArnOf('checkout-api'),
    createdAt: anHourAgo(),
    startedAt: anHourAgo(),
    attachments: [
      {
        type: 'ElasticNetworkInterface',
        status: 'ATTACHED',
        details: [{ name: 'privateIPv4Address', value: addressOf(number) }],
      },
    ],
    containers: [{ name: 'app', lastStatus: 'RUNNING' }],
  };
}

export function elbAnswers(tasksPerService: number): AwsService {
  const TargetHealthDescriptions = Array.from({ length: tasksPerService }, (_, number) => ({
    Target: { Id: addressOf(number), Port: PORT, AvailabilityZone: ZONES[number % ZONES.length] },
    HealthCheckPort: String(PORT),
    TargetHealth: { State: 'healthy' as const },
  }));
  return {
    signingName: 'elasticloadbalancing',
    schemas: elb,
    operations: { DescribeTargetHealth: () => ({ TargetHealthDescriptions }) },
  };
}

export function alarmAnswers(): AwsService {
  return {
    signingName: 'monitoring',
    schemas: cloudwatch,
    operations: {
      DescribeAlarms: ({ AlarmNames = [] }: cloudwatch.DescribeAlarmsInput) => ({
        CompositeAlarms: [],
        MetricAlarms: AlarmNames.map((AlarmName) => ({
          AlarmName,
          AlarmArn: alarmArnOf(serviceNamed(AlarmName)),
          StateValue: 'ALARM',
          StateReason: 'Threshold Crossed',
          StateUpdatedTimestamp: new Date(Date.now() - RANG_MS),
          StateTransitionedTimestamp: new Date(Date.now() - RANG_MS),
        })),
      }),
    },
  };
}
