import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Announcer } from '../../ports/messaging.ts';
import { calling } from './errors.ts';

/** Publishes a timeline entry as JSON; attributes let subscribers filter without parsing it. */
export function snsAnnouncer(client: SNSClient, topicArn: string): Announcer {
  return {
    async publish(entry, abortSignal) {
      const command = new PublishCommand({
        TopicArn: topicArn,
        Message: JSON.stringify({ schema: 'ecs-self-healing/entry/1', entry }),
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: entry.kind },
          service: { DataType: 'String', StringValue: entry.serviceId },
          environment: { DataType: 'String', StringValue: entry.environment },
        },
      });
      await calling('sns:Publish', () => client.send(command, { abortSignal }));
    },
  };
}
