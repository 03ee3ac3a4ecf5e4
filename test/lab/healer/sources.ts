/** What carries messages to the functions: event source mappings and SNS subscriptions. */
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { type EventSource, pollQueue, pollTopicQueue } from '../lambda/event-sources.ts';
import type { InvokeResult, LambdaFunction } from '../lambda/function.ts';
import type { LabMessaging } from '../messaging/start-messaging.ts';
import { ACCOUNT, CALLER } from '../names.ts';
import {
  type Deployment,
  findQueue,
  type MappingSpec,
  type QueueSpec,
  type SubscriptionSpec,
} from './deployment.ts';
import type { Pattern } from './event-pattern.ts';
import { isAllowed, isLike } from './policy-document.ts';
import { findFunction } from './refusals.ts';

export interface SourcePlace {
  readonly deployment: Deployment;
  readonly functions: readonly LambdaFunction[];
  readonly messaging: LabMessaging;
  /** A client that signs as that caller. */
  readonly sqsOf: (caller: string) => SQSClient;
}

/** @returns nothing for a mapping that is disabled. */
export function startMapping(mapping: MappingSpec, place: SourcePlace): readonly EventSource[] {
  if (!mapping.enabled) return [];
  const { functionName, queueArn, batchSize, reportBatchItemFailures, concurrency } = mapping;
  const { queues, functions } = place.deployment;
  const { role, accessKeyId } = findFunction(functions, functionName);
  const source = pollQueue({
    // Lambda polls by the function's role.
    sqs: place.sqsOf(role === undefined ? CALLER.platform : accessKeyId),
    queueUrl: findQueue(queues, queueArn, `event source mapping of ${functionName}`).url,
    queueArn,
    function: functionOf(place, functionName),
    batchSize,
    reportBatchItemFailures,
    concurrency,
    accepts: (record) => passes(mapping.filters, record),
  });
  return [source];
}

/** A filter sees the body as an object where it is JSON. */
function passes(filters: readonly Pattern[], record: SQSRecord): boolean {
  if (filters.length === 0) return true;
  const seen = { ...record, body: parsed(record.body) };
  return filters.some((matches) => matches(seen));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/**
 * SNS invokes functions itself; in the lab a queue of each subscription stands between. What SNS
 * may not invoke goes to the subscription's dead letters, if it may send there.
 */
export async function startSubscription(
  subscription: SubscriptionSpec,
  place: SourcePlace,
): Promise<EventSource> {
  const { topicArn, functionName, filterPolicy } = subscription;
  const { messaging } = place;
  const topic = topicArn.slice(topicArn.lastIndexOf(':') + 1);
  const queue = await messaging.createQueue(`${topic}-to-${functionName}`);
  const options = filterPolicy === undefined ? {} : { filterPolicy };
  const subscriptionArn = await messaging.subscribeQueue(topicArn, queue.arn, options);
  return pollTopicQueue({
    sqs: place.sqsOf(CALLER.platform),
    queueUrl: queue.url,
    subscriptionArn,
    function: mayInvoke(subscription, place.deployment)
      ? functionOf(place, functionName)
      : giveUp(subscription, place),
  });
}

function mayInvoke(
  { topicArn, functionName }: SubscriptionSpec,
  { permissions }: Deployment,
): boolean {
  return permissions.some(
    (permission) =>
      permission.functionName === functionName &&
      isLike('lambda:InvokeFunction', permission.action) &&
      permission.principal === 'sns.amazonaws.com' &&
      isLike(topicArn, permission.sourceArn ?? '*'),
  );
}

function giveUp(
  { topicArn, functionName, deadLetterArn }: SubscriptionSpec,
  { deployment, sqsOf }: SourcePlace,
) {
  const sqs = sqsOf(CALLER.platform);
  const dead =
    deadLetterArn === undefined
      ? undefined
      : findQueue(deployment.queues, deadLetterArn, `subscription of ${functionName}`);
  const takes = dead !== undefined && maySend(topicArn, dead);
  return {
    invoke: async (event: unknown): Promise<InvokeResult> => {
      if (takes) {
        const command = { QueueUrl: dead.url, MessageBody: JSON.stringify(event) };
        await sqs.send(new SendMessageCommand(command));
      }
      return { statusCode: 202, payload: null, requestId: '', traceId: '' };
    },
  };
}

function maySend(topicArn: string, { arn, policies }: QueueSpec): boolean {
  if (policies === undefined) return true;
  return isAllowed(policies, {
    service: 'sns.amazonaws.com',
    action: 'sqs:SendMessage',
    resource: arn,
    context: {
      'aws:SourceArn': topicArn,
      'aws:SourceAccount': ACCOUNT,
      'aws:SecureTransport': 'true',
    },
  });
}

function functionOf({ functions }: SourcePlace, name: string): LambdaFunction {
  const found = functions.find((each) => each.name === name);
  if (found === undefined) throw new Error(`function ${name} was not made`);
  return found;
}
