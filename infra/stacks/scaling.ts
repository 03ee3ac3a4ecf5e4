/** Autoscaling on CPU and on requests per task. */
import { Duration } from 'aws-cdk-lib';
import { CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FargateService, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import type { Settings } from './settings.ts';
import { sum, type TargetGroups } from './target-groups.ts';

const SCALE_OUT_COOLDOWN = Duration.seconds(60);
/** Longer: capacity that goes too early comes back too late. */
const SCALE_IN_COOLDOWN = Duration.minutes(5);
const PERIOD = Duration.minutes(1);

/**
 * Lets the service grow with its load, down to the desired count.
 *
 * A resting service has no scalable target: its least count would wake the service up.
 */
export function scale(service: FargateService, groups: TargetGroups, settings: Settings): void {
  const { desiredCount, maxCount, cpuPercent, requestsPerMinute } = settings;
  if (desiredCount === 0) return;
  const target = service.autoScaleTaskCount({ minCapacity: desiredCount, maxCapacity: maxCount });
  const cooldowns = { scaleInCooldown: SCALE_IN_COOLDOWN, scaleOutCooldown: SCALE_OUT_COOLDOWN };
  target.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: cpuPercent, ...cooldowns });
  if (groups.green === undefined) {
    target.scaleOnRequestCount('Requests', {
      targetGroup: groups.blue,
      requestsPerTarget: requestsPerMinute,
      ...cooldowns,
    });
  } else scaleOnBothGroups(target, groups, requestsPerMinute);
}

/**
 * `ALBRequestCountPerTarget` is bound to one target group, which has no requests after the groups
 * were swapped: the service would shrink to its least count under full load. So both are counted,
 * by metric math, which CDK's own class does not offer for target tracking.
 */
function scaleOnBothGroups(target: ScalableTaskCount, groups: TargetGroups, perTask: number): void {
  const requests = groups.metricsRequests(PERIOD);
  const healthy = groups.metricsHealthy(PERIOD);
  // Nobody healthy gives no data, on which no policy acts.
  const expression = `${sum(requests)} / ${sum(healthy)}`;
  new CfnScalingPolicy(target, 'Requests', {
    policyName: 'requests-of-both-groups',
    policyType: 'TargetTrackingScaling',
    scalingTargetId: target.scalableTargetRef.resourceId,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: perTask,
      scaleInCooldown: SCALE_IN_COOLDOWN.toSeconds(),
      scaleOutCooldown: SCALE_OUT_COOLDOWN.toSeconds(),
      customizedMetricSpecification: {
        metrics: [
          ...Object.entries({ ...requests, ...healthy }).map(([id, metric]) => query(id, metric)),
          { id: 'perTask', expression, label: 'requests for each task', returnData: true },
        ],
      },
    },
  });
}

function query(id: string, metric: Metric): CfnScalingPolicy.TargetTrackingMetricDataQueryProperty {
  const { namespace, metricName, dimensions, statistic } = metric;
  return {
    id,
    returnData: false,
    metricStat: {
      stat: statistic,
      metric: {
        namespace,
        metricName,
        dimensions: Object.entries(dimensions ?? {}).map(([name, value]) => ({
          name,
          value: String(value),
        })),
      },
    },
  };
}
