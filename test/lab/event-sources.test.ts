import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { pollQueue } from './lambda/event-sources.ts';
import { aFunction, invocations, REGION } from './lambda/fixtures/a-function.ts';

describe.concurrent('an event source', () => {
  let server: FauxqsServer;
  let sqs: SQSClient;

  beforeAll(async () => {
    server = await startFauxqs({
      port: 0,
      host: '127.0.0.1',
      logger: false,
      defaultRegion: REGION,
    });
    sqs = new SQSClient({
      region: REGION,
      endpoint: `http://127.0.0.1:${server.port}`,
      useQueueUrlAsEndpoint: false,
      credentials: { accessKeyId: 'AKIALABTEST', secretAccessKey: 'x' },
    });
  });

  afterAll(async () => {
    sqs.destroy();
    await server.stop();
  });

  async function aQueue(name: string, attributes: Record<string, string> = {}) {
    const created = await sqs.send(
      new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
    );
    const QueueUrl = created.QueueUrl ?? '';
    const answer = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    return { queueUrl: QueueUrl, queueArn: answer.Attributes?.['QueueArn'] ?? '' };
  }

  /**
   * A queue whose failed messages are visible again after a second, and go to a dead-letter queue
   * after two receives.
   */
  async function aQueueWithRedrive(name: string) {
    const dead = await aQueue(`${name}-dead`);
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: dead.queueArn,
      maxReceiveCount: 2,
    });
    return { dead, queue: await aQueue(name, { VisibilityTimeout: '1', RedrivePolicy }) };
  }

  async function send(queueUrl: string, bodies: readonly string[]) {
    const Entries = bodies.map((MessageBody, index) => ({
      Id: String(index),
      MessageBody,
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'alarm' } },
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }

  async function bodiesOf(queueUrl: string): Promise<(string | undefined)[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
    });
    return ((await sqs.send(command)).Messages ?? []).map(({ Body }) => Body).toSorted();
  }

  function left(name: string): number {
    const messages = server.inspectQueue(name)?.messages;
    return messages
      ? messages.ready.length + messages.inflight.length + messages.delayed.length
      : -1;
  }

  test('gives a function the records of Lambda, and deletes what succeeded', async ({
    onTestFinished,
  }) => {
    const queue = await aQueue('inbox');
    const { fn, events } = aFunction(onTestFinished, { handlerExport: 'echo' });
    const source = pollQueue({ sqs, ...queue, function: fn, concurrency: 1 });
    onTestFinished(() => source.close());

    await send(queue.queueUrl, ['hello']);

    await expect
      .poll(() => invocations(events).at(-1)?.outcome, { timeout: 4_000 })
      .toBe('succeeded');
    expect(invocations(events).at(-1)?.result).toEqual({
      Records: [
        {
          messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          receiptHandle: expect.any(String),
          body: 'hello',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: expect.any(String),
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {
            kind: {
              stringValue: 'alarm',
              stringListValues: [],
              binaryListValues: [],
              dataType: 'String',
            },
          },
          md5OfMessageAttributes: expect.any(String),
          md5OfBody: '5d41402abc4b2a76b9719d911017c592',
          eventSource: 'aws:sqs',
          eventSourceARN: queue.queueArn,
          awsRegion: REGION,
        },
      ],
    });
    await expect.poll(() => left('inbox')).toBe(0);
  });

  test('keeps only what a partial answer names, until the queue redrives it', async ({
    onTestFinished,
  }) => {
    const { dead, queue } = await aQueueWithRedrive('partial');
    const { fn, events } = aFunction(onTestFinished, { handlerExport: 'batch' });
    await send(queue.queueUrl, ['good', 'bad', 'fine']);
    const source = pollQueue({ sqs, ...queue, function: fn, reportBatchItemFailures: true });
    onTestFinished(() => source.close());

    await expect.poll(() => bodiesOf(dead.queueUrl), { timeout: 6_000 }).toEqual(['bad']);

    expect(left('partial')).toBe(0);
    const batches = invocations(events).filter(({ outcome }) => outcome === 'started');
    const seen = batches.flatMap(({ event }) => (event as { Records: { body: string }[] }).Records);
    expect(seen.map(({ body }) => body).toSorted()).toEqual(['bad', 'bad', 'fine', 'good']);
  });

  test.for<[string, { handlerExport: string }, boolean]>([
    ['an answer Lambda cannot read', { handlerExport: 'wrongBatchAnswer' }, true],
    ['a failed function', { handlerExport: 'missing' }, false],
  ])(
    'fails the whole batch on %s',
    async ([_what, overrides, reportBatchItemFailures], { onTestFinished }) => {
      const name = `whole-${overrides.handlerExport}`;
      const { dead, queue } = await aQueueWithRedrive(name);
      const { fn } = aFunction(onTestFinished, overrides);
      await send(queue.queueUrl, ['a', 'b']);
      const source = pollQueue({ sqs, ...queue, function: fn, reportBatchItemFailures });
      onTestFinished(() => source.close());

      await expect.poll(() => bodiesOf(dead.queueUrl), { timeout: 6_000 }).toEqual(['a', 'b']);
    },
  );

  test('closes promptly', async ({ onTestFinished }) => {
    const queue = await aQueue('quiet');
    const { fn } = aFunction(onTestFinished);
    const source = pollQueue({ sqs, ...queue, function: fn, concurrency: 3 });

    const startedAt = Date.now();
    await source.close();

    expect(Date.now() - startedAt).toBeLessThan(2_000);
  });
});
