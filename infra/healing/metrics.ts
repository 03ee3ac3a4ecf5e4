/** The metrics that the functions write, by the names and dimensions that they write them with. */
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../functions/core/environment-variables.ts';
import type { ServiceGuard } from './service-guard.ts';

/** Of `remediate`, unless the dimensions name another. */
export function ownMetric(
  metricName: string,
  dimensions: Readonly<Record<string, string>> = {},
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    statistic: 'Sum',
    ...options,
    dimensionsMap: { service: 'remediate', ...dimensions, ...options.dimensionsMap },
  });
}

/**
 * What a healer counts.
 *
 * Incidents are counted over all services of the account and Region; give
 * `dimensionsMap: { guarded: guard.serviceId }` for those of one service.
 *
 * @internal Other languages see these as methods of `SelfHealing`.
 */
export abstract class HealerMetrics extends Construct {
  /** Recoveries that a stop is to be thanked for: the untouched tasks were well all along. */
  metricHealed(options: MetricOptions = {}): Metric {
    return this.#metric('Healed', {}, options);
  }

  /** Recoveries, with and without a stop. */
  metricRecovered(options: MetricOptions = {}): Metric {
    return this.#metric('Recovered', {}, options);
  }

  /** Incidents that were handed to a human, each time that they were. */
  metricEscalated(options: MetricOptions = {}): Metric {
    return this.#metric('Escalated', {}, options);
  }

  /** Decisions to wait, once for each reason in a row, however often it was looked again. */
  metricHeld(options: MetricOptions = {}): Metric {
    return this.#metric('Held', {}, options);
  }

  /** Tasks that were stopped. */
  metricStopped(options: MetricOptions = {}): Metric {
    return this.#metric('Stopped', {}, options);
  }

  /** Milliseconds from the alarm to the proof that all is well; their median by default. */
  metricTimeToRecover(options: MetricOptions = {}): Metric {
    return this.#metric('TimeToRecover', {}, { statistic: 'p50', ...options });
  }

  /**
   * Drills that passed, of all services together.
   *
   * The function `drill` counts its own. Whoever runs one without it counts it when it passed, which
   * `grantDrill` allows, such as by `aws cloudwatch put-metric-data --namespace EcsSelfHealing
   * --metric-name DrillsPassed --dimensions service=drill --value 1`.
   */
  metricDrillsPassed(options: MetricOptions = {}): Metric {
    return drillsPassed(options).attachTo(this);
  }

  /**
   * Decisions on one service of one kind, such as `act` or `hold` and the reason of it (`none` for
   * an act).
   */
  metricVerdicts(
    guard: ServiceGuard,
    verdict: string,
    reason: string,
    options: MetricOptions = {},
  ): Metric {
    return this.#metric('Verdicts', { guarded: guard.serviceId, verdict, reason }, options);
  }

  /** Failures of remediate by their code, such as `dependency.unavailable`. */
  metricFailures(code: string, options: MetricOptions = {}): Metric {
    return this.#metric('Failures', { code }, options);
  }

  /**
   * Whether a look could read all that a decision needs, 1 or 0: of each decision, and of the
   * watchdog. Its highest by default.
   */
  metricAbleToRead(options: MetricOptions = {}): Metric {
    return this.#metric('AbleToRead', {}, { statistic: 'Maximum', ...options });
  }

  /** Looks of the watchdog that could not read all of their service. */
  metricUnreadableServices(options: MetricOptions = {}): Metric {
    return this.#metric('UnreadableServices', {}, options);
  }

  /** Milliseconds from an event to its decision, all reads included; their p95 by default. */
  metricDecisionTime(options: MetricOptions = {}): Metric {
    return this.#metric('DecisionTime', {}, { statistic: 'p95', ...options });
  }

  /** Bytes of logs that were read to find ill tasks: what the healing costs most. */
  metricLogBytesScanned(options: MetricOptions = {}): Metric {
    return this.#metric('LogBytesScanned', {}, options);
  }

  #metric(metricName: string, dimensions: Record<string, string>, options: MetricOptions): Metric {
    return ownMetric(metricName, dimensions, options).attachTo(this);
  }
}

export function drillsPassed(options: MetricOptions = {}): Metric {
  return ownMetric('DrillsPassed', { service: 'drill' }, options);
}
