/** One tier of the site: an ECS service behind a load balancer of its own. */
import type { SiteSettings } from '../../drill/definition.ts';
import type { MetricStore } from '../cloudwatch/metric-store.ts';
import type { EcsControlPlane } from '../ecs/control-plane.ts';
import {
  isHealthy,
  liveTasks,
  type ServiceRecord,
  type TaskDefinitionSpec,
  type TaskRecord,
} from '../ecs/model.ts';
import { LoadBalancer } from '../elb/load-balancer.ts';
import { TargetGroup } from '../elb/target-group.ts';
import type { LabEvents } from '../events.ts';
import { CLUSTER, DRILL_TOKEN } from '../names.ts';
import type { TimeFactor } from '../time-factor.ts';

export interface TierOptions {
  readonly name: string;
  readonly loadBalancerName: string;
  readonly logGroup: string;
  /** What it calls on every real request. */
  readonly catalogUrl: string;
  readonly settings: SiteSettings & { readonly tasks: number };
  readonly time: TimeFactor;
  readonly events: LabEvents;
  readonly metrics: MetricStore;
  readonly plane: EcsControlPlane;
}

const GRACE_SECONDS = 30;
/** How long a task serves on after SIGTERM: longer than its target needs to leave. */
const DRAIN_SECONDS = 10;
/**
 * How long a task waits for what it calls; the machine's own milliseconds, as a dependency's are.
 * Less than the load balancer waits for the task: one that is slow must not look silent.
 */
const CATALOG_TIMEOUT_MS = 2_500;

export class TierStack {
  readonly loadBalancer: LoadBalancer;
  readonly service: ServiceRecord;
  /** The release that every other one is a change of. */
  readonly good: TaskDefinitionSpec;

  private constructor(parts: Pick<TierStack, 'loadBalancer' | 'service' | 'good'>) {
    this.loadBalancer = parts.loadBalancer;
    this.service = parts.service;
    this.good = parts.good;
  }

  static async open(options: TierOptions): Promise<TierStack> {
    const { name, time, events, metrics, settings } = options;
    const byCodeDeploy = settings.controller === 'CODE_DEPLOY';
    const group = (suffix: string) =>
      new TargetGroup({ name: `${name}-tg${suffix}`, time, events });
    const targetGroup = group('');
    const loadBalancer = new LoadBalancer({
      name: options.loadBalancerName,
      targetGroup,
      ...(byCodeDeploy ? { alternateTargetGroup: group('-2') } : {}),
      metrics,
      time,
    });
    await loadBalancer.listen();
    const good = goodRelease(options);
    const service = options.plane.createService({
      name,
      cluster: CLUSTER,
      controller: settings.controller ?? 'ECS',
      desiredCount: settings.tasks,
      targetGroup,
      healthCheckGracePeriodSeconds: Math.ceil(
        time.seconds(settings.graceSeconds ?? GRACE_SECONDS) / 1_000,
      ),
      deploymentConfiguration: {
        minimumHealthyPercent: settings.minimumHealthyPercent ?? 100,
        maximumPercent: settings.maximumPercent ?? 200,
      },
      replacesUnhealthy: settings.replacesUnhealthy ?? true,
      taskDefinition: good,
    });
    return new TierStack({ loadBalancer, service, good });
  }

  /** Tasks that are meant to run, in the order in which they were started. */
  tasks(): readonly TaskRecord[] {
    return liveTasks(this.service);
  }

  healthyTasks(): readonly TaskRecord[] {
    return this.tasks().filter(isHealthy);
  }

  isUp(): boolean {
    return this.healthyTasks().length === this.service.desiredCount;
  }

  async close(): Promise<void> {
    for (const group of this.loadBalancer.targetGroups) group.close();
    await this.loadBalancer.close();
  }
}

function goodRelease({ name, logGroup, catalogUrl, time }: TierOptions): TaskDefinitionSpec {
  return {
    family: name,
    logGroup,
    env: {
      CATALOG_URL: catalogUrl,
      CATALOG_TIMEOUT_MS: String(CATALOG_TIMEOUT_MS),
      SERVICE_NAME: name,
      DRILLS_ENABLED: 'true',
      DRILL_TOKEN,
      DRAIN_MS: String(Math.round(time.seconds(DRAIN_SECONDS))),
    },
  };
}
