/** Where the load balancer finds the tasks: one group, or a pair that deployments swap. */
import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';
import { CONTAINER_PORT } from './task.ts';

const HEALTHY_COUNT = 2;
/** Three: one lost answer under load is no illness, and a kill there makes the load worse. */
const UNHEALTHY_COUNT = 3;
/** Longest request that a target on its way out may finish; the default of 300 s slows deploys. */
const DEREGISTRATION_DELAY = Duration.seconds(30);

/** Few requests prove nothing: one error of two is 50 %. */
const REQUESTS_MIN = 20;

interface TargetGroupsProps {
  readonly vpc: IVpc;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly settings: Settings;
}

export class TargetGroups extends Construct {
  readonly blue: ApplicationTargetGroup;
  readonly green: ApplicationTargetGroup | undefined;

  readonly #loadBalancer: ApplicationLoadBalancer;

  constructor(scope: Construct, id: string, props: TargetGroupsProps) {
    super(scope, id);
    const { vpc, loadBalancer, settings } = props;
    this.#loadBalancer = loadBalancer;
    this.blue = this.#make('Blue', vpc, settings);
    if (settings.deployment !== 'rolling') this.green = this.#make('Green', vpc, settings);
  }

  get all(): readonly ApplicationTargetGroup[] {
    return this.green === undefined ? [this.blue] : [this.blue, this.green];
  }

  /** What a new listener rule says; afterwards deployments change the rule, outside the stack. */
  forward(settings: Settings): ListenerAction {
    if (settings.deployment !== 'blue-green' || this.green === undefined) {
      return ListenerAction.forward([this.blue]);
    }
    // ECS moves the weights of a rule, so both groups must be in it from the start.
    return ListenerAction.weightedForward([
      { targetGroup: this.blue, weight: 100 },
      { targetGroup: this.green, weight: 0 },
    ]);
  }

  /** Share of requests that the tasks answered with 5xx, in percent, over both groups. */
  metricErrorRate(period: Duration): IMetric {
    const errors = this.#each('errors', 'HTTPCode_Target_5XX_Count', 'Sum', period);
    const requests = this.metricsRequests(period);
    const rate = `100 * ${sum(errors)} / ${sum(requests)}`;
    return new MathExpression({
      label: 'errors of tasks, %',
      period,
      expression: `IF(${sum(requests)} >= ${REQUESTS_MIN}, ${rate}, 0)`,
      usingMetrics: { ...errors, ...requests },
    });
  }

  metricsRequests(period: Duration): Record<string, Metric> {
    return this.#each('requests', 'RequestCount', 'Sum', period);
  }

  metricsHealthy(period: Duration): Record<string, Metric> {
    return this.#each('healthy', 'HealthyHostCount', 'Average', period);
  }

  /** By hand: CDK gives no metrics of a group that only CodeDeploy puts behind a listener. */
  #each(
    id: string,
    metricName: string,
    statistic: string,
    period: Duration,
  ): Record<string, Metric> {
    const namespace = 'AWS/ApplicationELB';
    const LoadBalancer = this.#loadBalancer.loadBalancerFullName;
    const metrics = this.all.map(({ targetGroupFullName: TargetGroup }, at) => {
      const dimensionsMap = { LoadBalancer, TargetGroup };
      return [
        `${id}${at}`,
        new Metric({ namespace, metricName, statistic, period, dimensionsMap }),
      ] as const;
    });
    return Object.fromEntries(metrics);
  }

  #make(id: string, vpc: IVpc, { health }: Settings): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, id, {
      vpc,
      // Fargate tasks have addresses, no instances.
      targetType: TargetType.IP,
      protocol: ApplicationProtocol.HTTP,
      port: CONTAINER_PORT,
      deregistrationDelay: DEREGISTRATION_DELAY,
      healthCheck: {
        path: '/health',
        healthyHttpCodes: '200',
        interval: Duration.seconds(health.intervalSeconds),
        timeout: Duration.seconds(health.timeoutSeconds),
        healthyThresholdCount: HEALTHY_COUNT,
        unhealthyThresholdCount: UNHEALTHY_COUNT,
      },
    });
  }
}

/**
 * Adds up metrics of which some have no data: the group without tasks has none, and a plain `+`
 * would then have none either.
 */
export function sum(metrics: Record<string, Metric>): string {
  const filled = Object.keys(metrics).map((id) => `FILL(${id}, 0)`);
  return `SUM([${filled.join(', ')}])`;
}
