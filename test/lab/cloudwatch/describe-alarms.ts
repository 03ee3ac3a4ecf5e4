/** DescribeAlarms: filters, pages, and the SDK's shapes. */
import type {
  CompositeAlarm,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import type { AlarmRecord, CompositeAlarmRecord, MetricAlarmRecord } from './alarm-records.ts';
import { validationError } from './metric-queries.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 100;
const NAMES_MAX = 100;
/** Filters nobody needs here: an answer that ignored one would be wrong. */
const UNSUPPORTED = ['ChildrenOfAlarmName', 'ParentsOfAlarmName', 'ActionPrefix'] as const;

/** Without `AlarmTypes` the answer has metric alarms only, also for names of composite ones. */
export function describeAlarms(
  alarms: readonly AlarmRecord[],
  input: DescribeAlarmsCommandInput,
): Omit<DescribeAlarmsCommandOutput, '$metadata'> {
  for (const filter of UNSUPPORTED) {
    if (input[filter] !== undefined)
      throw validationError(`${filter} is not supported by the lab.`);
  }
  if (input.AlarmNames !== undefined && input.AlarmNamePrefix !== undefined) {
    throw validationError('AlarmNames and AlarmNamePrefix are mutually exclusive.');
  }
  if ((input.AlarmNames?.length ?? 0) > NAMES_MAX) {
    throw validationError(`AlarmNames: at most ${NAMES_MAX}.`);
  }
  const size = input.MaxRecords ?? PAGE_DEFAULT;
  if (size < 1 || size > PAGE_MAX) throw validationError(`MaxRecords: 1 to ${PAGE_MAX}.`);
  const found = alarms.filter((alarm) => matches(alarm, input));
  const start = input.NextToken === undefined ? 0 : Number(input.NextToken);
  const page = found.slice(start, start + size);
  return {
    MetricAlarms: page.filter((alarm) => alarm.kind === 'metric').map(metricView),
    CompositeAlarms: page.filter((alarm) => alarm.kind === 'composite').map(compositeView),
    ...(start + size < found.length ? { NextToken: String(start + size) } : {}),
  };
}

function matches(alarm: AlarmRecord, input: DescribeAlarmsCommandInput): boolean {
  const { AlarmNames, AlarmNamePrefix, StateValue, AlarmTypes = ['MetricAlarm'] } = input;
  const type = alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm';
  return (
    AlarmTypes.includes(type) &&
    (AlarmNames?.includes(alarm.name) ?? true) &&
    alarm.name.startsWith(AlarmNamePrefix ?? '') &&
    (StateValue === undefined || alarm.state.value === StateValue)
  );
}

function shared({ name, arn, configuredAt, state, input }: AlarmRecord): MetricAlarm {
  return {
    AlarmName: name,
    AlarmArn: arn,
    ...(input.AlarmDescription === undefined ? {} : { AlarmDescription: input.AlarmDescription }),
    AlarmConfigurationUpdatedTimestamp: configuredAt,
    ActionsEnabled: input.ActionsEnabled ?? true,
    OKActions: input.OKActions ?? [],
    AlarmActions: input.AlarmActions ?? [],
    InsufficientDataActions: input.InsufficientDataActions ?? [],
    StateValue: state.value,
    StateReason: state.reason,
    ...(state.reasonData === undefined ? {} : { StateReasonData: state.reasonData }),
    StateUpdatedTimestamp: state.at,
    StateTransitionedTimestamp: state.at,
  };
}

function metricView(alarm: MetricAlarmRecord): MetricAlarm {
  const { input, rule } = alarm;
  return {
    ...shared(alarm),
    ...(input.Metrics === undefined
      ? {
          MetricName: input.MetricName,
          Namespace: input.Namespace,
          Statistic: input.Statistic,
          ExtendedStatistic: input.ExtendedStatistic,
          Dimensions: input.Dimensions ?? [],
          Period: input.Period,
        }
      : { Metrics: input.Metrics }),
    EvaluationPeriods: rule.evaluationPeriods,
    DatapointsToAlarm: rule.datapointsToAlarm,
    Threshold: rule.threshold,
    ComparisonOperator: rule.comparison,
    TreatMissingData: rule.treatMissingData,
  };
}

function compositeView(alarm: CompositeAlarmRecord): CompositeAlarm {
  return { ...shared(alarm), AlarmRule: alarm.input.AlarmRule };
}
