import { describe, expect, test } from 'vitest';
import { openInbound } from '../../functions/adapters/events/inbound.ts';
import { isHealerError } from '../../functions/core/errors.ts';
import type { Incoming } from '../../functions/ports/inbound.ts';
import { deliveries, eventFiles, readEvent, readManifest } from './manifest.ts';

function openOne(event: unknown): Incoming {
  const inbound = openInbound(event);
  if (inbound.kind !== 'direct') throw new Error('a batch');
  const [delivery, ...others] = inbound.deliveries;
  if (delivery === undefined || others.length > 0) throw new Error('not one delivery');
  return delivery;
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'nothing thrown';
  } catch (error) {
    return isHealerError(error) ? error.code : String(error);
  }
}

describe('the manifest', () => {
  test('names every file of the folder, and no other', () => {
    expect(Object.keys(readManifest()).toSorted()).toEqual(eventFiles());
  });

  test('says where every documented file comes from', () => {
    const missing = Object.entries(readManifest()).filter(
      ([, entry]) =>
        entry.provenance === 'documented' &&
        !entry.docs?.startsWith('https://docs.aws.amazon.com/'),
    );
    expect(missing).toEqual([]);
  });
});

describe('every spelling of an alarm becomes the same alarm', () => {
  const alarms = deliveries().filter(([, { alarm }]) => alarm !== undefined);

  test.each(alarms)('%s', (name, expected) => {
    const delivery = openOne(readEvent(name));

    expect(delivery).toMatchObject({
      kind: 'alarm',
      alarm: {
        kind: expected.alarm,
        state: expected.state,
        accountId: '123456789012',
        region: 'eu-west-1',
      },
    });
    if (delivery.kind !== 'alarm') return;
    expect(delivery.alarm.arn).toMatch(
      /^arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout-api-/,
    );
    expect(new Date(delivery.alarm.changedAt).getUTCFullYear()).toBe(2026);
    expect(delivery.alarm.triggeredBy).toHaveLength(expected.alarm === 'composite' ? 2 : 0);
  });

  test('the three envelopes of one state change agree', () => {
    const names = [
      'lambda-alarm-metricmath-ALARM',
      'sns-alarm-metricmath-ALARM',
      'eventbridge-alarm-metricmath-ALARM',
    ];

    const [direct, sns, eventBridge] = names.map((name) => openOne(readEvent(`${name}.json`)));

    expect(eventBridge).toEqual(direct);
    expect(sns).toEqual(direct);
  });

  test('a suppressed composite says who suppresses it', () => {
    const delivery = openOne(readEvent('eventbridge-alarm-composite-ALARM-suppressed.json'));

    expect(delivery).toMatchObject({ alarm: { suppressedBy: 'WaitPeriod' } });
  });

  test('an SNS notification in a queue is opened too', () => {
    const { Records } = readEvent('sns-alarm-metric-ALARM.json') as { Records: [{ Sns: object }] };

    expect(openOne(Records[0].Sns)).toMatchObject({ kind: 'alarm', alarm: { kind: 'metric' } });
  });
});

describe('what is no delivery', () => {
  const bad = deliveries().filter(
    ([, { error }]) => error === 'event.malformed' || error === 'event.unknown-kind',
  );

  test.each(bad)('%s is refused', (name, { error }) => {
    expect(codeOf(() => openOne(readEvent(name)))).toBe(error);
  });

  test('the error names field, value got and value wanted', () => {
    expect(() => openOne(readEvent('manual-misspelt.json'))).toThrow(
      'manual request: dryrun: got "dryrun", wanted no field of this name',
    );
    expect(() => openOne(readEvent('malformed-alarm.json'))).toThrow(
      /detail.state.timestamp: got NaN, wanted a time such as/,
    );
    expect(() => openOne({ kind: 'pancake' })).toThrow(
      /got "pancake", wanted a CloudWatch alarm \(direct, .*\), a re-check, .*, a pause or a resume$/,
    );
  });

  test.each([null, 3, 'text', [], { Records: [] }, { Records: [null] }, undefined])(
    '%j is refused',
    (event) => {
      expect(codeOf(() => openOne(event))).toMatch(/^event\./);
    },
  );

  test('a batch opens each of its bodies alone', () => {
    const inbound = openInbound(readEvent('sqs-batch-one-good-three-bad.json'));
    if (inbound.kind !== 'batch') throw new Error('no batch');

    const codes = inbound.records.map((record) => codeOf(record.open));

    expect(codes).toEqual([
      'nothing thrown',
      'event.malformed',
      'nothing thrown',
      'event.unknown-kind',
    ]);
  });
});

describe('a request about a pause', () => {
  const given = { kind: 'pause', serviceId: 'shop-prod/checkout-api', by: 'ana', why: 'load test' };

  test.each([
    ['P1D', 86_400_000],
    ['PT30M', 1_800_000],
    ['P1DT2H5M', 93_900_000],
    ['P7D', 604_800_000],
  ])('for %s', (text, span) => {
    expect(openOne({ ...given, for: text })).toEqual({ ...given, for: span });
  });

  test('until a time, in whatever zone', () => {
    const delivery = openOne({ ...given, until: '2026-11-20T12:30:00+02:00' });
    expect(delivery).toEqual({ ...given, until: Date.parse('2026-11-20T10:30:00Z') });
  });

  test('for all services', () => {
    expect(openOne(readEvent('pause-all.json'))).toMatchObject({ serviceId: '*' });
    expect(openOne(readEvent('resume-all.json'))).toEqual({
      kind: 'resume',
      serviceId: '*',
      by: 'ana',
    });
  });

  test.each([
    [{ for: 'PT8H', until: '2026-11-20T10:30:00Z' }, 'until, for: got both, wanted one of the two'],
    [{}, 'until, for: got neither, wanted one of the two'],
    [{ for: '30 minutes' }, 'for: got "30 minutes", wanted a duration such as PT30M'],
    [
      { for: 'P8D' },
      'for: got "P8D", wanted a duration such as PT30M, PT2H or P1D, of at most 7 d',
    ],
    [{ for: 'PT0M' }, 'for: got "PT0M", wanted a duration'],
    [{ for: 'P' }, 'for: got "P", wanted a duration'],
    [{ until: 'noon' }, 'until: got "noon", wanted a time with its zone'],
    [{ until: '2026-11-20T10:30:00' }, 'wanted a time with its zone'],
    [{ for: 'PT8H', by: '' }, 'by: got 0, wanted >=1'],
    [{ for: 'PT8H', by: 'a'.repeat(101) }, 'by: got 101, wanted <=100'],
    [{ for: 'PT8H', why: undefined }, 'why: got undefined, wanted'],
    [{ for: 'PT8H', why: 'a'.repeat(301) }, 'why: got 301, wanted <=300'],
    [{ for: 'PT8H', all: true }, 'serviceId, all: got {"serviceId":"shop-prod/checkout-api"'],
    [{ for: 'PT8H', serviceId: '*' }, 'serviceId: got "*", wanted <cluster>/<service>'],
    [{ for: 'PT8H', all: false, serviceId: undefined }, 'all: got false, wanted true'],
    [{ for: 'PT8H', untill: 'x' }, 'untill: got "untill", wanted no field of this name'],
  ])('%j is refused', (changed, message) => {
    expect(() => openOne({ ...given, ...changed })).toThrow(message);
  });
});

describe('what a click becomes', () => {
  const given = readEvent('acknowledge.json') as object;
  const asked = readEvent('manual-stop-one-more.json') as object;

  test('is opened as it was sent', () => {
    expect(openOne(given)).toEqual(given);
    expect(openOne(asked)).toEqual(asked);
  });

  test.each(['pause-service.json', 'resume-service.json'])(
    '%s may name the request that it is',
    (name) => {
      const request = { ...(readEvent(name) as object), request: 'click-1' };

      expect(openOne(request)).toMatchObject({ request: 'click-1' });
    },
  );

  test.each([
    [given, { serviceId: '*' }, 'acknowledgement: serviceId: got "*", wanted <cluster>/<service>'],
    [given, { incidentId: 'x' }, 'incidentId: got "x", wanted inc-<time>-<letters>'],
    [given, { by: '' }, 'by: got 0, wanted >=1'],
    [given, { why: 'x' }, 'why: got "why", wanted no field of this name'],
    [asked, { incidentId: 'pause-1' }, 'manual request: incidentId: got "pause-1", wanted inc-'],
    [asked, { request: '' }, 'request: got 0, wanted >=1'],
    [asked, { request: 'x'.repeat(101) }, 'request: got 101, wanted <=100'],
  ])('%j with %j is refused', (event, changed, message) => {
    expect(() => openOne({ ...event, ...changed })).toThrow(message);
  });
});
