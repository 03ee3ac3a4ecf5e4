/**
 * Event source mappings: what carries messages from queues to functions, as Lambda's own pollers do.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchItemFailure, SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';

import type { InvokeResult } from './function.ts';

/** Most messages one ReceiveMessage and one DeleteMessageBatch take. */
const RECEIVE_MAX = 10;
/**
 * Long polls are short, so that closing is: a poll is not aborted, or its messages would hang in
 * flight.
 */
const WAIT_SECONDS = 1;
const ERROR_PAUSE_MS = 200;

/** The part of a function that an event source needs. */
interface Invocable {
  invoke(event: unknown, options: { mode: 'sync' | 'async' }): Promise<InvokeResult>;
}

/** A running event source; `close` ends after the polls and invocations under way. */
export interface EventSource {
  close(): Promise<void>;
}

interface QueueOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly function: Invocable;
  /** Polls, and so batches, at the same time. @default 2 */
  readonly concurrency?: number;
  /** Told when the queue refuses a call; polling goes on. @default - ignored */
  readonly onError?: (error: unknown) => void;
}

export interface QueueSourceOptions extends QueueOptions {
  readonly queueArn: string;
  /** @default 10, which is also the most */
  readonly batchSize?: number;
  /**
   * Whether the answer's `batchItemFailures` is read; without it a batch succeeds or fails as a
   * whole.
   */
  readonly reportBatchItemFailures?: boolean;
  /** What the mapping's filters let through; the rest is dropped. @default - everything */
  readonly accepts?: (record: SQSRecord) => boolean;
}

/**
 * Feeds a function from a queue as an SQS event source mapping does: synchronously, in batches.
 *
 * What succeeded is deleted. What failed, or was throttled, is left alone: it comes back when its
 * visibility timeout ends, and the queue's redrive policy counts.
 */
export function pollQueue(options: QueueSourceOptions): EventSource {
  const { queueArn, batchSize = RECEIVE_MAX } = options;
  if (batchSize < 1 || batchSize > RECEIVE_MAX) {
    throw new RangeError(`batch size ${batchSize} is not between 1 and ${RECEIVE_MAX}`);
  }
  const { accepts = () => true } = options;
  return poll(options, batchSize, async (messages) => {
    const event: SQSEvent = {
      Records: messages.map((message) => sqsRecord(message, queueArn)).filter(accepts),
    };
    if (event.Records.length === 0) return messages;
    const result = await options.function.invoke(event, { mode: 'sync' });
    if (result.statusCode !== 200 || result.functionError !== undefined) return [];
    if (!options.reportBatchItemFailures) return messages;
    const failed = failedIds(result.payload, messages);
    return messages.filter(({ MessageId }) => !failed.has(MessageId ?? ''));
  });
}

function poll(
  options: QueueOptions,
  batchSize: number,
  handle: (messages: readonly Message[]) => Promise<readonly Message[]>,
): EventSource {
  const stop = new AbortController();
  const run = async () => {
    while (!stop.signal.aborted) {
      try {
        const messages = await receive(options, batchSize);
        if (messages.length > 0) await remove(options, await handle(messages));
      } catch (error) {
        options.onError?.(error);
        await sleep(ERROR_PAUSE_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    }
  };
  const runs = Array.from({ length: options.concurrency ?? 2 }, run);
  return {
    close: async () => {
      stop.abort();
      await Promise.all(runs);
    },
  };
}

async function receive(options: QueueOptions, batchSize: number): Promise<readonly Message[]> {
  const answer = await options.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: options.queueUrl,
      MaxNumberOfMessages: batchSize,
      WaitTimeSeconds: WAIT_SECONDS,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return answer.Messages ?? [];
}

async function remove(options: QueueOptions, messages: readonly Message[]): Promise<void> {
  if (messages.length === 0) return;
  const answer = await options.sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: options.queueUrl,
      Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
    }),
  );
  for (const { Code, Message: text } of answer.Failed ?? []) {
    options.onError?.(new Error(`message not deleted: ${Code} ${text}`));
  }
}

function sqsRecord(message: Message, queueArn: string): SQSRecord {
  const attributes: Record<string, string> = message.Attributes ?? {};
  const md5 = message.MD5OfMessageAttributes;
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: {
      ...attributes,
      ApproximateReceiveCount: attributes['ApproximateReceiveCount'] ?? '1',
      SentTimestamp: attributes['SentTimestamp'] ?? '',
      SenderId: attributes['SenderId'] ?? '',
      ApproximateFirstReceiveTimestamp: attributes['ApproximateFirstReceiveTimestamp'] ?? '',
    },
    messageAttributes: messageAttributes(message.MessageAttributes ?? {}),
    ...(md5 === undefined ? {} : { md5OfMessageAttributes: md5 }),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  };
}

function messageAttributes(given: Record<string, MessageAttributeValue>): SQSMessageAttributes {
  const entries = Object.entries(given).map(([name, value]) => {
    const binary = value.BinaryValue && Buffer.from(value.BinaryValue).toString('base64');
    const content =
      binary === undefined ? { stringValue: value.StringValue } : { binaryValue: binary };
    const lists = { stringListValues: [] as never[], binaryListValues: [] as never[] };
    return [name, { ...content, ...lists, dataType: value.DataType ?? 'String' }];
  });
  return Object.fromEntries(entries) as SQSMessageAttributes;
}

/**
 * Ids of the messages to keep. An answer that Lambda would not understand fails the whole batch.
 */
function failedIds(payload: unknown, messages: readonly Message[]): ReadonlySet<string> {
  const sent = new Set(messages.map(({ MessageId }) => MessageId ?? ''));
  if (payload === null) return new Set();
  if (typeof payload !== 'object') return sent;
  const failures = (payload as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return sent;
  const ids = (failures as (SQSBatchItemFailure | null)[]).map((entry) => entry?.itemIdentifier);
  return ids.every((id) => id !== undefined && sent.has(id)) ? new Set(ids as string[]) : sent;
}
