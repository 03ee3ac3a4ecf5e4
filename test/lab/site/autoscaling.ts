/** Target tracking as Application Auto Scaling does it, for one metric: response time. */
import type { MetricStore } from '../cloudwatch/metric-store.ts';
import type { EcsControlPlane } from '../ecs/control-plane.ts';
import type { TimeFactor } from '../time-factor.ts';
import type { TierStack } from './tier.ts';

/** Average of the last minute above which one more task is wanted. */
const SLOW_SECONDS = 0.5;
const EVERY_SECONDS = 60;

export interface AutoscalingOptions {
  readonly time: TimeFactor;
  readonly metrics: MetricStore;
  readonly plane: EcsControlPlane;
  readonly tier: TierStack;
  readonly most: number;
}

/** Scales out by one task in each minute that was slow. @returns a function that ends it. */
export function startAutoscaling(options: AutoscalingOptions): () => void {
  const { time, plane, tier, most } = options;
  const timer = setInterval(() => {
    const { desiredCount } = tier.service;
    if (desiredCount < most && isSlow(options)) plane.scale(tier.service, desiredCount + 1);
  }, time.seconds(EVERY_SECONDS));
  return () => clearInterval(timer);
}

function isSlow({ metrics, tier }: AutoscalingOptions): boolean {
  const [point] = metrics.series({
    metric: {
      namespace: 'AWS/ApplicationELB',
      name: 'TargetResponseTime',
      dimensions: { LoadBalancer: tier.loadBalancer.dimension },
    },
    stat: 'Average',
    periodSeconds: EVERY_SECONDS,
    lastMinute: metrics.minuteAt(Date.now()) - 1,
    count: 1,
  });
  return point !== undefined && point.value > SLOW_SECONDS;
}
