/** How CloudWatch turns data points into an alarm state, as a pure function. */
import type { ComparisonOperator, StateValue } from '@aws-sdk/client-cloudwatch';
import type { Series } from './metric-math.ts';

export const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
type Treatment = (typeof TREATMENTS)[number];

export interface AlarmRule {
  readonly comparison: StaticComparison;
  readonly threshold: number;
  /** N: how many points are looked at. */
  readonly evaluationPeriods: number;
  /** M: how many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: Treatment;
}

export type StaticComparison = Exclude<
  ComparisonOperator,
  | 'GreaterThanUpperThreshold'
  | 'LessThanLowerOrGreaterThanUpperThreshold'
  | 'LessThanLowerThreshold'
>;

export interface Evaluation {
  readonly state: StateValue;
  /** Positions in the series of the real points that decided, newest first. */
  readonly used: readonly number[];
  /** How many points were made up by the treatment of missing data. */
  readonly filled: number;
}

/** CloudWatch looks at more points than N, so that late or missing ones need not be made up. */
export const EXTRA_POINTS = 2;

export function breaches({ comparison, threshold }: AlarmRule, value: number): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}

/**
 * Evaluates the newest points of a series, which is as long as the evaluation range (N and the
 * extra points).
 *
 * With at least N real points the newest N decide and missing ones do not matter. With fewer, the
 * gap is filled as the alarm's treatment says.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluateAlarm(range: Series, rule: AlarmRule, current: StateValue): Evaluation {
  const real = range
    .map((value, index) => ({ value, index }))
    .filter((point): point is { value: number; index: number } => point.value !== undefined)
    .toReversed()
    .slice(0, rule.evaluationPeriods);
  const filled = rule.evaluationPeriods - real.length;
  const breaching = real.filter(({ value }) => breaches(rule, value));
  const ages = breaching.map(({ index }) => range.length - index);
  const counts = { real: real.length, breaching: breaching.length, filled, ages };
  const state = filled === 0 ? decide(rule, counts.breaching) : decideFilled(rule, counts, current);
  return { state, used: real.map(({ index }) => index), filled };
}

interface Counts {
  readonly real: number;
  readonly breaching: number;
  readonly filled: number;
  /** Age in periods of each breaching point; the newest point has age 1. */
  readonly ages: readonly number[];
}

function decide({ datapointsToAlarm }: AlarmRule, breaching: number): StateValue {
  return breaching >= datapointsToAlarm ? 'ALARM' : 'OK';
}

function decideFilled(rule: AlarmRule, counts: Counts, current: StateValue): StateValue {
  const { real, breaching, filled } = counts;
  switch (rule.treatMissingData) {
    case 'breaching':
      return decide(rule, breaching + filled);
    case 'notBreaching':
      return decide(rule, breaching);
    case 'ignore':
      if (breaching >= rule.datapointsToAlarm) return 'ALARM';
      return real > breaching ? 'OK' : current;
    case 'missing':
      if (real === 0) return 'INSUFFICIENT_DATA';
      if (breaching >= rule.datapointsToAlarm) return 'ALARM';
      if (real > breaching) return 'OK';
      // Only breaching points, too few of them: waiting longer would not help once the oldest is as
      // old as M.
      return Math.max(...counts.ages) >= rule.datapointsToAlarm ? 'ALARM' : current;
  }
}
