import { describe, expect, test } from 'vitest';
import { openInboundTellings, openTellings } from '../../functions/adapters/events/announcement.ts';
import { isHealerError } from '../../functions/core/errors.ts';
import type { Notice, Telling } from '../../functions/core/notice.ts';
import { OWN_ALARMS, ownAlarmDescription } from '../../functions/core/own-alarm.ts';
import { minutes } from '../../functions/core/time.ts';
import { anEntry, NOW } from '../core/builders.ts';
import { readEvent } from './manifest.ts';

const TOLD = { environment: 'prod', runbookUrl: 'https://example.com/runbook' };
const DRILL: Notice = {
  kind: 'drill',
  serviceId: 'shop/checkout-api',
  environment: 'staging',
  drillId: 'drill-1',
  level: 'fault',
  lead: 'ana',
  method: 'makes one task of four answer 500',
  blastRadius: 'COUNT(1) of 4 tasks',
  stopConditions: [],
  stopCommand: 'heal drill stop',
  at: NOW,
  endsBy: NOW + minutes(20),
};

function open(event: unknown): readonly Telling[] {
  return openTellings(event, TOLD);
}

function anSnsEvent(...messages: readonly unknown[]): unknown {
  return { Records: messages.map((message) => ({ Sns: { Message: JSON.stringify(message) } })) };
}

function failureOf(event: unknown): string {
  try {
    return JSON.stringify(open(event));
  } catch (error) {
    return isHealerError(error) ? `${error.code}: ${error.message}` : String(error);
  }
}

interface AlarmEvent {
  readonly detail: {
    readonly configuration: object;
    readonly state: object;
    readonly previousState: object;
  };
}

/** EventBridge's event of one of the healer's own alarms. */
function anOwnAlarm(change: { state?: object; previousState?: object; description?: string } = {}) {
  const event = readEvent('eventbridge-own-alarm-ALARM.json') as AlarmEvent;
  const { detail } = event;
  return {
    ...event,
    detail: {
      ...detail,
      configuration: {
        ...detail.configuration,
        ...(change.description === undefined ? {} : { description: change.description }),
      },
      state: { ...detail.state, ...change.state },
      previousState: { ...detail.previousState, ...change.previousState },
    },
  };
}

describe('the topic', () => {
  test('brings entries and notices, in their order', () => {
    const entry = anEntry();
    const event = anSnsEvent(
      { schema: 'ecs-self-healing/entry/1', entry },
      { schema: 'ecs-self-healing/notice/1', notice: DRILL },
    );

    expect(open(event)).toEqual([
      { kind: 'entry', entry },
      { kind: 'notice', notice: DRILL },
    ]);
  });

  test('brings fields of a newer version too', () => {
    const notice = { ...DRILL, weather: 'fine' };

    expect(open(anSnsEvent({ schema: 'ecs-self-healing/notice/1', notice }))).toEqual([
      { kind: 'notice', notice },
    ]);
  });

  test.each([
    [{ schema: 'pancake/1' }, 'announcement: schema: got "pancake/1", wanted '],
    [
      { schema: 'ecs-self-healing/notice/1', notice: { kind: 'pancake' } },
      'notice: notice.kind: got "pancake", wanted ',
    ],
    [
      { schema: 'ecs-self-healing/notice/1', notice: { ...DRILL, endsBy: 'noon' } },
      'notice: notice.endsBy: got "noon", wanted number',
    ],
    [
      { schema: 'ecs-self-healing/entry/1', entry: { id: 'x' } },
      'announcement: entry.incidentId: got undefined, wanted ',
    ],
    ['text', 'announcement: got "text", wanted Object'],
  ])('%j is refused', (message, wanted) => {
    expect(failureOf(anSnsEvent(message))).toContain(`event.malformed: ${wanted}`);
  });
});

describe('the queue', () => {
  const message = { schema: 'ecs-self-healing/entry/1', entry: anEntry() };
  const DIGEST = [{ kind: 'digest-due' }];
  const TOLD_ENTRY = [{ kind: 'entry', entry: anEntry() }];

  function aBatch(...bodies: readonly string[]): unknown {
    return {
      Records: bodies.map((body, index) => ({
        eventSource: 'aws:sqs',
        messageId: `m${index}`,
        body,
        attributes: { ApproximateReceiveCount: '7' },
      })),
    };
  }

  test('brings messages, each opened by itself, and how often it was handed out', () => {
    const inbound = openInboundTellings(aBatch('{"kind":"digest"}', 'no JSON'), TOLD);

    if (inbound.kind !== 'batch') throw new Error('wanted a batch');
    const [digest, bad] = inbound.records;
    expect(digest).toMatchObject({ id: 'm0', receives: 7, body: '{"kind":"digest"}' });
    expect(digest?.open()).toEqual(DIGEST);
    expect(() => bad?.open()).toThrow('announcement: got "no JSON", wanted JSON');
  });

  test.each<readonly [string, unknown, readonly unknown[]]>([
    ['an announcement as it was published', message, TOLD_ENTRY],
    [
      'an announcement in the envelope of SNS',
      { Type: 'Notification', Message: JSON.stringify(message) },
      TOLD_ENTRY,
    ],
    ['an event that was moved back from other dead letters', anSnsEvent(message), TOLD_ENTRY],
    ['what the calendar asks', { kind: 'digest' }, DIGEST],
  ])('brings %s', (_name, body, wanted) => {
    const inbound = openInboundTellings(aBatch(JSON.stringify(body)), TOLD);

    if (inbound.kind !== 'batch') throw new Error('wanted a batch');
    expect(inbound.records.flatMap((record) => record.open())).toEqual(wanted);
  });

  test('is refused as a whole when it is none', () => {
    const odd = { Records: [{ eventSource: 'aws:sqs', body: 1 }] };

    expect(() => openInboundTellings(odd, TOLD)).toThrow('SQS event: Records.0.');
  });

  test('is not what an event by itself is', () => {
    expect(openInboundTellings({ kind: 'digest' }, TOLD)).toEqual({
      kind: 'direct',
      tellings: DIGEST,
    });
  });
});

describe('an alarm on the healer itself', () => {
  test('says what it cannot do, since the first bad datapoint, and where to read on', () => {
    expect(open(anOwnAlarm())).toMatchObject([
      {
        kind: 'notice',
        notice: {
          kind: 'broken',
          environment: 'prod',
          code: 'no-access',
          cannot: OWN_ALARMS['no-access'].cannot,
          hint: OWN_ALARMS['no-access'].hint,
          detail: expect.stringMatching(/^Threshold Crossed/),
          since: Date.parse('2026-11-20T09:58:00Z'),
          at: Date.parse('2026-11-20T10:03:41Z'),
          runbookUrl: 'https://example.com/runbook#no-access',
        },
      },
    ]);
  });

  test('without reason data it is since the alarm rang', () => {
    const [telling] = open(anOwnAlarm({ state: { reasonData: 'none' } }));

    expect(telling).toMatchObject({ notice: { since: Date.parse('2026-11-20T10:03:41.516Z') } });
  });

  test('says when it is over, and how long it was', () => {
    const state = { value: 'OK' };
    const previousState = { value: 'ALARM', timestamp: '2026-11-20T09:41:00.000+0000' };

    expect(open(anOwnAlarm({ state, previousState }))).toMatchObject([
      { notice: { works: true, since: Date.parse('2026-11-20T09:41:00Z') } },
    ]);
  });

  test.each([
    ['OK', 'INSUFFICIENT_DATA'],
    ['INSUFFICIENT_DATA', 'OK'],
  ])('%s after %s is no news', (value, before) => {
    expect(open(anOwnAlarm({ state: { value }, previousState: { value: before } }))).toEqual([]);
  });

  test.each(Object.keys(OWN_ALARMS) as (keyof typeof OWN_ALARMS)[])(
    '%s is known by its description',
    (code) => {
      const description = ownAlarmDescription(code, 'whatever [it] says');

      expect(open(anOwnAlarm({ description }))).toMatchObject([{ notice: { code } }]);
    },
  );

  test.each([
    'checkout-api is ill',
    'Self-healing: it is ill',
    'Self-healing: it is ill [constructor]',
  ])('the alarm "%s" is not the healer\'s', (description) => {
    expect(failureOf(anOwnAlarm({ description }))).toContain(
      `event.malformed: alarm on the healer: detail.configuration.description: got "${description}", wanted `,
    );
  });
});

describe('the calendar', () => {
  test('asks for the digest', () => {
    expect(open(readEvent('digest.json'))).toEqual([{ kind: 'digest-due' }]);
  });

  test('asks for nothing else', () => {
    expect(failureOf({ kind: 'digest', of: 'May' })).toBe(
      'event.malformed: digest: of: got "of", wanted no field of this name',
    );
  });
});

test.each([null, 3, 'text', [], {}, { kind: 'pause' }, { 'detail-type': 'ECS Task State Change' }])(
  '%j is no telling',
  (event) => {
    expect(failureOf(event)).toMatch(/^event\.malformed: event: got .*, wanted an SNS event, /);
  },
);
