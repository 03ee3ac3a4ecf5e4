/** What the fuzzer found, each by a plain example. */
import { describe, expect, test } from 'vitest';
import { openTellings } from '../../functions/adapters/events/announcement.ts';
import { openDrill } from '../../functions/adapters/events/drill.ts';
import { openInbound } from '../../functions/adapters/events/inbound.ts';
import { anEntry } from '../core/builders.ts';
import { readEvent } from './manifest.ts';

const KEY = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');
const DEEP: unknown = JSON.parse(`${'['.repeat(12_000)}${']'.repeat(12_000)}`);
const manual = readEvent('manual-heal.json') as object;
const alarm = readEvent('eventbridge-alarm-metric-ALARM.json') as { readonly detail: object };

function first(event: unknown) {
  const inbound = openInbound(event);
  return inbound.kind === 'direct' ? inbound.deliveries[0] : undefined;
}

describe('bad input', () => {
  test('too deep for the stack is refused like any other', () => {
    expect(() => openInbound({ kind: DEEP })).toThrow('event: got a list, wanted a CloudWatch');
    const run = { kind: 'drill-run', service: 'a/b', by: 'ana', definition: { name: DEEP } };
    expect(() => openDrill(run)).toThrow(/definition: .*name: got/);
  });

  test('is shown without the secret that is in it', () => {
    const open = () => openInbound({ ...manual, dryRun: `password=${KEY}` });

    expect(open).toThrow('dryRun: got "password=[redacted]');
    expect(() => openInbound({ ...manual, [KEY]: 1 })).toThrow('manual request: [redacted]: got');
  });

  test('of a message that would be thousands of passes at once is refused', () => {
    const { Records } = readEvent('sns-alarm-metric-ALARM.json') as { Records: [object] };
    const many = (count: number) => ({ Records: Array<object>(count).fill(Records[0]) });

    expect(openInbound(many(10))).toMatchObject({ kind: 'direct' });
    expect(() => openInbound(many(11))).toThrow('wanted at most 10 records');
  });

  test.each([8_640_000_000_000_001, -1, 1e300])('a time of %d is refused', (at) => {
    const message = { schema: 'ecs-self-healing/entry/1', entry: anEntry({ at: at as never }) };

    expect(() => openTellings(message, { environment: 'prod' })).toThrow(
      /entry.at: .*wanted a time in milliseconds/,
    );
  });
});

describe('what is told and logged', () => {
  test('has the name of an alarm from its ARN, whatever the message calls it', () => {
    const detail = { ...alarm.detail, alarmName: `${KEY}${'x'.repeat(100_000)}` };

    expect(first({ ...alarm, detail })).toMatchObject({
      alarm: { name: 'checkout-api-unhealthy-hosts' },
    });
  });

  test('has no secret that a person pasted', () => {
    const request = { ...manual, requestedBy: `ana@example.com ${KEY}`, reason: `token=${KEY}` };

    expect(first(request)).toMatchObject({
      requestedBy: 'ana@example.com [redacted]',
      reason: 'token=[redacted]',
    });
  });
});

test.each([
  [{ SentTimestamp: '1795169021516' }, 1_795_169_021_516],
  [{ SentTimestamp: 'yesterday' }, undefined],
  [{ SentTimestamp: 5 }, undefined],
  [undefined, undefined],
  ['none', undefined],
])('a message of a queue with %j was sent at %s', (attributes, sentAt) => {
  const record = { eventSource: 'aws:sqs', messageId: 'm', body: '{}', attributes };

  expect(openInbound({ Records: [record] })).toMatchObject({
    records: [sentAt === undefined ? { id: 'm' } : { id: 'm', sentAt }],
  });
});
