import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../../ports/tellings.ts';
import { calling } from './errors.ts';

/** More of the error than a person needs to see what is wrong. */
const WHY_MAX = 1_000;
/** What an attribute of a message may not have. */
const UNSENDABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/gu;

/** Keeps the message as it was, so that it can be moved back; the error stands beside it. */
export function sqsDeadLetters(client: SQSClient, queueUrl: string): DeadLetters {
  return {
    async send(body, why, abortSignal) {
      const text = why.replace(UNSENDABLE, '?').slice(0, WHY_MAX);
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: {
          ErrorMessage: { DataType: 'String', StringValue: text === '' ? 'unknown' : text },
        },
      });
      await calling('sqs:SendMessage', () => client.send(command, { abortSignal }));
    },
  };
}
