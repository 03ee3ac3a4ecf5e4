/** The ELBv2 operations a healer and a drill read with. */

import type {
  AnomalyDetection,
  DescribeLoadBalancersCommandInput,
  DescribeLoadBalancersCommandOutput,
  DescribeTargetGroupsCommandInput,
  DescribeTargetGroupsCommandOutput,
  DescribeTargetHealthCommandInput,
  DescribeTargetHealthCommandOutput,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import * as schemas from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError, type AwsService } from '../gateway/operation.ts';
import type { LoadBalancer } from './load-balancer.ts';
import type { TargetAddress, TargetGroup, TargetView } from './target-group.ts';

/** `$metadata` is the gateway's business, not an operation's. */
type Answer<T> = Omit<T, '$metadata'>;

const NOT_FOUND = 'One or more target groups not found';

/** Serves the given load balancers and their target groups. */
export function makeElbApi(loadBalancers: readonly LoadBalancer[]): AwsService {
  return {
    signingName: 'elasticloadbalancing',
    schemas,
    operations: {
      DescribeTargetHealth: (input: DescribeTargetHealthCommandInput) =>
        describeTargetHealth(loadBalancers, input),
      DescribeTargetGroups: (input: DescribeTargetGroupsCommandInput) =>
        describeTargetGroups(loadBalancers, input),
      DescribeLoadBalancers: (input: DescribeLoadBalancersCommandInput) =>
        describeLoadBalancers(loadBalancers, input),
    },
  };
}

function describeTargetHealth(
  loadBalancers: readonly LoadBalancer[],
  input: DescribeTargetHealthCommandInput,
): Answer<DescribeTargetHealthCommandOutput> {
  const [found] = loadBalancers.flatMap((loadBalancer) =>
    loadBalancer.targetGroups
      .filter(({ arn }) => arn === input.TargetGroupArn)
      .map((targetGroup) => ({ loadBalancer, targetGroup })),
  );
  if (found === undefined) throw new AwsError('TargetGroupNotFoundException', NOT_FOUND);
  const { loadBalancer, targetGroup } = found;
  const include = input.Include ?? [];
  const wantsAnomalies = include.includes('AnomalyDetection') || include.includes('All');
  const asked = input.Targets?.map(({ Id, Port }) => ({
    id: Id ?? '',
    port: Port ?? targetGroup.port,
  }));
  const views = asked?.map((address) => viewOf(targetGroup, address)) ?? targetGroup.targets();
  const anomalyOf = (view: TargetView): AnomalyDetection => ({
    Result: loadBalancer.anomalies.isAnomalous(targetGroup, view) ? 'anomalous' : 'normal',
    // Mitigation needs another algorithm than round robin.
    MitigationInEffect: 'no',
  });
  return {
    TargetHealthDescriptions: views.map((view) =>
      healthDescription(view, wantsAnomalies ? anomalyOf(view) : undefined),
    ),
  };
}

function viewOf(group: TargetGroup, address: TargetAddress): TargetView {
  const registered = group
    .targets()
    .find(({ id, port }) => id === address.id && port === address.port);
  return registered ?? { ...address, health: group.healthOf(address) };
}

function healthDescription(
  target: TargetView,
  anomaly: AnomalyDetection | undefined,
): TargetHealthDescription {
  const { id, port, availabilityZone, health } = target;
  return {
    Target: {
      Id: id,
      Port: port,
      ...(availabilityZone === undefined ? {} : { AvailabilityZone: availabilityZone }),
    },
    HealthCheckPort: String(port),
    TargetHealth: {
      State: health.state,
      ...(health.reason === undefined ? {} : { Reason: health.reason }),
      ...(health.description === undefined ? {} : { Description: health.description }),
    },
    ...(anomaly === undefined ? {} : { AnomalyDetection: anomaly }),
    AdministrativeOverride: {
      State: 'no_override',
      Reason: 'AdministrativeOverride.NoOverride',
      Description: 'No override is currently active on target',
    },
  };
}

function describeTargetGroups(
  loadBalancers: readonly LoadBalancer[],
  input: DescribeTargetGroupsCommandInput,
): Answer<DescribeTargetGroupsCommandOutput> {
  const { TargetGroupArns: arns, Names: names, LoadBalancerArn: balancerArn } = input;
  const groups = loadBalancers
    .filter(({ arn }) => balancerArn === undefined || arn === balancerArn)
    .flatMap(({ arn, targetGroups }) => targetGroups.map((group) => ({ arn, group })))
    .filter(({ group }) => arns === undefined || arns.includes(group.arn))
    .filter(({ group }) => names === undefined || names.includes(group.name));
  if (groups.length < (arns ?? names ?? []).length) {
    throw new AwsError('TargetGroupNotFoundException', NOT_FOUND);
  }
  return {
    TargetGroups: groups.map(({ arn, group: { healthCheck, ...group } }) => ({
      TargetGroupArn: group.arn,
      TargetGroupName: group.name,
      Protocol: 'HTTP',
      ProtocolVersion: 'HTTP1',
      Port: group.port,
      TargetType: 'ip',
      IpAddressType: 'ipv4',
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: 'traffic-port',
      HealthCheckEnabled: true,
      HealthCheckPath: healthCheck.path,
      HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
      HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
      HealthyThresholdCount: healthCheck.healthyThreshold,
      UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
      Matcher: { HttpCode: healthCheck.matcher },
      LoadBalancerArns: [arn],
    })),
  };
}

function describeLoadBalancers(
  loadBalancers: readonly LoadBalancer[],
  input: DescribeLoadBalancersCommandInput,
): Answer<DescribeLoadBalancersCommandOutput> {
  const { LoadBalancerArns: arns, Names: names } = input;
  const found = loadBalancers
    .filter(({ arn }) => arns === undefined || arns.includes(arn))
    .filter(({ name }) => names === undefined || names.includes(name));
  if (found.length < (arns ?? names ?? []).length) {
    throw new AwsError('LoadBalancerNotFoundException', 'One or more load balancers not found');
  }
  return {
    LoadBalancers: found.map(({ arn, name, url }) => ({
      LoadBalancerArn: arn,
      LoadBalancerName: name,
      DNSName: new URL(url).host,
      Scheme: 'internal',
      State: { Code: 'active' },
      Type: 'application',
      IpAddressType: 'ipv4',
    })),
  };
}
