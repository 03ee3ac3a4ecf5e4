import type {
  DescribeTaskDefinitionCommandInput,
  DescribeTaskDefinitionCommandOutput,
  DescribeTasksCommandInput,
  DescribeTasksCommandOutput,
  ListTasksCommandInput,
  ListTasksCommandOutput,
  StopTaskCommandInput,
  StopTaskCommandOutput,
} from '@aws-sdk/client-ecs';
import { AwsError, type OperationTable } from '../gateway/operation.ts';
import { nameOf, taskArn } from './arns.ts';
import type { EcsControlPlane } from './control-plane.ts';
import { describeTask } from './describe.ts';
import type { TaskDefinitionRecord, TaskRecord } from './model.ts';
import { type Answer, clusterOf, findTaskIn, pageOf, serviceOf } from './requests.ts';
import { FARGATE_TIMINGS } from './timings.ts';

const TASKS_MAX = 100;

export function makeTaskOperations(plane: EcsControlPlane): OperationTable {
  return {
    ListTasks: (input: ListTasksCommandInput) => listTasks(plane, input),
    DescribeTasks: (input: DescribeTasksCommandInput) => describeTasks(plane, input),
    StopTask: (input: StopTaskCommandInput) => stopTask(plane, input),
    DescribeTaskDefinition: (input: DescribeTaskDefinitionCommandInput) =>
      describeTaskDefinition(plane, input),
  };
}

function listTasks(
  plane: EcsControlPlane,
  input: ListTasksCommandInput,
): Answer<ListTasksCommandOutput> {
  const cluster = clusterOf(plane, input.cluster);
  const tasks =
    input.serviceName === undefined
      ? plane.tasks(cluster)
      : serviceOf(plane, cluster, input.serviceName).tasks;
  const arns = tasks.filter((task) => matches(task, input)).map(({ arn }) => arn);
  const { page, token } = pageOf(arns, input, TASKS_MAX);
  return { taskArns: page, ...token };
}

/**
 * `desiredStatus` is what ECS wants: RUNNING includes tasks on their way up, and PENDING matches
 * none, ever.
 */
function matches(task: TaskRecord, input: ListTasksCommandInput): boolean {
  const { desiredStatus = 'RUNNING', family, startedBy, launchType, containerInstance } = input;
  const { taskDefinition, id } = task.deployment;
  return (
    task.desiredStatus === desiredStatus &&
    (family === undefined || taskDefinition.family === family) &&
    (startedBy === undefined || id === startedBy) &&
    (launchType === undefined || launchType === 'FARGATE') &&
    containerInstance === undefined
  );
}

function describeTasks(
  plane: EcsControlPlane,
  input: DescribeTasksCommandInput,
): Answer<DescribeTasksCommandOutput> {
  const cluster = clusterOf(plane, input.cluster);
  const asked = input.tasks ?? [];
  if (asked.length === 0) {
    throw new AwsError('InvalidParameterException', 'Tasks cannot be empty.');
  }
  if (asked.length > TASKS_MAX) {
    throw new AwsError('InvalidParameterException', `Tasks cannot have more than ${TASKS_MAX}.`);
  }
  const found = asked.map((task) => ({ task, record: findTaskIn(plane, cluster, task) }));
  return {
    tasks: found.flatMap(({ record }) => (record === undefined ? [] : [describeTask(record)])),
    failures: found
      .filter(({ record }) => record === undefined)
      .map(({ task }) => ({
        arn: taskArn(plane.place, cluster, nameOf(task)),
        reason: 'MISSING',
      })),
  };
}

function stopTask(
  plane: EcsControlPlane,
  input: StopTaskCommandInput,
): Answer<StopTaskCommandOutput> {
  const cluster = clusterOf(plane, input.cluster);
  const task = findTaskIn(plane, cluster, input.task ?? '');
  if (task === undefined) {
    throw new AwsError('InvalidParameterException', 'The referenced task was not found.');
  }
  plane.stopTask(task, input.reason);
  return { task: describeTask(task) };
}

function describeTaskDefinition(
  plane: EcsControlPlane,
  input: DescribeTaskDefinitionCommandInput,
): Answer<DescribeTaskDefinitionCommandOutput> {
  const found = plane.findTaskDefinition(input.taskDefinition ?? '');
  if (found === undefined) {
    throw new AwsError('ClientException', 'Unable to describe task definition.');
  }
  return { taskDefinition: definitionOf(found, plane), tags: [] };
}

function definitionOf(
  found: TaskDefinitionRecord,
  plane: EcsControlPlane,
): NonNullable<DescribeTaskDefinitionCommandOutput['taskDefinition']> {
  const container = 'app';
  return {
    taskDefinitionArn: found.arn,
    family: found.family,
    revision: found.revision,
    status: 'ACTIVE',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    compatibilities: ['EC2', 'FARGATE'],
    cpu: '512',
    memory: '1024',
    registeredAt: found.registeredAt,
    containerDefinitions: [
      {
        name: container,
        image: found.image,
        essential: true,
        portMappings: [{ containerPort: plane.containerPort, protocol: 'tcp' }],
        stopTimeout: found.stopTimeoutSeconds ?? FARGATE_TIMINGS.stopTimeout,
        environment: Object.entries(found.env).map(([name, value]) => ({ name, value })),
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': found.logGroup,
            'awslogs-region': plane.place.region,
            'awslogs-stream-prefix': container,
          },
        },
      },
    ],
  };
}
