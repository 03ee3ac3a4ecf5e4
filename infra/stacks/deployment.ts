/** How a new revision comes into service, and what takes it back. */
import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import {
  EcsApplication,
  EcsDeploymentConfig,
  EcsDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import {
  AlarmBehavior,
  AlternateTarget,
  DeploymentControllerType,
  DeploymentStrategy,
  type FargateService,
  type FargateServiceProps,
  type IAlternateTarget,
  ListenerRuleConfiguration,
} from 'aws-cdk-lib/aws-ecs';
import type {
  ApplicationListener,
  ApplicationListenerRule,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { accept } from './findings.ts';
import type { Settings } from './settings.ts';
import type { TargetGroups } from './target-groups.ts';

/** Both revisions run for so long after the shift, so that going back takes seconds. */
const BAKE_TIME = Duration.minutes(5);

/** What the service itself says of its deployments. */
export function deploymentProps(
  { deployment }: Settings,
  alarms: readonly Alarm[],
): Partial<FargateServiceProps> {
  // Without it a revision that cannot start keeps ECS trying for hours. It works for blue/green
  // too, which "deployment failure detection" in the guide of ECS says and its API does not.
  const circuitBreaker = { enable: true, rollback: true };
  const deploymentAlarms = {
    alarmNames: alarms.map(({ alarmName }) => alarmName),
    behavior: AlarmBehavior.ROLLBACK_ON_ALARM,
  };
  switch (deployment) {
    case 'code-deploy':
      // Its alarms are the deployment group's.
      return { deploymentController: { type: DeploymentControllerType.CODE_DEPLOY } };
    case 'rolling':
      return { circuitBreaker, deploymentAlarms };
    case 'blue-green':
      return {
        deploymentStrategy: DeploymentStrategy.BLUE_GREEN,
        bakeTime: BAKE_TIME,
        circuitBreaker,
        deploymentAlarms,
      };
  }
}

/** The green half of the pair, where ECS itself moves the traffic. */
export function alternateTarget(
  { deployment }: Settings,
  { green }: TargetGroups,
  rule: ApplicationListenerRule,
): IAlternateTarget | undefined {
  if (deployment !== 'blue-green' || green === undefined) return undefined;
  return new AlternateTarget('Alternate', {
    alternateTargetGroup: green,
    productionListener: ListenerRuleConfiguration.applicationListenerRule(rule),
  });
}

interface ShiftProps {
  readonly service: FargateService;
  readonly groups: TargetGroups;
  readonly listener: ApplicationListener;
  readonly alarms: readonly Alarm[];
}

/**
 * Shifts 10 % of the traffic a minute, by CodeDeploy, and takes it back when an alarm rings.
 *
 * The stack only registers a new task definition: CloudFormation cannot change the revision of
 * such a service, a CodeDeploy deployment must.
 */
export function shiftGradually(
  scope: Construct,
  { service, groups, listener, alarms }: ShiftProps,
): EcsDeploymentGroup | undefined {
  if (groups.green === undefined) return undefined;
  const group = new EcsDeploymentGroup(scope, 'Deployments', {
    application: new EcsApplication(scope, 'Application'),
    service,
    deploymentConfig: EcsDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTES,
    blueGreenDeploymentConfig: {
      blueTargetGroup: groups.blue,
      greenTargetGroup: groups.green,
      // CodeDeploy changes those rules of the listener that forward to one of the pair.
      listener,
      terminationWaitTime: BAKE_TIME,
    },
    alarms: [...alarms],
    autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
  });
  accept(group, 'codeDeploy');
  return group;
}
