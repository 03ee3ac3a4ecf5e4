/**
 * A service that another stack, another tool or a person deployed: it is named, and not touched.
 *
 * `npx cdk synth --app 'node docs/examples/imported-service.ts'`
 */
import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { GuardedService, SelfHealing, Slack } from '../../infra/index.ts';

const ELB = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';

class HealingStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const secret = Secret.fromSecretNameV2(this, 'Webhook', 'shop/slack-webhook');
    const healing = new SelfHealing(this, 'Healing', { slack: Slack.webhook(secret) });

    // #region shown
    const checkout = GuardedService.fromAttributes(this, 'Checkout', {
      clusterName: 'shop-prod',
      serviceName: 'checkout',
      targetGroups: [
        ApplicationTargetGroup.fromTargetGroupAttributes(this, 'Targets', {
          targetGroupArn: `${ELB}:targetgroup/checkout/6d0ecf831eec9f09`,
          // Metrics name a target group together with its load balancer.
          loadBalancerArns: `${ELB}:loadbalancer/app/shop/50dc6c495c0c9188`,
        }),
      ],
      logGroup: LogGroup.fromLogGroupName(this, 'Logs', '/ecs/checkout'),
    });
    // Only the service itself knows its grace period, so the healer is told.
    healing.guard(checkout, { policy: { startGrace: Duration.seconds(90) } });
    // #endregion
  }
}

/** Builds the app; nothing in it looks anything up in AWS. */
export function makeApp(): App {
  const app = new App();
  new HealingStack(app, 'ShopHealing', { env: { account: '123456789012', region: 'eu-west-1' } });
  return app;
}

if (import.meta.main) makeApp().synth();
