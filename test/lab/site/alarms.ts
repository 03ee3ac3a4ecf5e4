/** The alarms that the site's infrastructure code makes, one set for each tier. */
import type { Dimension, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { LoadBalancer } from '../elb/load-balancer.ts';
import type { TargetGroup } from '../elb/target-group.ts';

const NAMESPACE = 'AWS/ApplicationELB';
const IDS = ['blue', 'green'];

/** 5xx answers of the targets, in percent of the requests, whatever group they are in. */
export function errorRateAlarm(
  AlarmName: string,
  service: string,
  loadBalancer: LoadBalancer,
): PutMetricAlarmInput {
  const sum = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: { Namespace: NAMESPACE, MetricName, Dimensions: trafficDimensions(loadBalancer) },
      Period: 60,
      Stat: 'Sum',
    },
  });
  return {
    AlarmName,
    AlarmDescription: `${service} target 5xx above 5 percent`,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    Threshold: 5,
    TreatMissingData: 'notBreaching',
    Metrics: [
      {
        Id: 'rate',
        Expression: 'IF(req>=20, 100*FILL(err,0)/req, 0)',
        Label: '5xx rate (%)',
        ReturnData: true,
      },
      sum('err', 'HTTPCode_Target_5XX_Count'),
      sum('req', 'RequestCount'),
    ],
  };
}

export function unhealthyHostsAlarm(
  AlarmName: string,
  service: string,
  loadBalancer: LoadBalancer,
): PutMetricAlarmInput {
  return {
    AlarmName,
    AlarmDescription: `${service} has at least one unhealthy target`,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: 1,
    TreatMissingData: 'notBreaching',
    // One node stands for the whole load balancer here, and ECS is done within two minutes: the
    // earliest signal.
    ...hosts(loadBalancer, 'UnHealthyHostCount', 'Maximum'),
  };
}

export function slowAlarm(
  AlarmName: string,
  service: string,
  loadBalancer: LoadBalancer,
): PutMetricAlarmInput {
  return {
    AlarmName,
    AlarmDescription: `${service} needs more than 1 second for a tenth of its answers`,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    Threshold: 1,
    TreatMissingData: 'notBreaching',
    Namespace: NAMESPACE,
    MetricName: 'TargetResponseTime',
    Dimensions: trafficDimensions(loadBalancer),
    Period: 60,
    ExtendedStatistic: 'p90',
  };
}

/** Fewer healthy targets than the service wants; no target at all gives no data, which is worse. */
export function healthyHostsAlarm(
  AlarmName: string,
  service: string,
  loadBalancer: LoadBalancer,
  wanted: number,
): PutMetricAlarmInput {
  return {
    AlarmName,
    AlarmDescription: `${service} has fewer than ${wanted} healthy targets`,
    ComparisonOperator: 'LessThanThreshold',
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    Threshold: wanted,
    TreatMissingData: 'breaching',
    ...hosts(loadBalancer, 'HealthyHostCount', 'Minimum'),
  };
}

export function groupDimensions(
  loadBalancer: LoadBalancer,
  group: TargetGroup,
): { readonly LoadBalancer: string; readonly TargetGroup: string } {
  return { LoadBalancer: loadBalancer.dimension, TargetGroup: group.dimension };
}

/** Of the one group, or of the whole load balancer where production changes between two. */
function trafficDimensions(loadBalancer: LoadBalancer): Dimension[] {
  const [group, ...others] = loadBalancer.targetGroups;
  if (group === undefined || others.length > 0) {
    return [{ Name: 'LoadBalancer', Value: loadBalancer.dimension }];
  }
  return asList(groupDimensions(loadBalancer, group));
}

/** Host counts exist for each group only: with two of them they are added up. */
function hosts(
  loadBalancer: LoadBalancer,
  MetricName: string,
  stat: 'Minimum' | 'Maximum',
): Partial<PutMetricAlarmInput> {
  const Namespace = NAMESPACE;
  const [group, ...others] = loadBalancer.targetGroups;
  if (group !== undefined && others.length === 0) {
    const Dimensions = asList(groupDimensions(loadBalancer, group));
    return { Namespace, MetricName, Dimensions, Period: 60, Statistic: stat };
  }
  const of = (targetGroup: TargetGroup, index: number) => ({
    Id: IDS[index] ?? '',
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace,
        MetricName,
        Dimensions: asList(groupDimensions(loadBalancer, targetGroup)),
      },
      Period: 60,
      Stat: stat,
    },
  });
  const ids = loadBalancer.targetGroups.map((_, index) => `FILL(${IDS[index] ?? ''},0)`);
  return {
    Metrics: [
      { Id: 'hosts', Expression: ids.join('+'), Label: MetricName, ReturnData: true },
      ...loadBalancer.targetGroups.map(of),
    ],
  };
}

function asList(dimensions: Readonly<Record<string, string>>): Dimension[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}
