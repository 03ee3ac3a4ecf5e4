/** The rules that call functions of the healer: its own alarms, and what is done by the clock. */
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type IRuleTarget, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ownAlarmCode } from '../../functions/core/own-alarm.ts';
import { ALARMS_MAX } from './alarm-rules.ts';
import type { HealerFunction } from './functions.ts';
import type { Messaging } from './messaging.ts';

/** What would be told by the very function that fails; it rings by its actions alone. */
const OF_NOTIFY = ['not-told', 'told-late', 'notify-errors', 'notify-throttles'];

/** Tells in the channel that an alarm on the healer itself rings, or is over. */
export function tellOwnAlarms(scope: Construct, alarms: readonly Alarm[], to: Messaging): void {
  const told = alarms.filter((alarm) => !OF_NOTIFY.includes(codeOf(alarm)));
  for (let at = 0; at < told.length; at += ALARMS_MAX) {
    const rule = new Rule(scope, at === 0 ? 'OwnAlarms' : `OwnAlarms${at / ALARMS_MAX + 1}`, {
      description: 'Alarms on self-healing itself, to whoever tells them',
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        resources: told.slice(at, at + ALARMS_MAX).map(({ alarmArn }) => alarmArn),
        detail: { state: { value: ['ALARM', 'OK'] } },
      },
    });
    rule.addTarget(announcementsTarget(to));
  }
}

function codeOf({ node }: Alarm): string {
  const { alarmDescription = '' } = node.defaultChild as { readonly alarmDescription?: string };
  return ownAlarmCode(alarmDescription) ?? '';
}

/** Monday morning in Europe, before the day begins in America. */
const DIGEST_AT = Schedule.cron({ weekDay: 'MON', hour: '8', minute: '0' });

/** Tells once a week what the healer did. */
export function tellDigest(scope: Construct, to: Messaging): void {
  const rule = new Rule(scope, 'Digest', {
    description: 'The week of self-healing, told on Mondays',
    schedule: DIGEST_AT,
  });
  rule.addTarget(announcementsTarget(to, { kind: 'digest' }));
}

/** By the queue that announcements wait in, so that this waits for the chat too. */
function announcementsTarget(
  { announcements, ruleDeadLetters }: Messaging,
  input?: object,
): IRuleTarget {
  return target(announcements.queueArn, ruleDeadLetters, input);
}

/** @param input - instead of the event itself. */
export function functionTarget(
  { function: lambda }: HealerFunction,
  { ruleDeadLetters }: Messaging,
  input?: object,
): IRuleTarget {
  return target(lambda.functionArn, ruleDeadLetters, input);
}

/**
 * CDK's own target adds a statement to the queue's policy for each rule; here the queue lets every
 * rule of the account send.
 */
function target(arn: string, { queueArn }: IQueue, input: object | undefined): IRuleTarget {
  return {
    bind: () => ({
      arn,
      deadLetterConfig: { arn: queueArn },
      ...(input === undefined ? {} : { input: RuleTargetInput.fromObject(input) }),
    }),
  };
}
