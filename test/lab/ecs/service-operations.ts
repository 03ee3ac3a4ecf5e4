import type {
  DescribeServicesCommandInput,
  DescribeServicesCommandOutput,
  ListServicesCommandInput,
  ListServicesCommandOutput,
  UpdateServiceCommandInput,
  UpdateServiceCommandOutput,
} from '@aws-sdk/client-ecs';
import { AwsError, type OperationTable } from '../gateway/operation.ts';
import { nameOf, serviceArn } from './arns.ts';
import type { EcsControlPlane } from './control-plane.ts';
import { describeService } from './describe.ts';
import { primaryOf, type ServiceRecord, type TaskDefinitionRecord } from './model.ts';
import { type Answer, clusterOf, pageOf, serviceOf } from './requests.ts';

const SERVICES_DESCRIBED_MAX = 10;
const SERVICES_LISTED_MAX = 100;

export function makeServiceOperations(plane: EcsControlPlane): OperationTable {
  return {
    ListServices: (input: ListServicesCommandInput) => listServices(plane, input),
    DescribeServices: (input: DescribeServicesCommandInput) => describeServices(plane, input),
    UpdateService: (input: UpdateServiceCommandInput) => updateService(plane, input),
  };
}

function listServices(
  plane: EcsControlPlane,
  input: ListServicesCommandInput,
): Answer<ListServicesCommandOutput> {
  const arns = plane.services(clusterOf(plane, input.cluster)).map(({ arn }) => arn);
  const { page, token } = pageOf(arns, input, SERVICES_LISTED_MAX);
  return { serviceArns: page, ...token };
}

function describeServices(
  plane: EcsControlPlane,
  input: DescribeServicesCommandInput,
): Answer<DescribeServicesCommandOutput> {
  const cluster = clusterOf(plane, input.cluster);
  const asked = input.services ?? [];
  if (asked.length === 0 || asked.length > SERVICES_DESCRIBED_MAX) {
    const wanted = `Services must have 1 to ${SERVICES_DESCRIBED_MAX} elements.`;
    throw new AwsError('InvalidParameterException', wanted);
  }
  const found = asked.map((service) => ({
    arn: serviceArn(plane.place, cluster, nameOf(service)),
    record: plane.findService(cluster, nameOf(service)),
  }));
  return {
    services: found.flatMap(({ record }) =>
      record === undefined ? [] : [describeService(record, plane.place)],
    ),
    failures: found
      .filter(({ record }) => record === undefined)
      .map(({ arn }) => ({ arn, reason: 'MISSING' })),
  };
}

function updateService(
  plane: EcsControlPlane,
  input: UpdateServiceCommandInput,
): Answer<UpdateServiceCommandOutput> {
  const service = serviceOf(plane, clusterOf(plane, input.cluster), input.service);
  if (service.controller === 'CODE_DEPLOY') refuseDeployment(input);
  const revision = revisionOf(plane, service, input);
  const { desiredCount, healthCheckGracePeriodSeconds, deploymentConfiguration } = input;
  if (desiredCount !== undefined) plane.scale(service, desiredCount);
  if (healthCheckGracePeriodSeconds !== undefined) {
    service.healthCheckGracePeriodSeconds = healthCheckGracePeriodSeconds;
  }
  if (deploymentConfiguration !== undefined) {
    service.deploymentConfiguration = {
      ...service.deploymentConfiguration,
      ...deploymentConfiguration,
    };
  }
  const changed = revision !== primaryOf(service).taskDefinition;
  if (changed || input.forceNewDeployment === true) plane.deploy(service, revision);
  return { service: describeService(service, plane.place) };
}

/** CODE_DEPLOY services take new revisions from CodeDeploy alone. */
function refuseDeployment({ forceNewDeployment, taskDefinition }: UpdateServiceCommandInput): void {
  const where = 'on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy';
  if (forceNewDeployment === true) {
    throw new AwsError(
      'InvalidParameterException',
      `Cannot force a new deployment ${where} to trigger a new deployment.`,
    );
  }
  if (taskDefinition !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      `Unable to update task definition ${where} to trigger a new deployment.`,
    );
  }
}

function revisionOf(
  plane: EcsControlPlane,
  service: ServiceRecord,
  { taskDefinition }: UpdateServiceCommandInput,
): TaskDefinitionRecord {
  if (taskDefinition === undefined) return primaryOf(service).taskDefinition;
  const found = plane.findTaskDefinition(taskDefinition);
  if (found === undefined) throw new AwsError('ClientException', 'TaskDefinition not found.');
  return found;
}
