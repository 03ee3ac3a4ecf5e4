/** A service that another stack, another tool or a person deployed. */
import { Arn, ArnFormat, Resource, Stack, Token } from 'aws-cdk-lib';
import { Cluster, type IBaseService, type ICluster } from 'aws-cdk-lib/aws-ecs';
import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { aws_ecs } from 'aws-cdk-lib/interfaces';
import type { Construct } from 'constructs';

/** What is known of a service that is not deployed by this app. */
export interface GuardedServiceAttributes {
  /** Name of the cluster, in the account and Region of the stack. */
  readonly clusterName: string;
  /** Name of the service, not its ARN. */
  readonly serviceName: string;
  /**
   * Target groups that send requests to it; under blue/green both.
   *
   * @default - none: the service is guarded by alarms that you bring
   */
  readonly targetGroups?: IApplicationTargetGroup[];
  /**
   * Log group of its containers.
   *
   * @default - none: then a task whose health checks pass cannot be told from its peers
   */
  readonly logGroup?: ILogGroup;
}

/** A service of another stack, for `SelfHealing.guard`. */
export class GuardedService extends Resource implements IBaseService {
  /** Names a service that is not deployed by this app. */
  static fromAttributes(
    scope: Construct,
    id: string,
    attributes: GuardedServiceAttributes,
  ): GuardedService {
    return new GuardedService(scope, id, attributes);
  }

  readonly serviceArn: string;
  readonly serviceName: string;
  readonly cluster: ICluster;
  readonly targetGroups: IApplicationTargetGroup[];
  readonly logGroup?: ILogGroup;

  private constructor(scope: Construct, id: string, attributes: GuardedServiceAttributes) {
    super(scope, id);
    const { clusterName, serviceName, targetGroups = [], logGroup } = attributes;
    refuseArn(clusterName, 'clusterName');
    refuseArn(serviceName, 'serviceName');
    this.serviceName = serviceName;
    this.serviceArn = Stack.of(this).formatArn({
      service: 'ecs',
      resource: 'service',
      resourceName: `${clusterName}/${serviceName}`,
    });
    const clusterArn = Stack.of(this).formatArn({
      service: 'ecs',
      resource: 'cluster',
      resourceName: clusterName,
    });
    this.cluster = Cluster.fromClusterArn(this, 'Cluster', clusterArn);
    this.targetGroups = [...targetGroups];
    if (logGroup !== undefined) this.logGroup = logGroup;
  }

  /** What CDK's own constructs refer to a service by. */
  get serviceRef(): aws_ecs.ServiceReference {
    return { serviceArn: this.serviceArn };
  }
}

function refuseArn(name: string, what: string): void {
  if (Token.isUnresolved(name) || !name.startsWith('arn:')) return;
  const { resourceName } = Arn.split(name, ArnFormat.SLASH_RESOURCE_NAME);
  const fix = resourceName?.split('/').at(-1) ?? 'the name alone';
  throw new Error(`GuardedService: ${what} is an ARN (${name}), wanted a name: ${fix}`);
}
