import { SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { snsAnnouncer } from '../../functions/adapters/aws/sns-announcer.ts';
import { openTellings } from '../../functions/adapters/events/announcement.ts';
import { isHealerError } from '../../functions/core/errors.ts';
import type { DigestNotice, DrillNotice, Telling } from '../../functions/core/notice.ts';
import { minutes } from '../../functions/core/time.ts';
import { anEntry, NOW } from '../core/builders.ts';
import { LabEvents } from '../lab/events.ts';
import { clientConfig } from '../lab/gateway/client-config.ts';
import { startGateway } from '../lab/gateway/gateway.ts';
import {
  type LabMessaging,
  MESSAGING_ACCOUNT_ID,
  startMessaging,
} from '../lab/messaging/start-messaging.ts';

const REGION = 'eu-west-1';
const signal = new AbortController().signal;
const parts = new AsyncDisposableStack();
let messaging: LabMessaging;
let sns: SNSClient;
let sqs: SQSClient;

beforeAll(async () => {
  messaging = parts.adopt(await startMessaging({ region: REGION }), (part) => part.close());
  const gateway = await startGateway({
    events: new LabEvents(),
    services: [],
    proxies: { sns: messaging.sns, sqs: messaging.sqs },
    region: REGION,
    accountId: MESSAGING_ACCOUNT_ID,
  });
  parts.adopt(gateway, (part) => part.close());
  const config = clientConfig(gateway.url, REGION, 'LABTEST');
  sns = parts.adopt(new SNSClient(config), (part) => part.destroy());
  sqs = parts.adopt(new SQSClient(config), (part) => part.destroy());
});
afterAll(() => parts.disposeAsync());

const DRILL: DrillNotice = {
  kind: 'drill',
  serviceId: 'shop-staging/checkout-api',
  environment: 'staging',
  drillId: 'drill-1',
  level: 'wiring',
  lead: 'ana',
  method: 'rings the alarm',
  blastRadius: 'nothing is stopped',
  stopConditions: [],
  stopCommand: 'heal drill stop',
  at: NOW,
  endsBy: NOW + minutes(20),
};
const DIGEST: DigestNotice = {
  kind: 'digest',
  environment: 'prod',
  from: NOW - minutes(10_080),
  to: NOW,
  services: 0,
  incidents: 0,
  recovered: 0,
  escalated: 0,
  open: 0,
  stops: 0,
  drills: { passed: 0, run: 0 },
  repeated: [],
};

let names = 0;
/** A topic, with a queue that takes what the filter lets through. */
async function aTopic(filterPolicy: Readonly<Record<string, unknown>>) {
  names += 1;
  const topicArn = await messaging.createTopic(`incidents-${names}`);
  const { arn, url } = await messaging.createQueue(`subscriber-${names}`);
  await messaging.subscribeQueue(topicArn, arn, { raw: true, filterPolicy });
  const tellings = async (): Promise<readonly Telling[]> => {
    const input = { QueueUrl: url, MaxNumberOfMessages: 10 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
    const Records = Messages.map(({ Body: Message }) => ({ Sns: { Message } }));
    return openTellings({ Records }, { environment: 'prod' });
  };
  return { announcer: snsAnnouncer(sns, topicArn), tellings };
}

test('what is published is what notify opens', async () => {
  const { announcer, tellings } = await aTopic({ environment: ['prod', 'staging'] });
  const entry = anEntry();

  await announcer.publish(entry, signal);
  await announcer.publishNotice(DRILL, signal);

  const found = await tellings();
  expect(found).toHaveLength(2);
  expect(found).toContainEqual({ kind: 'entry', entry });
  expect(found).toContainEqual({ kind: 'notice', notice: DRILL });
});

test.each([
  ['kind', { kind: ['drill'] }],
  ['service', { service: ['shop-staging/checkout-api'] }],
  ['environment', { environment: ['staging'] }],
])('a subscriber may choose by %s', async (_name, filter) => {
  const { announcer, tellings } = await aTopic(filter);

  await announcer.publish(anEntry(), signal);
  await announcer.publishNotice(DIGEST, signal);
  await announcer.publishNotice(DRILL, signal);

  expect(await tellings()).toEqual([{ kind: 'notice', notice: DRILL }]);
});

test('a subscriber may leave out what is only shown', async () => {
  const { announcer, tellings } = await aTopic({ quiet: [{ exists: false }] });
  const entry = anEntry();

  await announcer.publish({ ...entry, kind: 'opened', quiet: true }, signal);
  await announcer.publish(entry, signal);

  expect(await tellings()).toEqual([{ kind: 'entry', entry }]);
});

test('fails when there is no such topic, naming the call', async () => {
  const missing = `arn:aws:sns:${REGION}:${MESSAGING_ACCOUNT_ID}:nowhere`;

  const failed = await snsAnnouncer(sns, missing)
    .publishNotice(DIGEST, signal)
    .catch((error: unknown) => error);

  expect(isHealerError(failed) && failed.message).toContain('sns:Publish: ');
});
