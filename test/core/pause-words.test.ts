/** What is said of a pause, word for word, and when a request for one changes nothing. */
import { describe, expect, test } from 'vitest';
import { ALL_SERVICES, type PauseDelivery } from '../../functions/core/delivery.ts';
import { HealerError } from '../../functions/core/errors.ts';
import type { Pause } from '../../functions/core/lock.ts';
import {
  BY_MAX,
  changePause,
  cleanName,
  nameScope,
  type PauseChange,
  WHY_MAX,
} from '../../functions/core/pause.ts';
import { type EpochMillis, earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import { NOW } from './builders.ts';

const serviceId = 'shop-prod/checkout-api';
const until = later(NOW, minutes(30));
const PAUSE = { kind: 'pause', serviceId, by: 'ana', why: 'load test', until } as const;
const RESUME = { kind: 'resume', serviceId, by: 'ben' } as const;
const checkOf = (pauseId: string) => ({ kind: 'pause-check', serviceId, pauseId, until }) as const;
/** As a person writes it into the table. */
const BY_HAND: Pause = { by: 'ana', why: 'load test', until };

function ask(delivery: PauseDelivery, pause?: Pause, now = NOW, request = 'r2'): PauseChange {
  const used = { stopsUsed: 1, stopsAllowed: 3 };
  return changePause({ pause, delivery, request, environment: 'prod', used, now });
}

function begun(): Pause {
  const { pause } = ask(PAUSE, undefined, NOW, 'r1');
  if (pause === undefined) throw new Error('not paused');
  return pause;
}

const soon = later(NOW, minutes(1));
const ago = (some: number) => earlier(NOW, minutes(some));
const almost = later(ago(10), seconds(1));
/** Of so many minutes, and when it was asked for. */
const span = (some: number, askedAt: EpochMillis): PauseDelivery => ({
  ...{ kind: 'pause', serviceId, by: 'ana', why: 'load test' },
  ...{ for: minutes(some), askedAt },
});

describe('the answer to a request', () => {
  test.each<[string, () => PauseChange]>([
    ['paused by ana, until 2026-11-20T10:33:41.516Z: load test', () => ask(PAUSE)],
    [
      'paused by ben, until 2026-11-20T10:33:41.516Z, instead of until 2026-11-20T10:33:41.516Z by ana: load test',
      () => ask({ ...PAUSE, by: 'ben' }, begun(), soon),
    ],
    [
      'paused by ana until 2026-11-20T10:33:41.516Z, 29 min left: load test',
      () => ask(PAUSE, begun(), soon),
    ],
    [
      'the time that this pause was asked for ended at 2026-11-20T10:03:41.516Z',
      () => ask(span(10, ago(10))),
    ],
    ['paused by ana, until 2026-11-20T10:03:42.516Z: load test', () => ask(span(10, almost))],
    ['paused by ana, until 2026-11-20T10:13:41.516Z: load test', () => ask(span(10, soon))],
    ['there is no pause to end', () => ask(RESUME)],
    ['the pause has ended already', () => ask(checkOf('pause-1'))],
    ['superseded: the pause was changed meanwhile', () => ask(checkOf('pause-1'), begun(), soon)],
    ['superseded: the pause was changed meanwhile', () => ask(checkOf('pause-1'), BY_HAND, until)],
    ['the pause by ana after 1 min ended by ben', () => ask(RESUME, begun(), soon)],
    ['the pause by ana ended by ben', () => ask(RESUME, BY_HAND, soon)],
    [
      'the pause by ana after 30 min ended by itself, as asked for',
      () => ask(RESUME, begun(), until),
    ],
  ])('is "%s"', (detail, answer) => {
    expect(answer().detail).toBe(detail);
  });
});

test('a span that is over before it arrives begins nothing, and leaves what stands', () => {
  expect(ask(span(10, ago(10)))).toMatchObject({ outcome: 'not-paused', entries: [] });
  expect(ask(span(10, ago(10)), begun()).pause).toEqual(begun());
});

describe('a pause that is on', () => {
  test.each<[string, Partial<typeof PAUSE | { by: string; why: string }>]>([
    ['another person', { by: 'ben' }],
    ['another reason', { why: 'game day' }],
    ['another end', { until: later(until, minutes(1)) } as object],
  ])('is changed by %s', (_what, part) => {
    const { outcome, pause } = ask({ ...PAUSE, ...part }, begun(), soon);

    expect(outcome).toBe('paused');
    expect(pause).toMatchObject({ ...part, record: { seq: 2, since: NOW, request: 'r2' } });
  });

  test('is not told to have begun again by the message that ended it', () => {
    const change = ask(PAUSE, begun(), until, 'r1');

    expect(change).toMatchObject({ outcome: 'resumed', pause: undefined });
    expect(change.entries).toMatchObject([{ kind: 'resumed' }]);
  });
});

describe('an entry of a pause', () => {
  test('has the numbers of the moment, and no incident', () => {
    expect(ask(PAUSE).entries).toEqual([
      {
        id: expect.stringMatching(/^pause-20261120-100341-\w{6}#1$/),
        incidentId: expect.stringMatching(/^pause-20261120-100341-\w{6}$/),
        seq: 1,
        at: NOW,
        announce: true,
        serviceId,
        environment: 'prod',
        trigger: 'pause by ana',
        stopped: 0,
        reopened: 0,
        facts: { alarms: [], stopsUsed: 1, stopsAllowed: 3 },
        ledger: {},
        kind: 'paused',
        reason: 'paused',
        detail: 'by ana, until 2026-11-20T10:33:41.516Z: load test',
        until,
      },
    ]);
  });

  test('says what it came by', () => {
    const pause = begun();
    const [ended] = ask(RESUME, pause, soon).entries;
    const [expired] = ask(checkOf(pause.record?.id ?? ''), pause, until).entries;

    expect(ended?.trigger).toBe('resume by ben');
    expect(expired?.trigger).toBe('end of the pause');
  });
});

describe('a pause is refused', () => {
  function refusalOf(delivery: PauseDelivery): unknown {
    try {
      return ask(delivery);
    } catch (error) {
      return error;
    }
  }
  const wanted = 'wanted an end after 2026-11-20T10:03:41.516Z and at most 7 days later';

  test.each<[string, PauseDelivery, string]>([
    ['until', { ...PAUSE, until: earlier(NOW, minutes(1)) }, '2026-11-20T10:02:41.516Z'],
    [
      'for',
      { kind: 'pause', serviceId, by: 'ana', why: '', for: minutes(10_081) },
      '2026-11-27T10:04:41.516Z',
    ],
    ['for', span(0, ago(1)), '2026-11-20T10:02:41.516Z'],
  ])('with the field at fault: %s', (field, delivery, got) => {
    const error = refusalOf(delivery);

    expect(error).toBeInstanceOf(HealerError);
    expect(error).toMatchObject({
      code: 'event.malformed',
      message: `pause request: ${field}: got ${got}, ${wanted}`,
      details: { field },
    });
  });
});

test('names are cut and on one line, reasons are cut', () => {
  expect(cleanName('ana\r\n\tof the night shift')).toBe('ana of the night shift');
  expect(cleanName('a'.repeat(BY_MAX + 1))).toBe('a'.repeat(BY_MAX));
  const long = 'ab '.repeat(WHY_MAX);
  expect(ask({ ...PAUSE, why: long }).pause?.why.length).toBeLessThanOrEqual(WHY_MAX + 1);
});

test('a pause of every service is named in words', () => {
  expect(nameScope(serviceId)).toBe(serviceId);
  expect(nameScope(ALL_SERVICES)).toBe('all services');
});
