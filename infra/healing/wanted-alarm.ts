/** What an alarm on the healer itself is made of. */
import { Duration } from 'aws-cdk-lib';
import type { AlarmProps, IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { OwnAlarmCode } from '../../functions/core/own-alarm.ts';

export interface Wanted {
  readonly id: string;
  /** By which a person is told what to do. */
  readonly code: OwnAlarmCode;
  readonly says: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** What differs for an alarm that rings for what lasts, or stays away. */
  readonly lasting?: Pick<
    AlarmProps,
    'evaluationPeriods' | 'datapointsToAlarm' | 'comparisonOperator' | 'treatMissingData'
  >;
}

export const PERIOD = Duration.minutes(5);
