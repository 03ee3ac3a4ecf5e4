/**
 * Amazon Q Developer in chat applications tells incidents, in Slack or in Microsoft Teams.
 *
 * `npx cdk synth --app 'node docs/examples/amazon-q.ts'`
 */
import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import type { Construct } from 'constructs';
import { SelfHealing, Slack } from '../../infra/index.ts';

class ShopStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { service } = new ApplicationLoadBalancedFargateService(this, 'Checkout', {
      taskImageOptions: { image: ContainerImage.fromRegistry('example.org/checkout:1f3a9c2') },
      desiredCount: 3,
      minHealthyPercent: 100,
      healthCheckGracePeriod: Duration.seconds(60),
      circuitBreaker: { enable: true, rollback: true },
    });
    // #region shown
    const healing = new SelfHealing(this, 'Healing', { slack: Slack.amazonQ() });
    healing.guard(service);
    new SlackChannelConfiguration(this, 'Channel', {
      slackChannelConfigurationName: 'shop-incidents',
      slackWorkspaceId: 'T0123456789',
      slackChannelId: 'C0123456789',
      notificationTopics: healing.chatTopic === undefined ? [] : [healing.chatTopic],
    });
    // #endregion
  }
}

/** Builds the app; nothing in it looks anything up in AWS. */
export function makeApp(): App {
  const app = new App();
  new ShopStack(app, 'Shop');
  return app;
}

if (import.meta.main) makeApp().synth();
