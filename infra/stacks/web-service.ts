/** One Fargate service behind a tier: private tasks, health checks, deployments, autoscaling. */
import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  FargatePlatformVersion,
  FargateService,
  type ICluster,
  PropagatedTagSource,
} from 'aws-cdk-lib/aws-ecs';
import type { ApplicationListenerRule } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { makeErrorAlarm } from './alarms.ts';
import { alternateTarget, deploymentProps, shiftGradually } from './deployment.ts';
import { accept } from './findings.ts';
import type { Network } from './network.ts';
import { scale } from './scaling.ts';
import type { ServiceSettings, Settings } from './settings.ts';
import { TargetGroups } from './target-groups.ts';
import { CONTAINER, CONTAINER_PORT, Task } from './task.ts';
import type { Tier } from './tier.ts';

interface WebServiceProps {
  readonly service: ServiceSettings;
  readonly settings: Settings;
  readonly network: Network;
  readonly cluster: ICluster;
  readonly tier: Tier;
  /** Rings when the tier itself answers with errors; shared by its services. */
  readonly tierAlarm: Alarm;
  readonly catalogUrl: string;
  /** With it drills may make tasks ill. */
  readonly drillToken: ISecret | undefined;
}

export class WebService extends Construct {
  readonly service: FargateService;
  readonly task: Task;
  readonly targetGroups: TargetGroups;
  readonly securityGroup: SecurityGroup;
  readonly errorAlarm: Alarm;
  readonly deploymentGroup: EcsDeploymentGroup | undefined;

  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id);
    const { settings, network, tier, service, catalogUrl, drillToken } = props;
    this.securityGroup = this.#makeSecurityGroup(network);
    const { name, image } = service;
    this.task = new Task(this, 'Task', { name, image, catalogUrl, settings, drillToken });
    this.targetGroups = new TargetGroups(this, 'TargetGroups', {
      vpc: network.vpc,
      loadBalancer: tier.loadBalancer,
      settings,
    });
    const rule = tier.route(id, service.paths, this.targetGroups.forward(settings));
    this.errorAlarm = makeErrorAlarm(this, this.targetGroups);
    // At rest the load balancer answers 503 itself, which must not stop a deployment.
    const atRest = settings.desiredCount === 0;
    const alarms = atRest ? [this.errorAlarm] : [this.errorAlarm, props.tierAlarm];
    this.service = this.#makeService(props, alarms);
    this.#attach(rule, settings);
    if (settings.deployment === 'code-deploy') {
      const { service: ecsService, targetGroups: groups } = this;
      const shift = { service: ecsService, groups, listener: tier.listener, alarms };
      this.deploymentGroup = shiftGradually(this, shift);
    }
    scale(this.service, this.targetGroups, settings);
  }

  #makeSecurityGroup(network: Network): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: `Tasks of ${this.node.id}`,
      allowAllOutbound: false,
    });
    // With endpoints too, because the S3 gateway has public addresses; the route decides.
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'image, logs, secrets');
    network.admit(group);
    return group;
  }

  #makeService(props: WebServiceProps, alarms: readonly Alarm[]): FargateService {
    const { settings, network, cluster } = props;
    return new FargateService(this, 'Service', {
      cluster,
      taskDefinition: this.task.definition,
      platformVersion: FargatePlatformVersion.LATEST,
      vpcSubnets: network.privateSubnets,
      securityGroups: [this.securityGroup],
      assignPublicIp: false,
      // In the template although autoscaling moves it: from 0 only this can wake a service up.
      desiredCount: settings.desiredCount,
      // All of them while one is replaced; CDK's own default is half.
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      healthCheckGracePeriod: Duration.seconds(settings.health.graceSeconds),
      propagateTags: PropagatedTagSource.SERVICE,
      enableECSManagedTags: true,
      ...deploymentProps(settings, alarms),
    });
  }

  #attach(rule: ApplicationListenerRule, settings: Settings): void {
    const alternate = alternateTarget(settings, this.targetGroups, rule);
    const target = this.service.loadBalancerTarget({
      containerName: CONTAINER,
      containerPort: CONTAINER_PORT,
      ...(alternate === undefined ? {} : { alternateTarget: alternate }),
    });
    this.targetGroups.blue.addTarget(target);
    if (alternate !== undefined) accept(this.service, 'ecsBlueGreen');
    // ECS refuses a target group that no listener sends to yet.
    this.service.node.addDependency(rule);
  }
}
