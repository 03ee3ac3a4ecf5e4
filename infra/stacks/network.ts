/** The network: two zones, and no task in it has a public address. */
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISecurityGroup,
  type IVpc,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
  type VpcProps,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { makeLogGroup } from './log-group.ts';
import type { Settings } from './settings.ts';

const ZONES = 2;

/** What a task without a way to the internet needs to start: its image, its logs, its secrets. */
const INTERFACES = {
  EcrApi: InterfaceVpcEndpointAwsService.ECR,
  // Without the second of the two ECR endpoints the image's manifest cannot be read.
  EcrDocker: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  SecretsManager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  Ssm: InterfaceVpcEndpointAwsService.SSM,
} as const;

export class Network extends Construct {
  readonly vpc: IVpc;
  readonly publicSubnets: SubnetSelection = { subnetGroupName: 'public' };
  /** Where the tasks and the internal load balancer live. */
  readonly privateSubnets: SubnetSelection = { subnetGroupName: 'private' };
  readonly #endpoints: SecurityGroup | undefined;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const withNat = settings.egress === 'nat';
    // Asserted: CDK's optional properties are not `exactOptionalPropertyTypes`.
    this.vpc = new Vpc(this, 'Vpc', vpcProps(withNat)) as IVpc;
    // Image layers come from S3: free by the gateway, paid by the gigabyte through NAT.
    this.vpc.addGatewayEndpoint('S3', {
      service: GatewayVpcEndpointAwsService.S3,
      subnets: [this.privateSubnets],
    });
    if (!withNat) this.#endpoints = this.#addInterfaces();
    this.vpc.addFlowLog('Flow', {
      destination: FlowLogDestination.toCloudWatchLogs(
        makeLogGroup(this, 'FlowLog', settings.logRetentionDays),
      ),
    });
  }

  /** Lets the tasks of a security group use the interface endpoints, if there are any. */
  admit(tasks: ISecurityGroup): void {
    this.#endpoints?.addIngressRule(tasks, Port.tcp(443), 'tasks to AWS');
  }

  #addInterfaces(): SecurityGroup {
    const group = new SecurityGroup(this, 'Endpoints', {
      vpc: this.vpc,
      description: 'Interface endpoints, for tasks only',
      allowAllOutbound: false,
    });
    for (const [id, service] of Object.entries(INTERFACES)) {
      this.vpc.addInterfaceEndpoint(id, {
        service,
        subnets: this.privateSubnets,
        securityGroups: [group],
        // Not to the whole network: who may is said by `admit`.
        open: false,
      });
    }
    return group;
  }
}

function vpcProps(withNat: boolean): VpcProps {
  return {
    ipAddresses: IpAddresses.cidr('10.0.0.0/16'),
    maxAzs: ZONES,
    // One in each zone: with a single one, its zone's failure keeps the other's tasks from
    // starting, which is when replacements are needed.
    natGateways: withNat ? ZONES : 0,
    // CDK would make a Lambda for it; nothing here uses the default security group.
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false, cidrMask: 24 },
      {
        name: 'private',
        subnetType: withNat ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED,
        cidrMask: 20,
      },
      // Without a way out, for the data that a service may come to have.
      { name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
    ],
  };
}
