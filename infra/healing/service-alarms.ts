/** The alarms that speak for a service that brings none. */
import { Duration, Fn, Token } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import {
  ApplicationTargetGroup,
  type IApplicationTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';

/** When the alarms that are made for a service ring. */
export interface ServiceAlarmOptions {
  /**
   * Share of requests that the service answers with 5xx, in per cent.
   *
   * @default 5: one ill task of ten fails ten per cent of the requests
   */
  readonly errorPercent?: number;
  /**
   * Requests a minute below which no error share is worked out.
   *
   * @default 50: among fewer, two errors are above five per cent by accident
   */
  readonly minRequests?: number;
  /**
   * Response time that nineteen of twenty requests must stay below.
   *
   * @default - no alarm: how slow is too slow differs from service to service
   */
  readonly latency?: Duration;
  /**
   * Healthy targets, over all target groups, that there must be.
   *
   * It is the only alarm that rings when no task is registered at all.
   *
   * @default - no alarm: a service that may rest at no tasks would ring it
   */
  readonly minHealthyTargets?: number;
  /**
   * Minutes that the alarm looks at; two of them must be bad, or all but one when they are more
   * than three.
   *
   * @default 3: a single bad minute is not an incident
   */
  readonly minutes?: number;
}

/** ALB publishes each minute. */
const PERIOD = Duration.minutes(1);
/** An alarm holds ten metrics: two of each group, and the sum. */
const GROUPS_MAX = 4;
/** AWS advises more than one data point. */
const UNHEALTHY_MINUTES = 2;
/** A task that ECS replaces is missing for a minute, which is no incident. */
const FEW_MINUTES = 3;

interface Group {
  /** `targetgroup/<name>/<id>`, as metrics name it. */
  readonly name: string;
  readonly loadBalancer: string;
}

/**
 * Makes the alarms of all target groups together: under blue/green requests move from one to the
 * other.
 */
export function makeServiceAlarms(
  scope: Construct,
  targetGroups: readonly IApplicationTargetGroup[],
  options: ServiceAlarmOptions,
): readonly Alarm[] {
  const groups = groupsOf(targetGroups);
  const { minutes = 3 } = options;
  const shape = {
    evaluationPeriods: minutes,
    datapointsToAlarm: minutes > 2 ? minutes - 1 : minutes,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  };
  const errors = new Alarm(scope, 'ErrorRate', {
    ...shape,
    alarmDescription: 'Share of requests that the service answers with 5xx',
    metric: errorRate(groups, options.minRequests ?? 50),
    threshold: options.errorPercent ?? 5,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  });
  const unhealthy = groups.map((group, index) => makeUnhealthy(scope, group, index));
  const { latency, minHealthyTargets } = options;
  const slow = latency === undefined ? [] : makeSlow(scope, groups, latency, shape);
  const few = minHealthyTargets === undefined ? [] : [makeFew(scope, groups, minHealthyTargets)];
  return [errors, ...unhealthy, ...slow, ...few];
}

type Shape = Pick<AlarmProps, 'evaluationPeriods' | 'datapointsToAlarm' | 'treatMissingData'>;

function makeSlow(
  scope: Construct,
  groups: readonly Group[],
  latency: Duration,
  shape: Shape,
): readonly Alarm[] {
  return groups.map(
    (group, index) =>
      new Alarm(scope, `Latency${index + 1}`, {
        ...shape,
        alarmDescription: 'Response time that nineteen of twenty requests stay below',
        metric: metric(group, 'TargetResponseTime', 'p95'),
        threshold: latency.toMilliseconds() / 1_000,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      }),
  );
}

/** Of all groups together: each deployment empties one of a pair. */
function makeFew(scope: Construct, groups: readonly Group[], threshold: number): Alarm {
  if (!Token.isUnresolved(threshold) && !(Number.isInteger(threshold) && threshold > 0)) {
    throw new Error(`minHealthyTargets: got ${threshold}, wanted a whole number from 1`);
  }
  const usingMetrics = Object.fromEntries(
    groups.map((group, index) => [`healthy${index}`, metric(group, 'HealthyHostCount', 'Minimum')]),
  );
  const filled = Object.keys(usingMetrics).map((name) => `FILL(${name}, 0)`);
  return new Alarm(scope, 'FewHealthyTargets', {
    alarmDescription: 'Tasks that pass the health check of the load balancer are too few',
    metric: new MathExpression({
      expression: filled.join(' + '),
      usingMetrics,
      period: PERIOD,
      label: 'Healthy targets',
    }),
    threshold,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: FEW_MINUTES,
    datapointsToAlarm: FEW_MINUTES - 1,
    // A group without any target has no count, which is the worst that there is.
    treatMissingData: TreatMissingData.BREACHING,
  });
}

function makeUnhealthy(scope: Construct, group: Group, index: number): Alarm {
  return new Alarm(scope, `UnhealthyTargets${index + 1}`, {
    alarmDescription: 'Tasks that fail the health check of the load balancer',
    // The least of all load balancer nodes: they all agree.
    metric: metric(group, 'UnHealthyHostCount', 'Minimum'),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: UNHEALTHY_MINUTES,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}

/** In per cent. A group without requests, and one without errors, publishes nothing. */
function errorRate(groups: readonly Group[], minRequests: number): MathExpression {
  const usingMetrics: Record<string, IMetric> = {};
  for (const [index, group] of groups.entries()) {
    usingMetrics[`requests${index}`] = metric(group, 'RequestCount', 'Sum');
    usingMetrics[`errors${index}`] = metric(group, 'HTTPCode_Target_5XX_Count', 'Sum');
  }
  const sum = (name: string): string =>
    `(${groups.map((_, index) => `FILL(${name}${index}, 0)`).join(' + ')})`;
  const requests = sum('requests');
  return new MathExpression({
    expression: `IF(${requests} >= ${minRequests}, 100 * ${sum('errors')} / ${requests}, 0)`,
    usingMetrics,
    period: PERIOD,
    label: 'Requests answered with 5xx, in per cent',
  });
}

function metric(group: Group, metricName: string, statistic: string): Metric {
  return new Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    statistic,
    period: PERIOD,
    dimensionsMap: { TargetGroup: group.name, LoadBalancer: group.loadBalancer },
  });
}

function groupsOf(targetGroups: readonly IApplicationTargetGroup[]): readonly Group[] {
  if (targetGroups.length > GROUPS_MAX) {
    throw new Error(
      `${targetGroups.length} target groups, one alarm holds ${GROUPS_MAX}: bring your own alarms`,
    );
  }
  const balancers = targetGroups.map(loadBalancerOf);
  // The group that waits for the next deployment may have no listener yet; both have the same load
  // balancer.
  const any = balancers.find((name) => name !== undefined);
  return targetGroups.map((group, index) => {
    const loadBalancer = balancers[index] ?? any;
    if (loadBalancer === undefined) {
      throw new Error(
        `target group ${group.node.path} has no load balancer: attach it before guard(), or ` +
          'import it with fromTargetGroupAttributes({ targetGroupArn, loadBalancerArns })',
      );
    }
    return { name: Fn.select(5, Fn.split(':', group.targetGroupArn)), loadBalancer };
  });
}

/** `app/<name>/<id>`, as metrics name it. */
function loadBalancerOf(group: IApplicationTargetGroup): string | undefined {
  if (group instanceof ApplicationTargetGroup) {
    try {
      return group.firstLoadBalancerFullName;
    } catch {
      return undefined;
    }
  }
  const arns = group.loadBalancerArns;
  if (Token.isUnresolved(arns) && !arns.includes('loadbalancer/')) return undefined;
  const [first = ''] = arns.split(',');
  return Fn.select(1, Fn.split('loadbalancer/', first));
}
