/** The control plane's records in the SDK's shapes. */
import type { Deployment as SdkDeployment, Service, Task, TaskSet } from '@aws-sdk/client-ecs';
import { type AwsPlace, taskSetArn } from './arns.ts';
import type { Deployment, ServiceRecord, TaskRecord } from './model.ts';

const PENDING = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);
const STARTED_BY_CODE_DEPLOY = 'CODE_DEPLOY';

const SHARED = {
  launchType: 'FARGATE',
  platformVersion: '1.4.0',
  platformFamily: 'Linux',
} as const;

export function describeTask(task: TaskRecord): Task {
  const { service, deployment } = task;
  return {
    attachments: [attachmentOf(task)],
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    availabilityZone: task.availabilityZone,
    clusterArn: service.clusterArn,
    ...(task.startedAt === undefined
      ? {}
      : { connectivity: 'CONNECTED' as const, connectivityAt: task.startedAt }),
    containers: [containerOf(task)],
    cpu: '512',
    createdAt: task.createdAt,
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: false,
    ephemeralStorage: { sizeInGiB: 20 },
    group: `service:${service.name}`,
    healthStatus: 'UNKNOWN',
    lastStatus: task.lastStatus,
    memory: '1024',
    overrides: {
      containerOverrides: [{ name: service.containerName }],
      inferenceAcceleratorOverrides: [],
    },
    ...SHARED,
    ...timesOf(task),
    startedBy: deployment.id,
    ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode }),
    ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
    tags: [],
    taskArn: task.arn,
    taskDefinitionArn: deployment.taskDefinition.arn,
    version: task.version,
    inferenceAccelerators: [],
  };
}

/** The times a task has reached; the others are absent, as AWS leaves them out. */
function timesOf(task: TaskRecord): Partial<Task> {
  const { pullStartedAt, pullStoppedAt, startedAt, stoppingAt, executionStoppedAt, stoppedAt } =
    task;
  return {
    ...(pullStartedAt && { pullStartedAt }),
    ...(pullStoppedAt && { pullStoppedAt }),
    ...(startedAt && { startedAt }),
    ...(stoppingAt && { stoppingAt }),
    ...(executionStoppedAt && { executionStoppedAt }),
    ...(stoppedAt && { stoppedAt }),
  };
}

function attachmentOf(task: TaskRecord): NonNullable<Task['attachments']>[number] {
  const { attachmentId, address, networkInterfaceId, service, availabilityZone } = task;
  const zone = service.availabilityZones.indexOf(availabilityZone);
  const subnet = service.availabilityZones.map(subnetOf)[zone] ?? subnetOf('', 0);
  if (address === undefined) {
    const details = [{ name: 'subnetId', value: subnet }];
    return { id: attachmentId, type: 'ElasticNetworkInterface', status: 'PRECREATED', details };
  }
  return {
    id: attachmentId,
    type: 'ElasticNetworkInterface',
    status: task.lastStatus === 'STOPPED' ? 'DELETED' : 'ATTACHED',
    details: [
      { name: 'subnetId', value: subnet },
      { name: 'networkInterfaceId', value: networkInterfaceId },
      { name: 'privateIPv4Address', value: address },
    ],
  };
}

function subnetOf(_zone: string, index: number): string {
  return `subnet-00aad8cc4d100aa7${(13 + index).toString(16)}`;
}

function containerOf(task: TaskRecord): NonNullable<Task['containers']>[number] {
  const { address, attachmentId, lastStatus, exitCode, child } = task;
  const waiting = PENDING.has(lastStatus);
  const ended = lastStatus === 'DEPROVISIONING' || lastStatus === 'STOPPED';
  return {
    containerArn: task.containerArn,
    taskArn: task.arn,
    name: task.service.containerName,
    image: task.deployment.taskDefinition.image,
    ...(child === undefined ? {} : { runtimeId: `${task.id}-2171104572` }),
    lastStatus: waiting ? 'PENDING' : ended ? 'STOPPED' : 'RUNNING',
    ...(exitCode === undefined ? {} : { exitCode }),
    ...reasonOf(task),
    networkBindings: [],
    networkInterfaces: address === undefined ? [] : [{ attachmentId, privateIpv4Address: address }],
    healthStatus: 'UNKNOWN',
    cpu: '0',
  };
}

/** What the platform says of the container itself; of one that ended by itself it says nothing. */
function reasonOf({ containerReason, stopCode, stoppedReason = '' }: TaskRecord): {
  reason?: string;
} {
  if (containerReason !== undefined) return { reason: containerReason };
  const notPulled = stoppedReason.startsWith('CannotPullContainerError');
  return stopCode === 'TaskFailedToStart' && notPulled ? { reason: stoppedReason } : {};
}

export function describeService(service: ServiceRecord, place: AwsPlace): Service {
  const { controller, targetGroup, tasks, deployments } = service;
  const byCodeDeploy = controller === 'CODE_DEPLOY';
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.clusterArn,
    loadBalancers: targetGroup === undefined ? [] : [loadBalancerOf(service, targetGroup.arn)],
    serviceRegistries: [],
    status: 'ACTIVE',
    desiredCount: service.desiredCount,
    ...countsOf(tasks),
    ...SHARED,
    platformVersion: 'LATEST',
    taskDefinition: (deployments.find(({ status }) => status === 'PRIMARY') ?? deployments[0])
      ?.taskDefinition.arn,
    deploymentConfiguration: {
      ...service.deploymentConfiguration,
      ...(byCodeDeploy ? {} : { strategy: 'ROLLING' as const, bakeTimeInMinutes: 0 }),
    },
    deployments: byCodeDeploy ? [] : deployments.map((entry) => deploymentOf(service, entry)),
    events: [...service.events],
    createdAt: service.createdAt,
    placementConstraints: [],
    placementStrategy: [],
    networkConfiguration: networkOf(service),
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: 'REPLICA',
    enableECSManagedTags: false,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
    availabilityZoneRebalancing: 'ENABLED',
    // Services on the ECS controller answer with neither of the two.
    ...(byCodeDeploy
      ? {
          deploymentController: { type: controller },
          taskSets: deployments.map((entry) => taskSetOf(service, entry, place)),
        }
      : {}),
  };
}

function countsOf(tasks: readonly TaskRecord[]): { runningCount: number; pendingCount: number } {
  return {
    runningCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pendingCount: tasks.filter(
      ({ lastStatus, desiredStatus }) => desiredStatus === 'RUNNING' && PENDING.has(lastStatus),
    ).length,
  };
}

function networkOf({ availabilityZones }: ServiceRecord): Service['networkConfiguration'] {
  return {
    awsvpcConfiguration: {
      subnets: availabilityZones.map(subnetOf),
      securityGroups: ['sg-0a1b2c3d4e5f67890'],
      assignPublicIp: 'DISABLED',
    },
  };
}

function loadBalancerOf(
  { containerName, containerPort }: ServiceRecord,
  targetGroupArn: string,
): NonNullable<Service['loadBalancers']>[number] {
  return { targetGroupArn, containerName, containerPort };
}

function deploymentOf(service: ServiceRecord, deployment: Deployment): SdkDeployment {
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.taskDefinition.arn,
    desiredCount: deployment.desiredCount,
    ...countsOf(service.tasks.filter((task) => task.deployment === deployment)),
    failedTasks: deployment.failedTasks,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    ...SHARED,
    networkConfiguration: networkOf(service),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

function taskSetOf(service: ServiceRecord, taskSet: Deployment, place: AwsPlace): TaskSet {
  const counts = countsOf(service.tasks.filter((task) => task.deployment === taskSet));
  const steady = counts.runningCount === taskSet.desiredCount && counts.pendingCount === 0;
  return {
    id: taskSet.id,
    taskSetArn: taskSetArn(place, service.cluster, service.name, taskSet.id),
    serviceArn: service.arn,
    clusterArn: service.clusterArn,
    startedBy: STARTED_BY_CODE_DEPLOY,
    externalId: `d-${taskSet.id.slice(-9)}`,
    status: taskSet.status,
    taskDefinition: taskSet.taskDefinition.arn,
    computedDesiredCount: taskSet.desiredCount,
    ...counts,
    createdAt: taskSet.createdAt,
    updatedAt: taskSet.updatedAt,
    ...SHARED,
    networkConfiguration: networkOf(service),
    loadBalancers:
      taskSet.targetGroup === undefined ? [] : [loadBalancerOf(service, taskSet.targetGroup.arn)],
    serviceRegistries: [],
    scale: { value: 100, unit: 'PERCENT' },
    stabilityStatus: steady ? 'STEADY_STATE' : 'STABILIZING',
    stabilityStatusAt: taskSet.updatedAt,
    tags: [],
  };
}
