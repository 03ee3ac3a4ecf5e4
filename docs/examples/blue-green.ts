/**
 * CodeDeploy moves the traffic between two target groups, and after each deployment the tasks are
 * in the other one: the healer must know both.
 *
 * `npx cdk synth --app 'node docs/examples/blue-green.ts'`
 */
import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { EcsDeploymentConfig, EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { ContainerImage, DeploymentControllerType } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import {
  ApplicationProtocol,
  ApplicationTargetGroup,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { SelfHealing, Slack } from '../../infra/index.ts';

class ShopStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const checkout = new ApplicationLoadBalancedFargateService(this, 'Checkout', {
      taskImageOptions: { image: ContainerImage.fromRegistry('example.org/checkout:1f3a9c2') },
      desiredCount: 4,
      minHealthyPercent: 100,
      healthCheckGracePeriod: Duration.seconds(60),
      deploymentController: { type: DeploymentControllerType.CODE_DEPLOY },
    });
    const green = new ApplicationTargetGroup(this, 'Green', {
      vpc: checkout.cluster.vpc,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.IP,
    });

    const secret = Secret.fromSecretNameV2(this, 'Webhook', 'shop/slack-webhook');
    const healing = new SelfHealing(this, 'Healing', { slack: Slack.webhook(secret) });
    // #region shown
    const guard = healing.guard(checkout.service, { targetGroups: [checkout.targetGroup, green] });
    // #endregion

    new EcsDeploymentGroup(this, 'Deployments', {
      service: checkout.service,
      deploymentConfig: EcsDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTES,
      blueGreenDeploymentConfig: {
        blueTargetGroup: checkout.targetGroup,
        greenTargetGroup: green,
        listener: checkout.listener,
        terminationWaitTime: Duration.minutes(5),
      },
      // What opens an incident takes a release back too; meanwhile the healer holds.
      alarms: guard.ownAlarms,
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
  }
}

/** Builds the app; nothing in it looks anything up in AWS. */
export function makeApp(): App {
  const app = new App();
  new ShopStack(app, 'Shop');
  return app;
}

if (import.meta.main) makeApp().synth();
