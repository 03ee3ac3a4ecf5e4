/**
 * The least that works: a Fargate service behind a load balancer, and a healer that guards it.
 *
 * `npx cdk synth --app 'node docs/examples/minimal.ts'`
 */
import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { SelfHealing, Slack } from '../../infra/index.ts';

class ShopStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const checkout = new ApplicationLoadBalancedFargateService(this, 'Checkout', {
      taskImageOptions: {
        image: ContainerImage.fromRegistry('example.org/checkout:1f3a9c2'),
      },
      // A task is judged against its peers: of two that differ nobody knows which one is ill.
      desiredCount: 3,
      minHealthyPercent: 100,
      // As long as a task needs to start. Until then ECS stops none for its health checks.
      healthCheckGracePeriod: Duration.seconds(60),
      circuitBreaker: { enable: true, rollback: true },
    });

    // #region shown
    const secret = Secret.fromSecretNameV2(this, 'Webhook', 'shop/slack-webhook');
    const healing = new SelfHealing(this, 'Healing', { slack: Slack.webhook(secret) });
    healing.guard(checkout.service);
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
