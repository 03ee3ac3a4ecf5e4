import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { readFresh } from '../events/manifest.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { REGION } from '../lab/names.ts';
import { CannedLab } from './canned-lab.ts';

const ALARM = readFresh('eventbridge-alarm-metricmath-ALARM.json');
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
  const stranger = JSON.stringify(readFresh('alarm-not-guarded.json'));
  const bodies = [
    'not json',
    stranger,
    JSON.stringify(readFresh('eventbridge-alarm-metricmath-ALARM.json')),
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
  const alarm = readFresh('eventbridge-alarm-metricmath-ALARM.json');
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

describe('what a click becomes', () => {
  beforeEach(() => lab.forget());

  test('an acknowledgement is kept with the incident, which is followed as before', async () => {
    await lab.invoke(ALARM);
    const incidentId = (await lab.lock()).incident?.id;
    const acknowledgement = { ...(readFresh('acknowledge.json') as object), incidentId };

    expect(await lab.invoke(acknowledgement)).toMatchObject({ reason: 'acknowledged' });
    expect(await lab.invoke(acknowledgement)).toMatchObject({ reason: 'unchanged' });

    const { incident } = await lab.lock();
    expect(incident).toMatchObject({
      state: 'verifying',
      acknowledged: { by: 'ana (U0123456789)' },
    });
    expect(await lab.invoke(ALARM)).toMatchObject({ verdict: 'hold', reason: 'settling' });
  });

  test('one more stop in an incident that a person has, once for one request', async () => {
    lab.configure({ budget: 0 });
    await lab.redeploy();
    expect(await lab.invoke(ALARM)).toMatchObject({ verdict: 'escalate', reason: 'budget-spent' });
    lab.configure({});
    await lab.redeploy();
    expect(await lab.invoke(ALARM)).toMatchObject({ verdict: 'hold', reason: 'budget-spent' });
    const incidentId = (await lab.lock()).incident?.id;
    const request = { ...(readFresh('manual-stop-one-more.json') as object), incidentId };
    const before = lab.calls('StopTask').length;

    expect(await lab.invoke(request)).toMatchObject({ verdict: 'act' });
    expect(await lab.invoke(request)).toMatchObject({ verdict: 'hold', reason: 'settling' });

    expect(lab.calls('StopTask')).toHaveLength(before + 1);
    expect((await lab.lock()).incident).toMatchObject({
      state: 'verifying',
      answered: ['click-0f3c7a5d1b9e4c2f8a6d7e5b'],
    });
  });

  test('a pause that names its request is one, whatever messages bring it', async () => {
    const pause = { ...(readFresh('pause-service.json') as object), request: 'click-1' };

    expect(await lab.invoke(pause)).toMatchObject({ reason: 'paused' });
    expect(await lab.invoke(pause)).toMatchObject({ reason: 'unchanged' });
    expect(await lab.invoke({ ...pause, request: 'click-2' })).toMatchObject({ reason: 'paused' });
  });
});
