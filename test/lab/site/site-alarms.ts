/** The site's alarms: made with it, and one of them when its tasks are up. */
import type { Alarms } from '../cloudwatch/alarms.ts';
import {
  BACKEND,
  BACKEND_ERROR_RATE_ALARM,
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

export class SiteAlarms {
  /** Those that guard a service: a change of them reaches the healer. */
  readonly names: readonly string[];
  readonly #alarms: Alarms;
  readonly #front: TierStack;
  readonly #untilUp: NodeJS.Timeout;

  constructor({ alarms, front, backend, time }: SiteAlarmsOptions) {
    this.#alarms = alarms;
    this.#front = front;
    alarms.putMetricAlarm(errorRateAlarm(ERROR_RATE_ALARM, SERVICE, front.loadBalancer));
    alarms.putMetricAlarm(unhealthyHostsAlarm(UNHEALTHY_ALARM, SERVICE, front.loadBalancer));
    alarms.putMetricAlarm(slowAlarm(SLOW_ALARM, SERVICE, front.loadBalancer));
    alarms.putCompositeAlarm({
      AlarmName: COMPOSITE_ALARM,
      AlarmRule: `ALARM(${UNHEALTHY_ALARM}) OR ALARM(${ERROR_RATE_ALARM})`,
    });
    const names = [ERROR_RATE_ALARM, UNHEALTHY_ALARM, SLOW_ALARM, HEALTHY_HOSTS_ALARM];
    this.names = backend === undefined ? names : [...names, ...this.#guardBackend(backend)];
    this.#untilUp = setInterval(() => {
      if (front.isUp()) this.#guardHosts();
    }, time.seconds(LOOK_EVERY_SECONDS));
  }

  close(): void {
    clearInterval(this.#untilUp);
  }

  #guardBackend({ loadBalancer }: TierStack): readonly string[] {
    this.#alarms.putMetricAlarm(errorRateAlarm(BACKEND_ERROR_RATE_ALARM, BACKEND, loadBalancer));
    this.#alarms.putMetricAlarm(
      unhealthyHostsAlarm(BACKEND_UNHEALTHY_ALARM, BACKEND, loadBalancer),
    );
    return [BACKEND_ERROR_RATE_ALARM, BACKEND_UNHEALTHY_ALARM];
  }

  /**
   * The lab begins with a service that has run for long: what its start did to the host counts is
   * no part of the story, and would raise the alarm.
   */
  #guardHosts(): void {
    this.close();
    const { loadBalancer, service } = this.#front;
    const [group] = loadBalancer.targetGroups;
    if (group === undefined) return;
    const dimensions = groupDimensions(loadBalancer, group);
    const metric = { namespace: 'AWS/ApplicationELB', name: 'HealthyHostCount', dimensions };
    // Infrastructure code wrote this number down; whoever scales by hand does not change it.
    const wanted = service.desiredCount;
    this.#alarms.metrics.rewrite(metric, wanted, MINUTES_BEFORE);
    this.#alarms.putMetricAlarm(
      healthyHostsAlarm(HEALTHY_HOSTS_ALARM, SERVICE, loadBalancer, wanted),
    );
  }
}
