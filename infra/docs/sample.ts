/** What the tables are worked out from: the construct with its defaults, synthesised. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { GuardedService } from '../guarded-service.ts';
import { SelfHealing } from '../self-healing.ts';
import { Slack } from '../slack.ts';

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';
const ELB = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}`;

export interface Sample {
  readonly stack: Stack;
  readonly healing: SelfHealing;
  readonly template: Template;
}

/** Services of one cluster, each with so many target groups. */
export function makeSample(services = 1, targetGroups = 1): Sample {
  const stack = new Stack(new App(), 'Sample', { env: { account: ACCOUNT, region: REGION } });
  const secret = Secret.fromSecretNameV2(stack, 'Webhook', 'slack-webhook');
  const healing = new SelfHealing(stack, 'Healing', { slack: Slack.webhook(secret) });
  for (let index = 1; index <= services; index += 1) {
    const name = services === 1 ? 'checkout' : `service-${index}`;
    const service = GuardedService.fromAttributes(stack, `Service${index}`, {
      clusterName: 'shop',
      serviceName: name,
      targetGroups: Array.from({ length: targetGroups }, (_, group) =>
        ApplicationTargetGroup.fromTargetGroupAttributes(stack, `Targets${index}-${group}`, {
          targetGroupArn: `${ELB}:targetgroup/${name}-${group}/6d0ecf831eec9f09`,
          loadBalancerArns: `${ELB}:loadbalancer/app/shop/50dc6c495c0c9188`,
        }),
      ),
      logGroup: LogGroup.fromLogGroupName(stack, `Logs${index}`, `/ecs/${name}`),
    });
    healing.guard(service);
  }
  return { stack, healing, template: Template.fromStack(stack) };
}
