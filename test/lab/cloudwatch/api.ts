/** The CloudWatch operations a healer, a drill and a deployment use. */

import type {
  DeleteAlarmsCommandInput,
  DescribeAlarmsCommandInput,
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricDataResult,
  PutCompositeAlarmCommandInput,
  PutMetricAlarmCommandInput,
  SetAlarmStateCommandInput,
} from '@aws-sdk/client-cloudwatch';
import * as schemas from '@aws-sdk/client-cloudwatch';
import type { AwsService } from '../gateway/operation.ts';
import type { Alarms } from './alarms.ts';
import { describeAlarms } from './describe-alarms.ts';
import {
  type CompiledQuery,
  compileQueries,
  computeSeries,
  validationError,
} from './metric-queries.ts';
import { MINUTE_SECONDS } from './metric-store.ts';

export function makeCloudWatchApi(alarms: Alarms): AwsService {
  return {
    signingName: 'monitoring',
    schemas,
    operations: {
      DescribeAlarms: (input: DescribeAlarmsCommandInput) => describeAlarms(alarms.all(), input),
      PutMetricAlarm: (input: PutMetricAlarmCommandInput) => {
        alarms.putMetricAlarm(input);
        return {};
      },
      PutCompositeAlarm: (input: PutCompositeAlarmCommandInput) => {
        alarms.putCompositeAlarm(input);
        return {};
      },
      DeleteAlarms: (input: DeleteAlarmsCommandInput) => {
        alarms.deleteAlarms(input.AlarmNames ?? []);
        return {};
      },
      SetAlarmState: (input: SetAlarmStateCommandInput) => {
        alarms.setAlarmState(input);
        return {};
      },
      GetMetricData: (input: GetMetricDataCommandInput) => getMetricData(alarms, input),
    },
  };
}

/** Times are real ones; a period of 60 is one compressed minute. */
function getMetricData(
  { metrics }: Alarms,
  input: GetMetricDataCommandInput,
): Omit<GetMetricDataCommandOutput, '$metadata'> {
  const { StartTime: start, EndTime: end, ScanBy: scanBy = 'TimestampDescending' } = input;
  if (start === undefined || end === undefined || start >= end) {
    throw validationError('StartTime must be before EndTime.');
  }
  const set = compileQueries(input.MetricDataQueries ?? []);
  const width = set.periodSeconds / MINUTE_SECONDS;
  const lastMinute = metrics.minuteAt(end.getTime() - 1);
  const firstMinute = metrics.minuteAt(start.getTime());
  const count = Math.ceil((lastMinute - firstMinute + 1) / width);
  const resultOf = (query: CompiledQuery): MetricDataResult => {
    const points = computeSeries(metrics, set, query.id, { lastMinute, count })
      .map((value, index) => ({
        at: new Date(metrics.startOf(lastMinute - (count - index) * width + 1)),
        value,
      }))
      .filter((point): point is { at: Date; value: number } => point.value !== undefined);
    const ordered = scanBy === 'TimestampDescending' ? points.toReversed() : points;
    return {
      Id: query.id,
      Label: query.label ?? (query.kind === 'stat' ? query.metric.name : query.id),
      Timestamps: ordered.map(({ at }) => at),
      Values: ordered.map(({ value }) => value),
      StatusCode: 'Complete',
    };
  };
  return {
    MetricDataResults: set.queries.filter(({ returnData }) => returnData).map(resultOf),
    Messages: [],
  };
}
