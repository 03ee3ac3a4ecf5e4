import { type MessageAttributeValue, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Announcer, NoticeAnnouncer } from '../../ports/messaging.ts';
import { calling } from './errors.ts';

/** Publishes a timeline entry, or a notice, as JSON; attributes let subscribers filter without parsing it. */
export function snsAnnouncer(client: SNSClient, topicArn: string): Announcer & NoticeAnnouncer {
  const publish = async (
    message: object,
    attributes: Readonly<Record<string, string>>,
    abortSignal: AbortSignal,
  ): Promise<void> => {
    const command = new PublishCommand({
      TopicArn: topicArn,
      Message: JSON.stringify(message),
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, attribute(value)]),
      ),
    });
    await calling('sns:Publish', () => client.send(command, { abortSignal }));
  };
  return {
    publish: (entry, signal) => {
      const { kind, serviceId: service, environment } = entry;
      const message = { schema: 'ecs-self-healing/entry/1', entry };
      const quiet = entry.quiet === true ? { quiet: 'true' } : {};
      return publish(message, { kind, service, environment, ...quiet }, signal);
    },
    publishNotice: (notice, signal) => {
      const { kind, environment } = notice;
      const service = 'serviceId' in notice ? { service: notice.serviceId } : {};
      const message = { schema: 'ecs-self-healing/notice/1', notice };
      return publish(message, { kind, ...service, environment }, signal);
    },
  };
}

function attribute(value: string): MessageAttributeValue {
  return { DataType: 'String', StringValue: value };
}
