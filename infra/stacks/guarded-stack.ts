/** The whole app in one stack, so that a plain `cdk deploy` knows what to deploy. */
import { CfnOutput, Stack, type StackProps, Tags, Token } from 'aws-cdk-lib';
import { Peer, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { makeOwnErrorAlarm } from './alarms.ts';
import { accept } from './findings.ts';
import { Healing } from './healing.ts';
import { Network } from './network.ts';
import { CATALOG, type ServiceSettings, type Settings } from './settings.ts';
import { Tier } from './tier.ts';
import { WebService } from './web-service.ts';

interface GuardedStackProps extends StackProps {
  readonly settings: Settings;
}

interface Row {
  readonly tier: Tier;
  readonly services: readonly ServiceSettings[];
  readonly catalogUrl: string;
}

interface Tiers {
  readonly behind: readonly WebService[];
  readonly front: readonly WebService[];
}

export class GuardedStack extends Stack {
  readonly network: Network;
  readonly cluster: ICluster;
  readonly services: readonly WebService[];
  readonly healing: Healing;
  readonly #settings: Settings;
  readonly #drillToken: ISecret | undefined;

  constructor(scope: Construct, id: string, props: GuardedStackProps) {
    super(scope, id, props);
    const { settings } = props;
    this.#settings = settings;
    this.#drillToken = settings.drills === 'faults' ? this.#makeDrillToken() : undefined;
    this.network = new Network(this, 'Network', settings);
    this.cluster = new Cluster(this, 'Cluster', {
      vpc: this.network.vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
    }) as ICluster;
    const front = new Tier(this, 'Public', {
      network: this.network,
      access: 'public',
      certificateArn: settings.certificateArn,
    });
    const tiers = settings.secondTier ? this.#makeTwoTiers(front) : this.#makeOneTier(front);
    this.services = [...tiers.behind, ...tiers.front];
    const drilling = { drillToken: this.#drillToken, url: front.url };
    this.healing = new Healing(this, 'Healing', { settings, ...tiers, ...drilling });
    Tags.of(this).add('environment', settings.environment);
    this.#tell(front);
  }

  #makeOneTier(front: Tier): Tiers {
    const { catalogUrl, services } = this.#settings;
    if (catalogUrl === undefined) front.answerStock();
    const url = catalogUrl ?? front.stockUrl;
    const made = this.#makeServices({ tier: front, services, catalogUrl: url });
    for (const { securityGroup } of made) allowCatalog(securityGroup, url);
    return { behind: [], front: made };
  }

  /** The services in front ask the catalog; the catalog asks the load balancer, or who is named. */
  #makeTwoTiers(front: Tier): Tiers {
    const { catalogUrl, services, image } = this.#settings;
    const behind = new Tier(this, 'Internal', { network: this.network, access: 'internal' });
    behind.answerStock();
    const last = this.#makeServices({
      tier: behind,
      services: [{ name: CATALOG, paths: ['/*'], image }],
      catalogUrl: catalogUrl ?? behind.stockUrl,
    });
    const first = this.#makeServices({ tier: front, services, catalogUrl: behind.url });
    if (catalogUrl !== undefined) {
      for (const { securityGroup } of last) allowCatalog(securityGroup, catalogUrl);
    }
    for (const { securityGroup } of [...last, ...first]) {
      behind.securityGroup.connections.allowFrom(securityGroup, Port.tcp(80), 'tasks ask');
    }
    return { behind: last, front: first };
  }

  #makeServices({ tier, services, catalogUrl }: Row): readonly WebService[] {
    const tierAlarm = makeOwnErrorAlarm(tier, tier);
    return inOrderOfRules(services).map(
      (service) =>
        new WebService(this, service.name, {
          service,
          settings: this.#settings,
          network: this.network,
          cluster: this.cluster,
          tier,
          tierAlarm,
          catalogUrl,
          drillToken: this.#drillToken,
        }),
    );
  }

  /** Nobody needs to know it. */
  #makeDrillToken(): ISecret {
    const secret = new Secret(this, 'DrillToken', {
      description: 'Signs the requests of drills that make a task ill',
      generateSecretString: { excludePunctuation: true, passwordLength: 64 },
    }) as ISecret;
    accept(secret, 'noTokenRotation');
    return secret;
  }

  /** What a person or a pipeline asks for after a deployment. */
  #tell(front: Tier): void {
    const scheme = this.#settings.certificateArn === undefined ? 'http' : 'https';
    const value = `${scheme}://${front.loadBalancer.loadBalancerDnsName}/`;
    new CfnOutput(this, 'Url', { value, description: 'Where users come in' });
    new CfnOutput(this, 'ClusterName', { value: this.cluster.clusterName });
    for (const { node, service, task, deploymentGroup } of this.services) {
      const output = (what: string, text: string) =>
        new CfnOutput(this, `${node.id}${what}`, { value: text });
      output('ServiceName', service.serviceName);
      output('TaskDefinition', task.definition.taskDefinitionArn);
      if (deploymentGroup === undefined) continue;
      output('DeploymentApplication', deploymentGroup.application.applicationName);
      output('DeploymentGroup', deploymentGroup.deploymentGroupName);
    }
  }
}

/** The first rule that fits wins, so the service that takes everything comes last. */
function inOrderOfRules(services: readonly ServiceSettings[]): readonly ServiceSettings[] {
  const takesAll = ({ paths }: ServiceSettings) => paths.includes('/*');
  return services.toSorted((a, b) => Number(takesAll(a)) - Number(takesAll(b)));
}

/** Lets tasks out to the catalog's port; HTTPS is open already. */
function allowCatalog(tasks: SecurityGroup, url: string): void {
  // A load balancer of this stack has no name yet, and listens on 80.
  const given = Token.isUnresolved(url) ? undefined : new URL(url);
  const standard = given?.protocol === 'https:' ? 443 : 80;
  const port = Number(given?.port || standard);
  if (port !== 443) tasks.addEgressRule(Peer.anyIpv4(), Port.tcp(port), 'catalog');
}
