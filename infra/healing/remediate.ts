/** The function that decides and stops. */
import { Validations } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { remediateVariables } from '../../functions/core/environment.ts';
import { HealerFunction } from './functions.ts';
import { accountLimitsOf } from './limits.ts';
import type { HealerPlace } from './place.ts';

/** Alarms handled at the same time: a storm of them must not use up the account's ECS calls. */
export const CONCURRENCY_MAX = 10;

export function makeRemediate(scope: Construct, place: HealerPlace): HealerFunction {
  const { props, table, messaging, servicesPath } = place;
  const remediate = HealerFunction._make(scope, 'Remediate', {
    name: 'remediate',
    description: 'Finds and stops the one ill task of a guarded service',
    environment: remediateVariables({
      tableName: table.tableName,
      inboxUrl: messaging.inbox.queueUrl,
      topicArn: messaging.topic.topicArn,
      servicesPath,
      accountLimits: accountLimitsOf(props.accountLimits),
    }),
    deadLetters: messaging.invocationDeadLetters,
    settings: props,
  });
  workThrough(remediate, messaging.inbox, { maxConcurrency: CONCURRENCY_MAX, batchSize: 1 });
  return remediate;
}

interface Work {
  /** Invocations at the same time. */
  readonly maxConcurrency: number;
  /** One message by itself never waits for another, nor is it repeated for its fault. */
  readonly batchSize: number;
}

/** Has a function take messages from a queue; what it could not do comes again. */
export function workThrough(owner: HealerFunction, queue: IQueue, work: Work): void {
  owner.function.addEventSource(
    new SqsEventSource(queue, { ...work, reportBatchItemFailures: true }),
  );
  Validations.of(owner.function).acknowledge({
    id: 'Serverless::Serverless-LambdaEventSourceMappingDestination',
    reason: 'A queue as source knows no destination; the queue has dead letters.',
  });
}
