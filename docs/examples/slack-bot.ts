/**
 * A bot tells incidents in Slack, one message for each, and its buttons are answered.
 *
 * `npx cdk synth --app 'node docs/examples/slack-bot.ts'`
 */
import { App, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
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
    const secret = (name: string) => Secret.fromSecretNameV2(this, name, `shop/${name}`);
    const healing = new SelfHealing(this, 'Healing', {
      slack: Slack.bot(secret('slack-token'), {
        channel: 'C0123456789',
        // Called when a person must look, and never else.
        mention: 'S0123456789',
      }),
      buttons: {
        signingSecret: secret('slack-signing-secret'),
        users: ['U0123456789', 'U9876543210'],
      },
      runbookUrl: 'https://wiki.example.com/runbooks/self-healing',
    });
    healing.guard(service);
    // Goes into the Slack app, under Interactivity, as "Request URL".
    new CfnOutput(this, 'SlackRequestUrl', { value: healing.respondUrl ?? '' });
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
