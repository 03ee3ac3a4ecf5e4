/** Alarms on the healer itself, from one table: who heals must not fail silently. */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../functions/core/environment.ts';
import type { ErrorCode } from '../../functions/core/errors.ts';
import type { Messaging } from './messaging.ts';

export interface OwnAlarmsProps {
  readonly messaging: Messaging;
  readonly remediate: IFunction;
  readonly notify: IFunction;
  readonly actions: readonly IAlarmAction[];
}

interface Wanted {
  readonly id: string;
  readonly says: string;
  readonly metric: IMetric;
  readonly threshold: number;
}

const PERIOD = Duration.minutes(5);
/**
 * An open incident is looked at ten times in five minutes: three failures are no single throttled
 * call.
 */
const FAILURES_MAX = 3;

const NO_ACCESS: readonly ErrorCode[] = [
  'dependency.unavailable',
  'dependency.refused',
  'dependency.missing',
  'dependency.outcome-unknown',
  'store.malformed',
  'store.contended',
];
const NOT_UNDERSTOOD: readonly ErrorCode[] = [
  'config.invalid',
  'event.malformed',
  'event.unknown-kind',
  'event.not-guarded',
];
const NOT_TOLD: readonly ErrorCode[] = ['chat.rate-limited', 'chat.unavailable', 'chat.refused'];

export function makeOwnAlarms(scope: Construct, props: OwnAlarmsProps): readonly Alarm[] {
  return [...onFailures(), ...onQueues(props.messaging), ...onFunctions(props)].map(
    ({ id, says, metric, threshold }) => {
      const alarm = new Alarm(scope, id, {
        alarmDescription: `Self-healing: ${says}`,
        metric,
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (props.actions.length > 0) alarm.addAlarmAction(...props.actions);
      return alarm;
    },
  );
}

function onFailures(): readonly Wanted[] {
  return [
    {
      id: 'NoAccess',
      says: 'it cannot read what it decides by, or cannot act; it holds meanwhile',
      metric: failures('remediate', NO_ACCESS),
      threshold: FAILURES_MAX,
    },
    {
      id: 'NotUnderstood',
      says: 'it got an event or a configuration that it does not understand',
      metric: failures('remediate', NOT_UNDERSTOOD),
      threshold: 1,
    },
    {
      id: 'NotTold',
      says: 'it cannot reach Slack; incidents are in the table and in its log',
      metric: failures('notify', [...NOT_TOLD, 'dependency.unavailable', 'dependency.refused']),
      threshold: 1,
    },
  ];
}

function onQueues(messaging: Messaging): readonly Wanted[] {
  const queues = [
    ['Inbox', messaging.inboxDeadLetters, 'a message to it failed five times'],
    ['Rule', messaging.ruleDeadLetters, 'EventBridge could not deliver an alarm to it'],
    ['Invocation', messaging.invocationDeadLetters, 'an announcement or invocation was given up'],
  ] as const;
  return queues.map(([name, queue, says]) => ({
    id: `${name}DeadLettersNotEmpty`,
    says,
    metric: queue.metricApproximateNumberOfMessagesVisible({
      period: PERIOD,
      statistic: 'Maximum',
    }),
    threshold: 1,
  }));
}

function onFunctions({ remediate, notify }: OwnAlarmsProps): readonly Wanted[] {
  const functions = [
    ['Remediate', remediate],
    ['Notify', notify],
  ] as const;
  return functions.flatMap(([name, owner]) => [
    {
      id: `${name}Errors`,
      says: `${owner.node.scope?.node.id ?? name} fails`,
      metric: owner.metricErrors({ period: PERIOD }),
      threshold: 1,
    },
    {
      id: `${name}Throttles`,
      says: `${owner.node.scope?.node.id ?? name} is throttled: no concurrency is left`,
      metric: owner.metricThrottles({ period: PERIOD }),
      threshold: 1,
    },
  ]);
}

/** How often a function failed with one code. */
export function failureMetric(service: 'remediate' | 'notify', code: ErrorCode): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: 'Failures',
    dimensionsMap: { service, code },
    statistic: 'Sum',
    period: PERIOD,
  });
}

function failures(service: 'remediate' | 'notify', codes: readonly ErrorCode[]): MathExpression {
  const usingMetrics = Object.fromEntries(
    codes.map((code, index) => [`m${index}`, failureMetric(service, code)] as const),
  );
  const names = Object.keys(usingMetrics).map((name) => `FILL(${name}, 0)`);
  return new MathExpression({ expression: names.join(' + '), usingMetrics, period: PERIOD });
}
