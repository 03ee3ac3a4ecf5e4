/** A small app with a guarded service, built anew for each test. */
import { App, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AwsLogDriver,
  Cluster,
  ContainerImage,
  DeploymentControllerType,
  FargateService,
  type FargateServiceProps,
  FargateTaskDefinition,
  type ICluster,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type ApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { SelfHealing } from '../../infra/self-healing.ts';
import type { SelfHealingProps } from '../../infra/self-healing-props.ts';
import { Slack } from '../../infra/slack.ts';

export interface Site {
  readonly app: App;
  readonly stack: Stack;
  readonly cluster: ICluster;
  readonly balancer: ApplicationLoadBalancer;
  readonly healing: SelfHealing;
}

/** A stack with a cluster, a load balancer and a healer that guards nothing yet. */
export function aSite(props: Partial<SelfHealingProps> = {}, stackProps: StackProps = {}): Site {
  return siteWith(() => props, stackProps);
}

function siteWith(
  propsIn: (stack: Stack) => Partial<SelfHealingProps>,
  stackProps: StackProps,
): Site {
  const app = new App();
  const stack = new Stack(app, 'Shop', stackProps);
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 }) as IVpc;
  const cluster = new Cluster(stack, 'Cluster', { vpc }) as ICluster;
  const balancer = new ApplicationLoadBalancer(stack, 'Balancer', { vpc });
  const secret = Secret.fromSecretNameV2(stack, 'Hook', 'shop/slack-webhook');
  const slack = Slack.webhook(secret);
  const healing = new SelfHealing(stack, 'Healing', { slack, ...propsIn(stack) });
  return { app, stack, cluster, balancer, healing };
}

/** A site whose healer has all that may be had, and a service that it does not guard yet. */
export function aWholeSite(
  props: Partial<SelfHealingProps> = {},
): Site & { readonly service: FargateService } {
  const site = siteWith((stack) => ({ ...everything(stack), ...props }), {});
  return { ...site, service: aService(site).service };
}

/** A service that logs and answers behind its own port of the load balancer. */
export function aService(
  { stack, cluster, balancer }: Site,
  id = 'Front',
  props: Partial<FargateServiceProps> = {},
): { readonly service: FargateService; readonly targetGroup: ApplicationTargetGroup } {
  const service = anUnattached({ stack, cluster }, id, props);
  const listener = balancer.addListener(`${id}Listener`, {
    port: 8_000 + stack.node.findAll().length,
    protocol: ApplicationProtocol.HTTP,
  });
  const targetGroup = listener.addTargets(`${id}Targets`, {
    port: 80,
    targets: [service],
    deregistrationDelay: Duration.seconds(30),
  });
  return { service, targetGroup };
}

/** A service without a load balancer. */
export function anUnattached(
  { stack, cluster }: Pick<Site, 'stack' | 'cluster'>,
  id: string,
  props: Partial<FargateServiceProps> = {},
): FargateService {
  const taskDefinition = new FargateTaskDefinition(stack, `${id}Task`);
  const logGroup = new LogGroup(stack, `${id}Logs`, { removalPolicy: RemovalPolicy.DESTROY });
  taskDefinition.addContainer('app', {
    image: ContainerImage.fromRegistry('example.org/shop:1'),
    portMappings: [{ containerPort: 80 }],
    logging: new AwsLogDriver({ streamPrefix: 'app', logGroup }),
  });
  return new FargateService(stack, id, {
    cluster,
    taskDefinition,
    desiredCount: 2,
    minHealthyPercent: 100,
    ...props,
  });
}

/** A site with one guarded service. */
export function aHealedSite(props: Partial<SelfHealingProps> = {}): {
  readonly site: Site;
  readonly template: Template;
} {
  const site = aSite(props);
  site.healing.guard(aService(site).service);
  return { site, template: Template.fromStack(site.stack) };
}

/** A healer with all that may be had: a bot, buttons, and drills by the clock that may make tasks ill. */
export function everything(stack: Stack): SelfHealingProps {
  const secret = (name: string) => Secret.fromSecretNameV2(stack, name, `shop/${name}`);
  return {
    slack: Slack.bot(secret('slack-token'), { channel: 'C0123456789', mention: 'S0123456789' }),
    buttons: { signingSecret: secret('slack-signing'), users: ['U0123456789'] },
    drills: { every: Duration.days(3), faultSecret: secret('fault-switch') },
    environment: 'staging',
  };
}

/** An alarm that an app brings along. */
export function anAlarm(scope: Construct, id: string): Alarm {
  return new Alarm(scope, id, {
    metric: new Metric({ namespace: 'Shop', metricName: id, period: Duration.minutes(1) }),
    threshold: 1,
    evaluationPeriods: 3,
  });
}

/** A service that CodeDeploy moves between two target groups, of which it names one. */
export function blueGreen(site: Site): ReturnType<typeof aService> {
  const deploymentController = { type: DeploymentControllerType.CODE_DEPLOY };
  return aService(site, 'Blue', { deploymentController });
}

/** All warnings of the site's stack. */
export function warningsOf(site: Site): string {
  const found = Annotations.fromStack(site.stack).findWarning('*', Match.anyValue());
  return found.map(({ entry }) => String(entry.data)).join('\n');
}
