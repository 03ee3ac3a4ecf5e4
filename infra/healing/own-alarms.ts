/** Alarms on the healer itself, from one table: who heals must not fail silently. */
import type { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ownAlarmDescription } from '../../functions/core/own-alarm.ts';
import { onFailures, STAYS_ON, TELLINGS_MAX } from './failure-alarms.ts';
import { onBlindness, onClicks, onDrills, onWaiting } from './lasting-alarms.ts';
import type { Messaging } from './messaging.ts';
import { PERIOD, type Wanted } from './wanted-alarm.ts';

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
  /** Longest time without a look that could read everything; nothing where nobody looks. */
  readonly blindWithin: Duration | undefined;
}

export interface DrillSources {
  readonly function: IFunction;
  readonly deadLetters: IQueue;
}

export function makeOwnAlarms(scope: Construct, props: OwnAlarmsProps): readonly Alarm[] {
  const wanted = [
    ...onFailures(),
    ...onBlindness(props.blindWithin),
    ...(props.respond === undefined ? [] : onClicks()),
    ...onWaiting(props.messaging),
    ...onQueues(props),
    ...onFunctions(props),
    ...onDrills(props.drillWithin),
  ];
  return wanted.map(({ id, code, says, metric, threshold, lasting }) => {
    const alarm = new Alarm(scope, id, {
      alarmDescription: ownAlarmDescription(code, says),
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...lasting,
    });
    if (props.actions.length > 0) alarm.addAlarmAction(...props.actions);
    return alarm;
  });
}

function onQueues({ messaging, drill }: OwnAlarmsProps): readonly Wanted[] {
  const queues = [
    ['Inbox', 'inbox', messaging.inboxDeadLetters, 'a message to it failed five times'],
    ['Rule', 'rule', messaging.ruleDeadLetters, 'EventBridge could not deliver to it'],
    ['Invocation', 'invocation', messaging.invocationDeadLetters, 'an invocation was given up'],
    [
      'Announcement',
      'announcement',
      messaging.announcementDeadLetters,
      'something could not be told, and was given up',
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
  const once = { threshold: 1 };
  const functions = [
    ['Remediate', 'remediate', props.remediate, once],
    ['Notify', 'notify', props.notify, { threshold: TELLINGS_MAX, lasting: STAYS_ON }],
    ['Respond', 'respond', props.respond, once],
    ['Drill', 'drill', props.drill?.function, once],
  ] as const;
  return functions.flatMap(([name, word, owner, limit]) =>
    owner === undefined
      ? []
      : [
          {
            id: `${name}Errors`,
            code: `${word}-errors` as const,
            says: `${name} fails`,
            metric: owner.metricErrors({ period: PERIOD }),
            ...limit,
          },
          {
            id: `${name}Throttles`,
            code: `${word}-throttles` as const,
            says: `${name} is throttled: no concurrency is left`,
            metric: owner.metricThrottles({ period: PERIOD }),
            ...limit,
          },
        ],
  );
}
