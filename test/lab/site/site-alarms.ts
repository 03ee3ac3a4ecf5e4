/** The site's alarms: made with it, and one of them when its tasks are up. */
import type { Alarms } from '../cloudwatch/alarms.ts';
import {
  BACKEND,
  BACKEND_ERROR_RATE_ALARM,
  BACKEND_HEALTHY_HOSTS_ALARM,
  BACKEND_SLOW_ALARM,
  BACKEND_UNHEALTHY_ALARM,
  COMPOSITE_ALARM,
  ERROR_RATE_ALARM,
  HEALTHY_HOSTS_ALARM,
  SERVICE,
  SLOW_ALARM,
  UNHEALTHY_ALARM,
} from '../names.ts';
import type { TimeFactor } from '../time-factor.ts';
import {
  errorRateAlarm,
  groupDimensions,
  healthyHostsAlarm,
  slowAlarm,
  unhealthyHostsAlarm,
} from './alarms.ts';
import type { Tiers } from './open-tiers.ts';
import type { TierStack } from './tier.ts';

const LOOK_EVERY_SECONDS = 5;
/** More than any alarm of the site looks back. */
const MINUTES_BEFORE = 6;

export interface SiteAlarmsOptions extends Tiers {
  readonly time: TimeFactor;
  readonly alarms: Alarms;
}

/** What the alarms of one tier are called. */
interface Names {
  readonly service: string;
  readonly errorRate: string;
  readonly unhealthy: string;
  readonly slow: string;
  readonly healthyHosts: string;
}

const FRONT: Names = {
  service: SERVICE,
  errorRate: ERROR_RATE_ALARM,
  unhealthy: UNHEALTHY_ALARM,
  slow: SLOW_ALARM,
  healthyHosts: HEALTHY_HOSTS_ALARM,
};
const BEHIND: Names = {
  service: BACKEND,
  errorRate: BACKEND_ERROR_RATE_ALARM,
  unhealthy: BACKEND_UNHEALTHY_ALARM,
  slow: BACKEND_SLOW_ALARM,
  healthyHosts: BACKEND_HEALTHY_HOSTS_ALARM,
};

export class SiteAlarms {
  /** Those that guard a service: a change of them reaches the healer. */
  readonly names: readonly string[];
  readonly #alarms: Alarms;
  readonly #untilUp = new Set<NodeJS.Timeout>();

  constructor({ alarms, front, backend, time }: SiteAlarmsOptions) {
    this.#alarms = alarms;
    const own = this.#guard(front, FRONT, time);
    alarms.putCompositeAlarm({
      AlarmName: COMPOSITE_ALARM,
      AlarmRule: `ALARM(${UNHEALTHY_ALARM}) OR ALARM(${ERROR_RATE_ALARM})`,
    });
    this.names = backend === undefined ? own : [...own, ...this.#guard(backend, BEHIND, time)];
  }

  close(): void {
    for (const timer of this.#untilUp) clearInterval(timer);
  }

  #guard(tier: TierStack, names: Names, time: TimeFactor): readonly string[] {
    const { service, errorRate, unhealthy, slow, healthyHosts } = names;
    const { loadBalancer } = tier;
    this.#alarms.putMetricAlarm(errorRateAlarm(errorRate, service, loadBalancer));
    this.#alarms.putMetricAlarm(unhealthyHostsAlarm(unhealthy, service, loadBalancer));
    this.#alarms.putMetricAlarm(slowAlarm(slow, service, loadBalancer));
    const timer = setInterval(() => {
      if (!tier.isUp()) return;
      clearInterval(timer);
      this.#guardHosts(tier, names);
    }, time.seconds(LOOK_EVERY_SECONDS));
    this.#untilUp.add(timer);
    return [errorRate, unhealthy, slow, healthyHosts];
  }

  /**
   * The lab begins with a service that has run for long: what its start did to the host counts is
   * no part of the story, and would raise the alarm.
   */
  #guardHosts({ loadBalancer, service }: TierStack, names: Names): void {
    const [group] = loadBalancer.targetGroups;
    if (group === undefined) return;
    const dimensions = groupDimensions(loadBalancer, group);
    const metric = { namespace: 'AWS/ApplicationELB', name: 'HealthyHostCount', dimensions };
    // Infrastructure code wrote this number down; whoever scales by hand does not change it.
    const wanted = service.desiredCount;
    this.#alarms.metrics.rewrite(metric, wanted, MINUTES_BEFORE);
    this.#alarms.putMetricAlarm(
      healthyHostsAlarm(names.healthyHosts, names.service, loadBalancer, wanted),
    );
  }
}
