/** What ends a deployment: users get errors. */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { TargetGroups } from './target-groups.ts';
import type { Tier } from './tier.ts';

const PERIOD = Duration.minutes(1);
/** With steps of 10 % a minute, two minutes let a broken release reach a fifth of the users. */
const PERIODS = 2;
const ERROR_PERCENT_MAX = 5;
const OWN_ERRORS_MAX = 10;

const COMMON = {
  evaluationPeriods: PERIODS,
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  // No traffic, no errors: a resting service must be deployable.
  treatMissingData: TreatMissingData.NOT_BREACHING,
};

/** Over both target groups: which one serves changes with every deployment. */
export function makeErrorAlarm(scope: Construct, groups: TargetGroups): Alarm {
  return new Alarm(scope, 'Errors', {
    ...COMMON,
    alarmDescription: `The tasks answer more than ${ERROR_PERCENT_MAX} % of requests with 5xx`,
    metric: groups.metricErrorRate(PERIOD),
    threshold: ERROR_PERCENT_MAX,
  });
}

export function makeOwnErrorAlarm(scope: Construct, tier: Tier): Alarm {
  return new Alarm(scope, 'OwnErrors', {
    ...COMMON,
    alarmDescription: 'The load balancer finds nobody to answer, or connections break',
    metric: tier.metricOwnErrors(PERIOD),
    threshold: OWN_ERRORS_MAX,
  });
}
