/** The ELBv2 operations a healer and a drill read with. */

import type {
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
  const group = loadBalancers.find(({ targetGroup }) => targetGroup.arn === input.TargetGroupArn);
  if (group === undefined) throw new AwsError('TargetGroupNotFoundException', NOT_FOUND);
  const { targetGroup } = group;
  const wantsAnomalies = (input.Include ?? []).length > 0;
  const asked = input.Targets?.map(({ Id, Port }) => ({
    id: Id ?? '',
    port: Port ?? targetGroup.port,
  }));
  const views = asked?.map((address) => viewOf(targetGroup, address)) ?? targetGroup.targets();
  return {
    TargetHealthDescriptions: views.map((view) => healthDescription(view, wantsAnomalies)),
  };
}

function viewOf(group: TargetGroup, address: TargetAddress): TargetView {
  const registered = group
    .targets()
    .find(({ id, port }) => id === address.id && port === address.port);
  return registered ?? { ...address, health: group.healthOf(address) };
}

function healthDescription(target: TargetView, wantsAnomalies: boolean): TargetHealthDescription {
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
    ...(wantsAnomalies
      ? { AnomalyDetection: { Result: 'normal' as const, MitigationInEffect: 'no' as const } }
      : {}),
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
    .filter(({ targetGroup: { arn } }) => arns === undefined || arns.includes(arn))
    .filter(({ targetGroup: { name } }) => names === undefined || names.includes(name));
  if (groups.length < (arns ?? names ?? []).length) {
    throw new AwsError('TargetGroupNotFoundException', NOT_FOUND);
  }
  return {
    TargetGroups: groups.map(({ arn, targetGroup: { healthCheck, ...group } }) => ({
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
