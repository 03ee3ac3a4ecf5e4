import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { HealerError } from '../../core/errors.ts';
import type { QueueReader } from '../../ports/operator.ts';
import { calling } from './errors.ts';

const ATTRIBUTES = [
  'QueueArn',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'RedrivePolicy',
] as const satisfies readonly QueueAttributeName[];

/** Reads how full a queue is, and where it sends what fails. */
export function queueReader(client: SQSClient): QueueReader {
  return {
    async read(url, abortSignal) {
      const command = new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [...ATTRIBUTES],
      });
      const { Attributes = {} } = await finding(url, 'sqs:GetQueueAttributes', () =>
        client.send(command, { abortSignal }),
      );
      const deadLetterArn = deadLetterArnOf(Attributes['RedrivePolicy']);
      return {
        arn: Attributes['QueueArn'] ?? '',
        waiting: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
        inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
        delayed: Number(Attributes['ApproximateNumberOfMessagesDelayed'] ?? 0),
        ...(deadLetterArn === undefined ? {} : { deadLetterArn }),
      };
    },
    async urlOf(arn, abortSignal) {
      const command = new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) });
      const { QueueUrl = '' } = await finding(arn, 'sqs:GetQueueUrl', () =>
        client.send(command, { abortSignal }),
      );
      return QueueUrl;
    },
  };
}

/** SQS names this one error in two ways, by protocol. */
const MISSING = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];

async function finding<T>(queue: string, what: string, call: () => Promise<T>): Promise<T> {
  return calling(what, async () => {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Error && MISSING.includes(error.name))) throw error;
      throw new HealerError('dependency.missing', `${what}: no such queue: ${queue}`, {
        cause: error,
      });
    }
  });
}

function deadLetterArnOf(redrivePolicy: string | undefined): string | undefined {
  if (redrivePolicy === undefined || redrivePolicy === '') return undefined;
  const { deadLetterTargetArn } = JSON.parse(redrivePolicy) as { deadLetterTargetArn?: string };
  return deadLetterTargetArn;
}
