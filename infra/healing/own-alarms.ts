/** Alarms on the healer itself, from one table: who heals must not fail silently. */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { ErrorCode } from '../../functions/core/errors.ts';
import { type OwnAlarmCode, ownAlarmDescription } from '../../functions/core/own-alarm.ts';
import type { Messaging } from './messaging.ts';
import { drillsPassed, ownMetric } from './metrics.ts';

export interface OwnAlarmsProps {
  readonly messaging: Messaging;
  readonly remediate: IFunction;
  readonly notify: IFunction;
  /** Only where there are buttons. */
  readonly respond: IFunction | undefined;
  /** Only where there are drills. */
  readonly drill: DrillSources | undefined;
  readonly actions: readonly IAlarmAction[];
  /** Longest time without a drill that passed. */
  readonly drillWithin: Duration | undefined;
}

export interface DrillSources {
  readonly function: IFunction;
  readonly deadLetters: IQueue;
}

interface Wanted {
  readonly id: string;
  /** By which a person is told what to do. */
  readonly code: OwnAlarmCode;
  readonly says: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** What differs for an alarm that rings when something stays away. */
  readonly missed?: Pick<
    AlarmProps,
    'evaluationPeriods' | 'comparisonOperator' | 'treatMissingData'
  >;
}

const PERIOD = Duration.minutes(5);
/**
 * An open incident is looked at ten times in five minutes: three failures are no single throttled
 * call.
 */
const FAILURES_MAX = 3;

/**
 * A message that fails is tried twice more, so one that Slack took a minute later calls nobody. One
 * that was given up is in the dead letters, which ring for themselves.
 */
const TELLINGS_MAX = 3;

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
const NO_WEBHOOK: readonly ErrorCode[] = [
  'dependency.unavailable',
  'dependency.refused',
  'dependency.missing',
  'config.invalid',
];
const NOT_TOLD: readonly ErrorCode[] = ['chat.rate-limited', 'chat.unavailable', 'chat.refused'];

/** Every code that a function counts its failures by; `unexpected` is none of ours. */
export const FAILURE_CODES = {
  remediate: [...NO_ACCESS, ...NOT_UNDERSTOOD, 'unexpected'],
  notify: [...NOT_TOLD, ...NO_WEBHOOK, 'event.malformed', 'unexpected'],
} as const;

export function makeOwnAlarms(scope: Construct, props: OwnAlarmsProps): readonly Alarm[] {
  const wanted = [
    ...onFailures(),
    ...onQueues(props),
    ...onFunctions(props),
    ...onDrills(props.drillWithin),
  ];
  return wanted.map(({ id, code, says, metric, threshold, missed }) => {
    const alarm = new Alarm(scope, id, {
      alarmDescription: ownAlarmDescription(code, says),
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...missed,
    });
    if (props.actions.length > 0) alarm.addAlarmAction(...props.actions);
    return alarm;
  });
}

function onFailures(): readonly Wanted[] {
  return [
    {
      id: 'NoAccess',
      code: 'no-access',
      says: 'it cannot read what it decides by, or cannot act; it holds meanwhile',
      metric: failures('remediate', NO_ACCESS),
      threshold: FAILURES_MAX,
    },
    {
      id: 'NotUnderstood',
      code: 'not-understood',
      says: 'it got an event or a configuration that it does not understand',
      metric: failures('remediate', NOT_UNDERSTOOD),
      threshold: 1,
    },
    {
      id: 'NotTold',
      code: 'not-told',
      says: 'it cannot reach the chat; incidents are in the table and in its log',
      metric: failures('notify', [...NOT_TOLD, ...NO_WEBHOOK]),
      threshold: TELLINGS_MAX,
    },
  ];
}

function onQueues({ messaging, drill }: OwnAlarmsProps): readonly Wanted[] {
  const queues = [
    ['Inbox', 'inbox', messaging.inboxDeadLetters, 'a message to it failed five times'],
    ['Rule', 'rule', messaging.ruleDeadLetters, 'EventBridge could not deliver to it'],
    [
      'Invocation',
      'invocation',
      messaging.invocationDeadLetters,
      'an announcement or invocation was given up',
    ],
    ...(drill === undefined
      ? []
      : [['Drill', 'drill', drill.deadLetters, 'a look at a drill failed five times'] as const]),
  ] as const;
  return queues.map(([name, word, queue, says]) => ({
    id: `${name}DeadLettersNotEmpty`,
    code: `${word}-dead-letters`,
    says,
    metric: queue.metricApproximateNumberOfMessagesVisible({
      period: PERIOD,
      statistic: 'Maximum',
    }),
    threshold: 1,
  }));
}

function onFunctions(props: OwnAlarmsProps): readonly Wanted[] {
  const functions = [
    ['Remediate', 'remediate', props.remediate, 1],
    ['Notify', 'notify', props.notify, TELLINGS_MAX],
    ['Respond', 'respond', props.respond, 1],
    ['Drill', 'drill', props.drill?.function, 1],
  ] as const;
  return functions.flatMap(([name, word, owner, threshold]) =>
    owner === undefined
      ? []
      : [
          {
            id: `${name}Errors`,
            code: `${word}-errors` as const,
            says: `${name} fails`,
            metric: owner.metricErrors({ period: PERIOD }),
            threshold,
          },
          {
            id: `${name}Throttles`,
            code: `${word}-throttles` as const,
            says: `${name} is throttled: no concurrency is left`,
            metric: owner.metricThrottles({ period: PERIOD }),
            threshold,
          },
        ],
  );
}

/** CloudWatch looks back no further than this, and only by periods of an hour or more. */
const LOOK_BACK_MAX = Duration.days(7);
/**
 * With periods of a day it would ring up to two days late: CloudWatch looks at some periods more
 * than it was told before it takes data for missing.
 */
const DRILL_PERIOD = Duration.hours(1);

/** @throws when the time is longer than CloudWatch looks back, or no whole hours. */
function onDrills(within: Duration | undefined): readonly Wanted[] {
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
      missed: {
        evaluationPeriods: hours,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.BREACHING,
      },
    },
  ];
}

/** How often a function failed with one code. */
export function failureMetric(service: 'remediate' | 'notify', code: ErrorCode): Metric {
  return ownMetric('Failures', { service, code }, { period: PERIOD });
}

function failures(service: 'remediate' | 'notify', codes: readonly ErrorCode[]): MathExpression {
  const usingMetrics = Object.fromEntries(
    codes.map((code, index) => [`m${index}`, failureMetric(service, code)] as const),
  );
  const names = Object.keys(usingMetrics).map((name) => `FILL(${name}, 0)`);
  return new MathExpression({ expression: names.join(' + '), usingMetrics, period: PERIOD });
}
