/** What the app itself knows of a service: target groups, log group, start, deployments. */
import { Stack } from 'aws-cdk-lib';
import {
  BaseService,
  CfnService,
  DeploymentControllerType,
  type IBaseService,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationTargetGroup,
  type IApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { GuardedService } from '../guarded-service.ts';
import { referredTo } from './references.ts';

export interface ServiceFacts {
  readonly targetGroups: readonly IApplicationTargetGroup[];
  readonly logGroupName: string | undefined;
  /** Unknown for a service that is not deployed by this app, as all that follows. */
  readonly desiredCount: number | undefined;
  readonly graceSeconds: number | undefined;
  readonly blueGreen: boolean;
  readonly deployedHere: boolean;
}

export function factsOf(service: IBaseService): ServiceFacts {
  if (service instanceof GuardedService) {
    return {
      ...UNKNOWN,
      targetGroups: service.targetGroups,
      logGroupName: service.logGroup?.logGroupName,
    };
  }
  if (!(service instanceof BaseService)) return UNKNOWN;
  const resource = service.node.findAll().find((node) => node instanceof CfnService);
  const resolve = (value: unknown): unknown => Stack.of(service).resolve(value);
  const controller = resolve(resource?.deploymentController) as { type?: string } | undefined;
  const strategy = resolve(resource?.deploymentConfiguration) as { strategy?: string } | undefined;
  return {
    targetGroups: targetGroupsOf(service),
    logGroupName: logGroupOf(service),
    desiredCount: numberOrNothing(resolve(resource?.desiredCount)),
    graceSeconds: numberOrNothing(resolve(resource?.healthCheckGracePeriodSeconds)),
    blueGreen:
      controller?.type === DeploymentControllerType.CODE_DEPLOY ||
      strategy?.strategy === 'BLUE_GREEN',
    deployedHere: true,
  };
}

const UNKNOWN: ServiceFacts = {
  targetGroups: [],
  logGroupName: undefined,
  desiredCount: undefined,
  graceSeconds: undefined,
  blueGreen: false,
  deployedHere: false,
};

/**
 * The constructs behind the ARNs that the service registers with, and under ECS's own blue/green
 * the alternate ones.
 */
function targetGroupsOf(service: BaseService): readonly IApplicationTargetGroup[] {
  const arns = service.loadBalancers.flatMap(({ targetGroupArn, advancedConfiguration }) => {
    const advanced = Stack.of(service).resolve(advancedConfiguration) as object | undefined;
    const raw = (advancedConfiguration ?? {}) as { readonly alternateTargetGroupArn?: string };
    const alternate = advanced === undefined ? undefined : raw.alternateTargetGroupArn;
    return [targetGroupArn, alternate].filter((arn) => arn !== undefined);
  });
  // Found by the reference alone: to walk the tree for each of 500 services takes seconds.
  const groups = arns.map((arn) => referredTo(arn)?.node.scope);
  return [...new Set(groups)].filter((group) => group instanceof ApplicationTargetGroup);
}

/** Where the `awslogs` driver of the first essential container writes to. */
function logGroupOf(service: BaseService): string | undefined {
  const config = service.taskDefinition.defaultContainer?.logDriverConfig;
  return config?.logDriver === 'awslogs' ? config.options?.['awslogs-group'] : undefined;
}

function numberOrNothing(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
