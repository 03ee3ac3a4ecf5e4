import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readEvent } from '../events/manifest.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { REGION } from '../lab/names.ts';
import { CannedLab } from './canned-lab.ts';

let lab: CannedLab;
let sqs: SQSClient;

beforeAll(async () => {
  lab = await CannedLab.open();
  sqs = new SQSClient(clientConfig(lab.gateway.url, REGION, 'LABTEST'));
});
afterAll(async () => {
  sqs.destroy();
  await lab.close();
});

async function deadLetters(): Promise<readonly string[]> {
  const queue = {
    QueueUrl: lab.inbox.deadLetter?.url,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: 0,
  };
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(queue));
  return Messages.map(({ Body = '' }) => Body);
}

test('what cannot be worked on ends in the dead-letter queue, and the rest is worked on', async () => {
  const stranger = JSON.stringify(readEvent('alarm-not-guarded.json'));
  const bodies = [
    'not json',
    stranger,
    JSON.stringify(readEvent('eventbridge-alarm-metricmath-ALARM.json')),
  ];
  for (const MessageBody of bodies) {
    await sqs.send(new SendMessageCommand({ QueueUrl: lab.inbox.url, MessageBody }));
  }
  const source = lab.poll(sqs);

  try {
    await vi.waitFor(async () => expect((await lab.lock()).stops).toHaveLength(1), {
      timeout: 15_000,
      interval: 200,
    });
    const dead = new Set<string>();
    await vi.waitFor(
      async () => {
        for (const body of await deadLetters()) dead.add(body);
        expect(dead).toEqual(new Set(['not json', stranger]));
      },
      { timeout: 15_000, interval: 200 },
    );
  } finally {
    await source.close();
  }
});

test('a pause of all services ends by itself, and what it held is healed', async () => {
  await lab.forget();
  const until = new Date(Date.now() + 3_000).toISOString();
  const pause = { kind: 'pause', all: true, by: 'ana', why: 'migration', until };
  const alarm = readEvent('eventbridge-alarm-metricmath-ALARM.json');
  const before = lab.calls('StopTask').length;

  expect(await lab.invoke(pause)).toMatchObject({ service: '*', reason: 'paused' });
  expect(await lab.invoke(alarm)).toMatchObject({ verdict: 'hold', reason: 'paused' });
  expect(lab.calls('StopTask')).toHaveLength(before);
  const source = lab.poll(sqs);

  try {
    await vi.waitFor(async () => expect((await lab.lock()).stops).toHaveLength(1), {
      timeout: 15_000,
      interval: 200,
    });
  } finally {
    await source.close();
  }
});
