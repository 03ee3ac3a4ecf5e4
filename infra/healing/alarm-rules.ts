/** The rules that put alarms into the inbox. */
import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { Messaging } from './messaging.ts';
import { WARNING_PREFIX } from './service-checks.ts';
import { homeIn, Shared } from './sharing.ts';

/** EventBridge tries as long as the inbox would keep the alarm. */
const RULE_AGE_MAX = Duration.hours(24);
const RULE_TRIES_MAX = 185;
/** A pattern ends at 2,048 characters, and an alarm's ARN may have some 170. */
export const ALARMS_MAX = 10;
/** Rules that EventBridge takes in an account and Region, unless the quota was raised. */
const RULES_MAX = 300;
/** Makes rules for the guards beside the healer, and shares them in other stacks. */
export class AlarmRules {
  readonly #healer: Construct;
  readonly #messaging: Messaging;
  readonly #shared = new Shared<Rule>(ALARMS_MAX);
  #count = 0;

  constructor(healer: Construct, messaging: Messaging) {
    this.#healer = healer;
    this.#messaging = messaging;
    healer.node.addValidation({ validate: () => this.#warn() });
  }

  /** @returns the rules that listen to the alarms; more than one only for many alarms. */
  listen(guard: Construct, servicePath: string, alarms: readonly IAlarm[]): Rule[] {
    const arns = alarms.map(({ alarmArn }) => alarmArn);
    const count = Math.ceil(arns.length / ALARMS_MAX);
    return Array.from({ length: count }, (_, index) => {
      const some = arns.slice(index * ALARMS_MAX, (index + 1) * ALARMS_MAX);
      if (Stack.of(guard) !== Stack.of(this.#healer)) return this.#share(guard, servicePath, some);
      return this.#make(guard, index === 0 ? 'AlarmChanges' : `AlarmChanges${index + 1}`, some);
    });
  }

  #share(guard: Construct, servicePath: string, arns: string[]): Rule {
    const home = homeIn(Stack.of(guard), this.#healer, 'AlarmChanges');
    const rule = this.#shared.find(home, servicePath, arns.length, (id) =>
      this.#make(home, id, []),
    );
    rule.addEventPattern({ resources: arns });
    return rule;
  }

  #make(scope: Construct, id: string, resources: string[]): Rule {
    this.#count += 1;
    return new Rule(scope, id, {
      description: 'Alarms of guarded services, to the inbox of self-healing',
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        resources,
        // OK as well: an alarm that clears by itself is a recovery to be proven.
        detail: { state: { value: ['ALARM', 'OK'] } },
      },
      targets: [inboxTarget(this.#messaging)],
    });
  }

  #warn(): string[] {
    if (this.#count > RULES_MAX) {
      Annotations.of(this.#healer).addWarningV2(
        `${WARNING_PREFIX}rules`,
        `the guarded services need ${this.#count} rules, and EventBridge takes ${RULES_MAX} in an ` +
          'account and Region: have the quota raised first, or bring one composite alarm for each ' +
          'service',
      );
    }
    return [];
  }
}

/** The queues let every rule of this account send, so that this adds no statement for each rule. */
function inboxTarget({ inbox, ruleDeadLetters }: Messaging): IRuleTarget {
  return {
    bind: () => ({
      arn: inbox.queueArn,
      deadLetterConfig: { arn: ruleDeadLetters.queueArn },
      retryPolicy: {
        maximumEventAgeInSeconds: RULE_AGE_MAX.toSeconds(),
        maximumRetryAttempts: RULE_TRIES_MAX,
      },
    }),
  };
}
