import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { calling } from './errors.ts';

/** Publishes one text to a topic. */
export type Publish = (message: string, signal: AbortSignal) => Promise<void>;

export function topicPublisher(client: SNSClient, topicArn: string): Publish {
  return async (message, abortSignal) => {
    const command = new PublishCommand({ TopicArn: topicArn, Message: message });
    await calling('sns:Publish', () => client.send(command, { abortSignal }));
  };
}
