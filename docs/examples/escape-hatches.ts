/**
 * What has no prop: all parts of the healer are public, and are CDK's own constructs.
 *
 * `npx cdk synth --app 'node docs/examples/escape-hatches.ts'`
 */
import { App, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { GuardedService, SelfHealing, Slack } from '../../infra/index.ts';

class HealingStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const secret = Secret.fromSecretNameV2(this, 'Webhook', 'shop/slack-webhook');
    const healing = new SelfHealing(this, 'Healing', { slack: Slack.webhook(secret) });
    const checkout = GuardedService.fromAttributes(this, 'Checkout', {
      clusterName: 'shop-prod',
      serviceName: 'checkout',
      logGroup: LogGroup.fromLogGroupName(this, 'Logs', '/ecs/checkout'),
    });
    healing.guard(checkout, { alarms: [Alarm.fromAlarmName(this, 'Errors', 'checkout-5xx-rate')] });
    const boundary = ManagedPolicy.fromManagedPolicyName(this, 'Boundary', 'team-boundary');

    // #region shown
    healing.remediate.function.addEnvironment('POWERTOOLS_LOG_LEVEL', 'DEBUG');
    (healing.table.node.defaultChild as CfnTable).deletionProtectionEnabled = true;
    healing.topic.addSubscription(new EmailSubscription('on-call@example.org'));
    PermissionsBoundary.of(healing).apply(boundary);
    Tags.of(healing).add('team', 'payments');
    // #endregion
  }
}

/** Builds the app; nothing in it looks anything up in AWS. */
export function makeApp(): App {
  const app = new App();
  new HealingStack(app, 'ShopHealing');
  return app;
}

if (import.meta.main) makeApp().synth();
