/** What carries messages to the functions: event source mappings and SNS subscriptions. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { type EventSource, pollQueue } from '../lambda/event-sources.ts';
import type { LambdaFunction } from '../lambda/function.ts';
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
import { isAllowed } from './policy-document.ts';
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
 * Where the topic may not send to its queue, SNS sends to the subscription's dead letters; where it
 * may not do that either, what was published is lost.
 */
export async function subscribe(
  subscription: SubscriptionSpec,
  { deployment: { queues }, messaging }: Pick<SourcePlace, 'deployment' | 'messaging'>,
): Promise<void> {
  const { topicArn, queueArn, raw, filterPolicy, deadLetterArn } = subscription;
  const who = `subscription to ${topicArn}`;
  const ways = [queueArn, ...(deadLetterArn === undefined ? [] : [deadLetterArn])];
  const open = ways
    .map((arn) => findQueue(queues, arn, who))
    .find((queue) => maySend(topicArn, queue));
  if (open === undefined) return;
  const options = { raw, ...(filterPolicy === undefined ? {} : { filterPolicy }) };
  await messaging.subscribeQueue(topicArn, open.arn, options);
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
