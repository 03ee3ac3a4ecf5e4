import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabEvents } from './events.ts';
import { clientConfig } from './gateway/client-config.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import {
  type LabMessaging,
  MESSAGING_ACCOUNT_ID,
  startMessaging,
} from './messaging/start-messaging.ts';

const REGION = 'eu-west-1';

let messaging: LabMessaging;
let gateway: Gateway;
let events: LabEvents;
let sqs: SQSClient;
let sns: SNSClient;

beforeEach(async () => {
  events = new LabEvents();
  messaging = await startMessaging({ region: REGION });
  gateway = await startGateway({
    events,
    services: [],
    proxies: { sns: messaging.sns, sqs: messaging.sqs },
    region: REGION,
    accountId: MESSAGING_ACCOUNT_ID,
  });
  const config = clientConfig(gateway.url, REGION, 'LABTEST');
  sqs = new SQSClient(config);
  sns = new SNSClient(config);
});

afterEach(async () => {
  sqs.destroy();
  sns.destroy();
  await gateway.close();
  await messaging.close();
});

async function receive(QueueUrl: string, more: object = {}): Promise<Message[]> {
  const input = { QueueUrl, MaxNumberOfMessages: 10, AttributeNames: ['All' as const], ...more };
  return (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
}

describe('queues', () => {
  it('are reached by their URL on the gateway', async () => {
    const { url, arn } = await messaging.createQueue('inbox', { visibilityTimeoutSeconds: 30 });
    expect(url).toBe(`${gateway.url}/${MESSAGING_ACCOUNT_ID}/inbox`);
    expect(arn).toBe(`arn:aws:sqs:${REGION}:${MESSAGING_ACCOUNT_ID}:inbox`);
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'hello "QueueUrl"' }));
    const [message] = await receive(url);
    expect(message?.Body).toBe('hello "QueueUrl"');
    expect(await receive(url)).toEqual([]);
    const ReceiptHandle = message?.ReceiptHandle ?? '';
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
    expect(
      events.calls().map(({ caller, service, operation }) => [caller, service, operation]),
    ).toEqual([
      ['LABTEST', 'sqs', 'SendMessage'],
      ['LABTEST', 'sqs', 'ReceiveMessage'],
      ['LABTEST', 'sqs', 'ReceiveMessage'],
      ['LABTEST', 'sqs', 'DeleteMessage'],
    ]);
    expect(events.calls()[0]?.input).toEqual({ QueueUrl: url, MessageBody: 'hello "QueueUrl"' });
  });

  it('are reached by a client that was given no endpoint', async () => {
    const { url } = await messaging.createQueue('inbox');
    const { endpoint: _, ...config } = clientConfig(gateway.url, REGION, 'LABTEST');
    const warnings: unknown[] = [];
    const ignore = () => undefined;
    const logger = {
      debug: ignore,
      info: ignore,
      error: ignore,
      warn: (it: unknown) => warnings.push(it),
    };
    const unmodified = new SQSClient({ ...config, logger });
    await unmodified.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }));
    expect((await receive(url)).map(({ Body }) => Body)).toEqual(['x']);
    expect(String(warnings[0])).toContain('using QueueUrl host as endpoint');
    unmodified.destroy();
  });

  it('have gateway URLs too when a caller makes or looks one up', async () => {
    const admin = new SQSClient(clientConfig(gateway.url, REGION, 'ADMIN'));
    const { QueueUrl: made } = await admin.send(new CreateQueueCommand({ QueueName: 'made' }));
    const { QueueUrl: found } = await admin.send(new GetQueueUrlCommand({ QueueName: 'made' }));
    const { QueueUrls: listed } = await admin.send(new ListQueuesCommand({}));
    const url = `${gateway.url}/${MESSAGING_ACCOUNT_ID}/made`;
    expect([made, found, listed]).toEqual([url, url, [url]]);
    admin.destroy();
  });

  it('take and drop batches', async () => {
    const { url } = await messaging.createQueue('inbox');
    const Entries = ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: Id }));
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    expect(sent.Successful).toHaveLength(3);
    const messages = await receive(url);
    expect(messages.map(({ Body }) => Body)).toEqual(['a', 'b', 'c']);
    const handles = messages.map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: ReceiptHandle ?? '',
    }));
    const dropped = await sqs.send(
      new DeleteMessageBatchCommand({ QueueUrl: url, Entries: handles }),
    );
    expect(dropped.Successful).toHaveLength(3);
  });

  it('hold a delayed message back', async () => {
    const { url } = await messaging.createQueue('inbox');
    const later = { QueueUrl: url, MessageBody: 'later', DelaySeconds: 1 };
    await sqs.send(new SendMessageCommand(later));
    expect(await receive(url)).toEqual([]);
    await expect
      .poll(async () => (await receive(url)).map(({ Body }) => Body), { timeout: 5_000 })
      .toEqual(['later']);
  });

  it('answer a long poll when a message comes', async () => {
    const { url } = await messaging.createQueue('inbox');
    const waiting = receive(url, { WaitTimeSeconds: 20 });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'now' }));
    expect((await waiting).map(({ Body }) => Body)).toEqual(['now']);
  });

  it('move a message received too often to the dead letters', async () => {
    const { url, deadLetter } = await messaging.createQueue('inbox', {
      deadLetter: { maxReceiveCount: 2 },
    });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'poison' }));
    for (const attempt of ['1', '2']) {
      const [message] = await receive(url);
      expect(message?.Attributes?.ApproximateReceiveCount).toBe(attempt);
      const ReceiptHandle = message?.ReceiptHandle ?? '';
      const giveBack = { QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 };
      await sqs.send(new ChangeMessageVisibilityCommand(giveBack));
    }
    expect(await receive(url)).toEqual([]);
    expect((await receive(deadLetter?.url ?? '')).map(({ Body }) => Body)).toEqual(['poison']);
  });

  it('are missed with the error AWS gives', async () => {
    const QueueUrl = `${gateway.url}/${MESSAGING_ACCOUNT_ID}/nowhere`;
    const sending = sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    await expect(sending).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    expect(events.calls()[0]).toMatchObject({ status: 400, error: 'QueueDoesNotExist' });
  });

  it('cannot be made before the gateway listens', async () => {
    const alone = await startMessaging({ region: REGION });
    await expect(alone.createQueue('inbox')).rejects.toThrow(
      'want it started before queues are made',
    );
    await alone.close();
  });
});

describe('topics', () => {
  it('deliver to a queue in the SNS envelope, attributes included', async () => {
    const { url, arn } = await messaging.createQueue('inbox');
    const TopicArn = await messaging.createTopic('announcements');
    await messaging.subscribeQueue(TopicArn, arn);
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'recovered' } };
    await sns.send(
      new PublishCommand({ TopicArn, Subject: 's', Message: '<all> & "well"', MessageAttributes }),
    );
    const [message] = await receive(url);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      Type: 'Notification',
      TopicArn,
      Subject: 's',
      Message: '<all> & "well"',
      MessageAttributes: { kind: { Type: 'String', Value: 'recovered' } },
    });
    expect(events.calls()[0]).toMatchObject({
      service: 'sns',
      operation: 'Publish',
      input: { TopicArn, Subject: 's', Message: '<all> & "well"', MessageAttributes },
    });
  });

  it('deliver the message alone when raw, and only what the filter wants', async () => {
    const { url, arn } = await messaging.createQueue('inbox');
    const TopicArn = await messaging.createTopic('announcements');
    const subscription = await messaging.subscribeQueue(TopicArn, arn, {
      raw: true,
      filterPolicy: { kind: ['wanted'] },
    });
    expect(subscription).toContain(TopicArn);
    for (const kind of ['wanted', 'other']) {
      const MessageAttributes = { kind: { DataType: 'String', StringValue: kind } };
      await sns.send(new PublishCommand({ TopicArn, Message: kind, MessageAttributes }));
    }
    expect((await receive(url)).map(({ Body }) => Body)).toEqual(['wanted']);
  });

  it('are missed with the error AWS gives', async () => {
    const TopicArn = `arn:aws:sns:${REGION}:${MESSAGING_ACCOUNT_ID}:nowhere`;
    const publishing = sns.send(new PublishCommand({ TopicArn, Message: 'x' }));
    await expect(publishing).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

describe('faults', () => {
  it('deliver a message twice', async () => {
    const { url, arn } = await messaging.createQueue('inbox');
    const TopicArn = await messaging.createTopic('announcements');
    await messaging.subscribeQueue(TopicArn, arn, { raw: true });
    gateway.faults.inject({
      service: 'sqs',
      operation: 'SendMessage',
      times: 1,
      kind: 'duplicate',
    });
    gateway.faults.inject({ service: 'sns', operation: 'Publish', times: 1, kind: 'duplicate' });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'sent' }));
    await sns.send(new PublishCommand({ TopicArn, Message: 'published' }));
    const bodies = (await receive(url)).map(({ Body }) => Body);
    expect(bodies).toEqual(['sent', 'sent', 'published', 'published']);
    expect(events.calls()[0]).toMatchObject({ operation: 'SendMessage', fault: 'duplicate' });
  });

  it('throttle a publish, which the SDK repeats', async () => {
    const TopicArn = await messaging.createTopic('announcements');
    const fault = gateway.faults.inject({
      service: 'sns',
      operation: 'Publish',
      times: 1,
      kind: 'throttle',
    });
    await sns.send(new PublishCommand({ TopicArn, Message: 'x' }));
    expect(fault.remaining()).toBe(0);
    expect(events.calls().map(({ status, error, fault }) => [status, error, fault])).toEqual([
      [400, 'ThrottlingException', 'throttle'],
      [200, undefined, undefined],
    ]);
  });
});
