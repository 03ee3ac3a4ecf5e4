import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DrillQueue } from '../../ports/drill.ts';
import { calling } from './errors.ts';

/** SQS delays a message by at most 15 minutes. */
const DELAY_MAX_SECONDS = 900;

export function drillQueue(client: SQSClient, queueUrl: string): DrillQueue {
  return {
    async scheduleLook(look, delay, abortSignal) {
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        DelaySeconds: Math.min(DELAY_MAX_SECONDS, Math.ceil(delay / 1_000)),
        MessageBody: JSON.stringify(look),
      });
      await calling('sqs:SendMessage', () => client.send(command, { abortSignal }));
    },
  };
}
