import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { RequestInbox } from '../../ports/clicks.ts';
import { calling } from './errors.ts';

/** Puts requests of people into the inbox, as they would be handed to the function directly. */
export function sqsRequests(client: SQSClient, queueUrl: string): RequestInbox {
  return {
    async hand(request, abortSignal) {
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(request),
      });
      await calling('sqs:SendMessage', () => client.send(command, { abortSignal }));
    },
  };
}
