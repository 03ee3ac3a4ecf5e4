/** The EventBridge event "CloudWatch Alarm State Change", in the very shape AWS sends it. */
import { randomUUID } from 'node:crypto';
import { awsDate } from './alarm-reason.ts';
import type { AlarmRecord, AlarmState, MetricAlarmRecord } from './alarm-records.ts';
import type { CompiledQuery } from './metric-queries.ts';

interface EventState {
  readonly value: string;
  readonly reason: string;
  readonly reasonData?: string;
  readonly timestamp: string;
}

export interface AlarmStateChangeEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'CloudWatch Alarm State Change';
  readonly source: 'aws.cloudwatch';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: {
    readonly alarmName: string;
    readonly configuration: object;
    readonly previousState: EventState;
    readonly state: EventState;
  };
}

/** Describes the change of an alarm that already has its new state. */
export function stateChangeEvent(
  alarm: AlarmRecord,
  previous: AlarmState,
  place: { readonly account: string; readonly region: string },
): AlarmStateChangeEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: place.account,
    time: `${alarm.state.at.toISOString().slice(0, 19)}Z`,
    region: place.region,
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      configuration: configurationOf(alarm),
      previousState: eventState(previous),
      state: eventState(alarm.state),
    },
  };
}

function eventState({ value, reason, reasonData, at }: AlarmState): EventState {
  return {
    value,
    reason,
    ...(reasonData === undefined ? {} : { reasonData }),
    timestamp: awsDate(at.getTime()),
  };
}

function configurationOf(alarm: AlarmRecord): object {
  const description = alarm.input.AlarmDescription;
  const described = description === undefined ? {} : { description };
  if (alarm.kind === 'composite') return { ...described, alarmRule: alarm.input.AlarmRule };
  return { ...described, metrics: alarm.set.queries.map((query) => metricEntry(alarm, query)) };
}

function metricEntry({ input }: MetricAlarmRecord, query: CompiledQuery): object {
  const { returnData, label } = query;
  const labelled = label === undefined ? {} : { label };
  if (query.kind === 'math') {
    return { id: query.id, expression: query.text, ...labelled, returnData };
  }
  return {
    // The id of a single-metric alarm's query is generated and looks like a GUID.
    id: input.Metrics === undefined ? guidOf(query.id) : query.id,
    ...labelled,
    metricStat: { metric: query.metric, period: query.periodSeconds, stat: query.stat },
    returnData,
  };
}

function guidOf(id: string): string {
  return id.slice(1).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
