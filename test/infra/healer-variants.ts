/** The ways in which a healer may be deployed, as templates: what must hold for each is tested over all. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { GuardedService } from '../../infra/guarded-service.ts';
import { HealingPermissions } from '../../infra/healing-permissions.ts';
import { SelfHealing } from '../../infra/self-healing.ts';
import type { SelfHealingProps } from '../../infra/self-healing-props.ts';
import { Slack } from '../../infra/slack.ts';
import { aHealedSite, aSite, aWholeSite } from './a-healed-app.ts';
import { aTemplate } from './stacks-template.ts';

/** For services made elsewhere: rights for their clusters, and a webhook in a parameter. */
function forImported(
  permissions = HealingPermissions.clusters(['shop-*'], { logGroups: ['/ecs/*'] }),
  props: Partial<SelfHealingProps> = {},
): Template {
  const stack = new Stack(new App(), 'Care');
  const slack = Slack.webhookParameter(
    StringParameter.fromSecureStringParameterAttributes(stack, 'Hook', {
      parameterName: '/shop/slack-webhook',
    }),
  );
  const healing = new SelfHealing(stack, 'Healing', { slack, permissions, ...props });
  const place = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
  const targetGroup = ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'Group', {
    targetGroupArn: `${place}:targetgroup/front/0123456789abcdef`,
    loadBalancerArns: `${place}:loadbalancer/app/shop/fedcba9876543210`,
  });
  const service = GuardedService.fromAttributes(stack, 'Service', {
    clusterName: 'shop-prod',
    serviceName: 'front',
    targetGroups: [targetGroup],
    logGroup: LogGroup.fromLogGroupName(stack, 'Logs', '/ecs/front'),
  });
  healing.guard(service, { alarms: [Alarm.fromAlarmName(stack, 'Alarm', 'front-errors')] });
  return Template.fromStack(stack);
}

/** The cluster by its name, and alarms by a pattern, which drills may ring. */
function forImportedWithDrills(): Template {
  const names = { logGroups: ['/ecs/front'], alarms: ['front-*'] };
  const permissions = HealingPermissions.clusters(['shop-prod'], names);
  return forImported(permissions, { drills: {}, environment: 'staging' });
}

function inNetwork(): Template {
  const { stack } = aSite();
  const vpc = Vpc.fromVpcAttributes(stack, 'Network', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a'],
    privateSubnetIds: ['subnet-0123456789abcdef0'],
  });
  return aHealedSite({ vpc }).template;
}

function withEverything(): Template {
  const { stack, healing, service } = aWholeSite();
  healing.guard(service, { faultUrl: 'https://shop.example.com' });
  return Template.fromStack(stack);
}

function withTokenInParameter(): Template {
  const { stack } = aSite();
  const parameterName = '/shop/slack-token';
  const parameter = StringParameter.fromSecureStringParameterAttributes(stack, 'Token', {
    parameterName,
  });
  return aHealedSite({ slack: Slack.botParameter(parameter, { channel: 'C0123456789' }) }).template;
}

/** Every way in which a healer is deployed; each is synthesised when it is asked for. */
export const HEALERS: readonly (readonly [name: string, make: () => Template])[] = [
  ['the app', () => aTemplate()],
  ['the app with a second tier', () => aTemplate({ secondTier: true })],
  ['a healer with a secret that is known by its name', () => aHealedSite().template],
  ['a healer of imported services', () => forImported()],
  ['a healer of imported services with drills', forImportedWithDrills],
  ['a healer in a network', inNetwork],
  ['a healer with a bot, buttons and drills', withEverything],
  ['a healer whose bot has its token in a parameter', withTokenInParameter],
  ['a healer that tells Amazon Q', () => aHealedSite({ slack: Slack.amazonQ() }).template],
];
