/** Bodies as EventBridge and people put them into the inbox, and the batch that the function gets. */
import type { AlarmChange } from './alarms.ts';
import type { Message } from './queue.ts';

export function alarmBody({ alarm, state, previous, at }: AlarmChange): string {
  const time = new Date(at).toISOString();
  const timestamp = time.replace('Z', '+0000');
  return JSON.stringify({
    version: '0',
    id: `${alarm.name}-${at}`,
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: '123456789012',
    time,
    region: 'eu-west-1',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      state: { value: state, reason: 'Threshold Crossed', timestamp },
      previousState: { value: previous, reason: 'Threshold Crossed', timestamp },
      configuration: { metrics: [] },
    },
  });
}

export function batchOf(messages: readonly Message[]): unknown {
  return {
    Records: messages.map(({ id, body, sentAt, receives }) => ({
      messageId: id,
      receiptHandle: `${id}/${receives}`,
      body,
      attributes: {
        ApproximateReceiveCount: `${receives}`,
        SentTimestamp: `${sentAt}`,
        ApproximateFirstReceiveTimestamp: `${sentAt}`,
        SenderId: 'sim',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:inbox',
      awsRegion: 'eu-west-1',
    })),
  };
}
