/** Names as ECS forms them. */
import { randomBytes, randomInt } from 'node:crypto';

export interface AwsPlace {
  readonly account: string;
  readonly region: string;
}

function ecsArn({ account, region }: AwsPlace, resource: string): string {
  return `arn:aws:ecs:${region}:${account}:${resource}`;
}

export function clusterArn(place: AwsPlace, cluster: string): string {
  return ecsArn(place, `cluster/${cluster}`);
}

export function serviceArn(place: AwsPlace, cluster: string, service: string): string {
  return ecsArn(place, `service/${cluster}/${service}`);
}

export function taskArn(place: AwsPlace, cluster: string, taskId: string): string {
  return ecsArn(place, `task/${cluster}/${taskId}`);
}

export function containerArn(place: AwsPlace, cluster: string, taskId: string, id: string): string {
  return ecsArn(place, `container/${cluster}/${taskId}/${id}`);
}

export function taskDefinitionArn(place: AwsPlace, family: string, revision: number): string {
  return ecsArn(place, `task-definition/${family}:${revision}`);
}

export function taskSetArn(
  place: AwsPlace,
  cluster: string,
  service: string,
  taskSetId: string,
): string {
  return ecsArn(place, `task-set/${cluster}/${service}/${taskSetId}`);
}

/** Last part of an ARN, or the name itself when it is not one. */
export function nameOf(arnOrName: string): string {
  return arnOrName.split('/').at(-1) ?? arnOrName;
}

export function newTaskId(): string {
  return randomBytes(16).toString('hex');
}

/** Id of a deployment or task set: `ecs-svc/` and 19 digits. */
export function newDeploymentId(): string {
  const digits = Array.from({ length: 18 }, () => randomInt(10)).join('');
  return `ecs-svc/${randomInt(1, 10)}${digits}`;
}
