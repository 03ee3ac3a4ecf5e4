/** Alarms on what lasts too long, or stays away: blindness, silence, drills, a public URL that is tried. */
import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Messaging } from './messaging.ts';
import { drillsPassed, ownMetric } from './metrics.ts';
import { PERIOD, type Wanted } from './wanted-alarm.ts';

/** Rings as well when nothing is counted: who does not run sees nothing. */
export function onBlindness(within: Duration | undefined): readonly Wanted[] {
  if (within === undefined) return [];
  return [
    {
      id: 'Blind',
      code: 'blind',
      says: `no look could read everything within ${within.toHumanString()}, or it does not run`,
      metric: ownMetric('AbleToRead', {}, { period: PERIOD, statistic: 'Maximum' }),
      threshold: 1,
      lasting: {
        evaluationPeriods: within.toSeconds() / PERIOD.toSeconds(),
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.BREACHING,
      },
    },
    {
      id: 'HalfBlind',
      code: 'half-blind',
      says: 'it cannot read all that it needs of one guarded service',
      metric: ownMetric('UnreadableServices', {}, { period: PERIOD }),
      threshold: 1,
    },
  ];
}

/** For so long something must have waited to be told; a busy hour keeps the queue no longer. */
const UNTOLD_PERIODS = 3;

/**
 * What waits to be told, tried or not: its age would not do, because SQS leaves out of that metric what was
 * received three times, which is just what a chat that is down makes of every message.
 */
export function onWaiting({ announcements }: Messaging): readonly Wanted[] {
  const options = { period: PERIOD, statistic: 'Average' };
  const usingMetrics = {
    waiting: announcements.metricApproximateNumberOfMessagesVisible(options),
    tried: announcements.metricApproximateNumberOfMessagesNotVisible(options),
  };
  const metric = new MathExpression({
    expression: 'waiting + tried',
    usingMetrics,
    period: PERIOD,
  });
  return [
    {
      id: 'ToldLate',
      code: 'told-late',
      says: `something waits to be told for ${UNTOLD_PERIODS * PERIOD.toMinutes()} minutes`,
      metric,
      // On average: between two tries a message is out of sight, and a moment in it.
      threshold: 0.5,
      lasting: { evaluationPeriods: UNTOLD_PERIODS },
    },
  ];
}

/** Anybody may call a public URL now and then; so many are somebody who tries, or a wrong secret. */
const REFUSED_MAX = 50;

/** Where there are buttons. */
export function onClicks(): readonly Wanted[] {
  return [
    {
      id: 'ClicksRefused',
      code: 'clicks-refused',
      says: 'many requests to the URL of the buttons are refused',
      metric: ownMetric('RefusedClicks', { service: 'respond' }, { period: PERIOD }),
      threshold: REFUSED_MAX,
    },
  ];
}

/** CloudWatch looks back no further than this, and only by periods of an hour or more. */
const LOOK_BACK_MAX = Duration.days(7);
/**
 * With periods of a day it would ring up to two days late: CloudWatch looks at some periods more
 * than it was told before it takes data for missing.
 */
const DRILL_PERIOD = Duration.hours(1);

/** @throws when the time is longer than CloudWatch looks back, or no whole hours. */
export function onDrills(within: Duration | undefined): readonly Wanted[] {
  if (within === undefined) return [];
  const hours = within.toHours({ integral: false });
  if (!Number.isInteger(hours) || hours < 1 || hours > LOOK_BACK_MAX.toHours()) {
    throw new Error(
      `drillWithin: got ${within.toHumanString()}, wanted whole hours from 1 hour to 7 days: ` +
        'CloudWatch looks back no further',
    );
  }
  return [
    {
      id: 'NoDrillPassed',
      code: 'no-drill-passed',
      says: `no drill passed within ${within.toHumanString()}: nobody knows whether it would heal`,
      metric: drillsPassed({ period: DRILL_PERIOD }),
      threshold: 1,
      lasting: {
        evaluationPeriods: hours,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.BREACHING,
      },
    },
  ];
}
