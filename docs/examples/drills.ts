/**
 * Drills by the clock, and by people, who may also make one task ill.
 *
 * `npx cdk synth --app 'node docs/examples/drills.ts'`
 */
import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { SelfHealing, Slack } from '../../infra/index.ts';

class ShopStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { service, loadBalancer } = new ApplicationLoadBalancedFargateService(this, 'Checkout', {
      taskImageOptions: { image: ContainerImage.fromRegistry('example.org/checkout:1f3a9c2') },
      desiredCount: 3,
      minHealthyPercent: 100,
      healthCheckGracePeriod: Duration.seconds(60),
      circuitBreaker: { enable: true, rollback: true },
    });
    // #region shown
    const secret = (name: string) => Secret.fromSecretNameV2(this, name, `shop/${name}`);
    const healing = new SelfHealing(this, 'Healing', {
      slack: Slack.webhook(secret('slack-webhook')),
      environment: 'staging',
      drills: {
        // Rings an alarm of each service, and stops nothing.
        every: Duration.days(3),
        // The same as the tasks have it in DRILL_TOKEN.
        faultSecret: secret('drill-token'),
      },
    });
    healing.guard(service, {
      // Where users come in; PUT /drill/fault there is answered by the tasks.
      faultUrl: `http://${loadBalancer.loadBalancerDnsName}/`,
    });
    // Who leads drills: heal drill run, stop, report.
    const assumedBy = new AccountPrincipal(this.account);
    healing.grantDrill(new Role(this, 'DrillLead', { assumedBy }));
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
