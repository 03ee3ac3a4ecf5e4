/** What AWS puts around a message. */
import type { Random } from '../bench/world/random.ts';
import { NOW } from '../core/builders.ts';

const ACCOUNT = '123456789012';
const HOUR_MS = 3_600_000;

export function inSqs(random: Random, bodies: readonly string[]): object {
  const sent = NOW - random.pick([0, 0, 0, 1, 7, 24]) * HOUR_MS;
  return {
    Records: bodies.map((body, index) => ({
      messageId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      receiptHandle: 'handle',
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(sent),
        SenderId: 'events.amazonaws.com',
        ApproximateFirstReceiveTimestamp: String(sent),
      },
      messageAttributes: {},
      md5OfBody: '00000000000000000000000000000000',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:eu-west-1:${ACCOUNT}:inbox`,
      awsRegion: 'eu-west-1',
    })),
  };
}

/** To a function. */
export function inSns(messages: readonly string[]): object {
  return {
    Records: messages.map((Message) => ({
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: `arn:aws:sns:eu-west-1:${ACCOUNT}:alarms:2f1c7d7e`,
      Sns: { ...aNotification(Message), MessageAttributes: {} },
    })),
  };
}

/** To a queue without raw delivery, and the inner part of the other. */
export function aNotification(Message: string): object {
  return {
    Type: 'Notification',
    MessageId: '5d3f2a9e-6b1c-5e47-9f80-7c2d1e0b4a63',
    TopicArn: `arn:aws:sns:eu-west-1:${ACCOUNT}:alarms`,
    Subject: 'ALARM: "checkout-api-5xx-rate" in EU (Ireland)',
    Message,
    Timestamp: '2026-11-20T10:03:41.570Z',
    SignatureVersion: '1',
  };
}
