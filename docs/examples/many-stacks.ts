/**
 * Hundreds of services in many stacks, and one healer for all of them: it is given its rights by
 * clusters, up front, and each service is guarded in its own stack.
 *
 * `npx cdk synth --app 'node docs/examples/many-stacks.ts'`
 */
import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AwsLogDriver, Cluster, ContainerImage, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { HealingPermissions, SelfHealing, Slack } from '../../infra/index.ts';

const TEAMS: Readonly<Record<string, readonly string[]>> = {
  Shop: ['catalog', 'checkout'],
  Account: ['login', 'profile'],
};

/** Deployed first; the other stacks refer to it, and it to none of them. */
class HealingStack extends Stack {
  readonly healing: SelfHealing;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const secret = Secret.fromSecretNameV2(this, 'Webhook', 'slack-webhook');
    // #region shown
    this.healing = new SelfHealing(this, 'Healing', {
      slack: Slack.webhook(secret),
      permissions: HealingPermissions.clusters(['prod-*'], { logGroups: ['/ecs/*'] }),
    });
    // #endregion
  }
}

interface TeamStackProps extends StackProps {
  readonly healing: SelfHealing;
  readonly services: readonly string[];
}

class TeamStack extends Stack {
  constructor(scope: Construct, id: string, { healing, services, ...props }: TeamStackProps) {
    super(scope, id, props);
    // The casts are for exactOptionalPropertyTypes alone, which CDK's own types do not follow.
    const vpc = new Vpc(this, 'Vpc', { maxAzs: 2 }) as IVpc;
    // Names that are known at synth, so that it is seen here whether the healer may reach them.
    const clusterName = `prod-${id.toLowerCase()}`;
    const cluster = new Cluster(this, 'Cluster', { vpc, clusterName }) as ICluster;
    for (const name of services) {
      const logGroup = new LogGroup(this, `${name}Logs`, { logGroupName: `/ecs/${name}` });
      const { service } = new ApplicationLoadBalancedFargateService(this, name, {
        cluster,
        taskImageOptions: {
          image: ContainerImage.fromRegistry(`example.org/${name}:1f3a9c2`),
          logDriver: new AwsLogDriver({ streamPrefix: name, logGroup }),
        },
        desiredCount: 3,
        minHealthyPercent: 100,
        healthCheckGracePeriod: Duration.seconds(60),
        circuitBreaker: { enable: true, rollback: true },
      });
      healing.guard(service, { scope: this });
    }
  }
}

/** Builds the app; nothing in it looks anything up in AWS. */
export function makeApp(): App {
  // The exports that services use cannot be taken away from under them. Newer ways need this said.
  const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' } });
  const { healing } = new HealingStack(app, 'Healing');
  for (const [team, services] of Object.entries(TEAMS)) {
    new TeamStack(app, team, { healing, services });
  }
  return app;
}

if (import.meta.main) makeApp().synth();
