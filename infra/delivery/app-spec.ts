/** What CodeDeploy is told: which revision, and where its load balancer finds it. */
import { CONTAINER, CONTAINER_PORT } from '../stacks/task.ts';
import type { Release } from './outputs.ts';

/**
 * Writes an AppSpec, as JSON, which is YAML too.
 *
 * @param taskDefinition ARN with revision, or CodePipeline's placeholder.
 */
export function writeAppSpec(taskDefinition: string): string {
  const properties = {
    TaskDefinition: taskDefinition,
    LoadBalancerInfo: { ContainerName: CONTAINER, ContainerPort: CONTAINER_PORT },
    PlatformVersion: 'LATEST',
  };
  const service = { TargetService: { Type: 'AWS::ECS::Service', Properties: properties } };
  // By hand: JSON.stringify writes the number 0.0 as 0, which is no version of an AppSpec.
  return `{"version":0.0,"Resources":[${JSON.stringify(service)}]}`;
}

/** The input of CodeDeploy's `CreateDeployment`. */
export function deploymentInput({ application, group, taskDefinition }: Release): object {
  return {
    applicationName: application,
    deploymentGroupName: group,
    revision: {
      revisionType: 'AppSpecContent',
      appSpecContent: { content: writeAppSpec(taskDefinition) },
    },
  };
}
