/**
 * One healer for a table of services that call each other: who is ill behind is healed first.
 *
 * `npx cdk synth --app 'node docs/examples/many-services.ts'`
 */
import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import {
  HealingMode,
  type HealingPolicy,
  SelfHealing,
  type ServiceGuard,
  Slack,
} from '../../infra/index.ts';

interface Row {
  readonly name: string;
  readonly tasks: number;
  /** Seconds that a task takes until it answers its health check. */
  readonly startSeconds: number;
  /** Names of rows above that it calls. */
  readonly calls: readonly string[];
  readonly policy?: HealingPolicy;
}

/** From the back to the front: a service stands below those that it calls. */
const SERVICES: readonly Row[] = [
  { name: 'catalog', tasks: 3, startSeconds: 30, calls: [] },
  { name: 'payment', tasks: 4, startSeconds: 90, calls: [], policy: { budget: 1 } },
  { name: 'checkout', tasks: 6, startSeconds: 30, calls: ['catalog', 'payment'] },
  // New under care: for its first weeks it is only told what would have been stopped.
  {
    name: 'search',
    tasks: 3,
    startSeconds: 45,
    calls: ['catalog'],
    policy: { mode: HealingMode.OBSERVE },
  },
];

class ShopStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const secret = Secret.fromSecretNameV2(this, 'Webhook', 'shop/slack-webhook');
    const healing = new SelfHealing(this, 'Healing', {
      slack: Slack.webhook(secret),
      environment: 'prod',
    });
    const guards = new Map<string, ServiceGuard>();
    for (const { name, tasks, startSeconds, calls, policy = {} } of SERVICES) {
      const { service } = new ApplicationLoadBalancedFargateService(this, name, {
        taskImageOptions: { image: ContainerImage.fromRegistry(`example.org/${name}:1f3a9c2`) },
        desiredCount: tasks,
        minHealthyPercent: 100,
        healthCheckGracePeriod: Duration.seconds(startSeconds),
        circuitBreaker: { enable: true, rollback: true },
        publicLoadBalancer: name === 'checkout' || name === 'search',
      });
      // #region shown
      const dependsOn = calls.map((called) => {
        const guard = guards.get(called);
        if (guard === undefined) throw new Error(`${name} calls ${called}: put it above ${name}`);
        return guard;
      });
      guards.set(name, healing.guard(service, { dependsOn, policy }));
      // #endregion
    }
  }
}

/** Builds the app; nothing in it looks anything up in AWS. */
export function makeApp(): App {
  const app = new App();
  new ShopStack(app, 'Shop');
  return app;
}

if (import.meta.main) makeApp().synth();
