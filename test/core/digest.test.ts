import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DigestInput,
  digestOf,
  repeatedServices,
  type ServiceWeek,
} from '../../functions/core/digest.ts';
import type { Entry } from '../../functions/core/entry.ts';
import type { Incident } from '../../functions/core/incident.ts';
import { earlier, epochMillis, later, minutes } from '../../functions/core/time.ts';
import { anEntry, anIncident, NOW } from './builders.ts';

const WEEK = { from: earlier(NOW, minutes(7 * 24 * 60)), to: NOW };
const DAY = minutes(24 * 60);

let ids = 0;
/** An incident of the week that took so many minutes from alarm to recovered. */
function recovered(took: number, overrides: Partial<Incident> = {}): Incident {
  ids += 1;
  const openedAt = earlier(NOW, DAY);
  return anIncident({
    id: `inc-${ids}`,
    state: 'recovered',
    openedAt,
    alarmSince: openedAt,
    recoveredAt: later(openedAt, minutes(took)),
    ...overrides,
  });
}

function aWeek(serviceId: string, incidents: readonly Incident[]): ServiceWeek {
  return { serviceId, incidents, drills: [] };
}

function aDigest(services: readonly ServiceWeek[], overrides: Partial<DigestInput> = {}) {
  const input = { environment: 'prod', week: WEEK, services, unread: [], timelines: new Map() };
  return digestOf({ ...input, ...overrides });
}

describe('the numbers of a week', () => {
  test('of no incident are zeros, and no median', () => {
    expect(aDigest([aWeek('shop/a', [])])).toEqual({
      kind: 'digest',
      environment: 'prod',
      from: WEEK.from,
      to: WEEK.to,
      services: 1,
      incidents: 0,
      recovered: 0,
      escalated: 0,
      open: 0,
      stops: 0,
      drills: { passed: 0, run: 0 },
      repeated: [],
    });
  });

  test('tell what recovered alone from what a person was called for, and from what is open', () => {
    const called = { reason: 'storm', at: earlier(NOW, DAY) } as const;
    const services = [
      aWeek('shop/a', [recovered(2), recovered(30, { escalated: called })]),
      aWeek('shop/b', [anIncident({ state: 'escalated', escalated: called })]),
      aWeek('shop/c', [anIncident({ state: 'holding' })]),
    ];

    expect(aDigest(services)).toMatchObject({
      services: 3,
      incidents: 4,
      recovered: 1,
      escalated: 2,
      open: 2,
    });
  });

  test.each([
    [
      'ended before it',
      { openedAt: earlier(WEEK.from, DAY), recoveredAt: earlier(WEEK.from, 1 as never) },
      0,
    ],
    ['began before it and ended in it', { openedAt: earlier(WEEK.from, DAY) }, 1],
    ['began after it', { openedAt: WEEK.to }, 0],
  ])('an incident that %s counts %#', (_name, overrides, count) => {
    expect(aDigest([aWeek('shop/a', [recovered(2, overrides)])]).incidents).toBe(count);
  });

  test('an incident that has been open for a month is still open', () => {
    const old = anIncident({ state: 'escalated', openedAt: earlier(WEEK.from, minutes(30_000)) });

    expect(aDigest([aWeek('shop/a', [old])])).toMatchObject({ incidents: 1, open: 1 });
  });

  test.each([
    [[3], 3],
    [[9, 1, 2], 2],
    [[1, 2, 4, 100], 3],
  ])('the median of %j minutes is %d', (spans, middle) => {
    const week = aWeek(
      'shop/a',
      spans.map((span) => recovered(span)),
    );

    expect(aDigest([week]).recover).toBe(minutes(middle));
  });

  test('stops of another week are not counted', () => {
    const incidents = [
      recovered(2, { stopped: 2, stoppedAt: earlier(NOW, DAY) }),
      recovered(2, { stopped: 4, stoppedAt: earlier(WEEK.from, DAY) }),
    ];

    expect(aDigest([aWeek('shop/a', incidents)]).stops).toBe(2);
  });

  test('drills are counted by their end', () => {
    const drills = [
      { endedAt: earlier(NOW, DAY), passed: true },
      { endedAt: earlier(NOW, DAY), passed: false },
      { endedAt: earlier(WEEK.from, DAY), passed: true },
    ];

    expect(aDigest([{ serviceId: 'shop/a', incidents: [], drills }]).drills).toEqual({
      passed: 1,
      run: 2,
    });
  });

  test('a service that could not be read is under care, and named', () => {
    const unread = [{ serviceId: 'shop/b', why: 'dynamodb:Query: ThrottlingException' }];

    expect(aDigest([aWeek('shop/a', [])], { unread })).toMatchObject({ services: 2, unread });
  });
});

describe('a service that was ill again and again', () => {
  const thrice = [recovered(1), recovered(1), recovered(1)];

  test('is named from the third time on, each re-opening counted, the worst first', () => {
    const services = [
      aWeek('shop/twice', [recovered(1), recovered(1)]),
      aWeek('shop/thrice', thrice),
      aWeek('shop/reopened', [recovered(1, { reopened: 3 })]),
    ];

    expect(
      aDigest(services).repeated.map(({ serviceId, incidents }) => [serviceId, incidents]),
    ).toEqual([
      ['shop/reopened', 4],
      ['shop/thrice', 3],
    ]);
  });

  const CAUSE = {
    code: 'dependency',
    sentence: 'catalog answers 503.',
    evidence: [],
    fix: 'Heal catalog.',
  } as const;
  const stop = (revision: string) => anEntry({ kind: 'stopped' }, { revision });
  const call = anEntry({ kind: 'escalated', reason: 'no-suspect' });

  test.each<[string, readonly Entry[], string]>([
    [
      'a release',
      [stop('checkout:57'), stop('checkout:56'), stop('checkout:57'), { ...call, cause: CAUSE }],
      '2 stops on revision checkout:57: fix the cause, a stop only buys time',
    ],
    [
      'a cause',
      [stop('checkout:57'), { ...call, cause: CAUSE }],
      'catalog answers 503. Heal catalog.',
    ],
    ['what a person was called for', [call, call], 'a person was called for no-suspect, 2 times'],
    [
      'nothing',
      [anEntry({ kind: 'opened' })],
      'no stop and no cause is on record: ask whether its alarm rings too soon',
    ],
    ['less than was asked for', [], 'its timelines could not be read'],
  ])('hints at %s', (_name, entries, hint) => {
    const timelines = new Map([[thrice[0]?.id ?? '', entries]]);

    expect(aDigest([aWeek('shop/a', thrice)], { timelines }).repeated[0]?.hint).toBe(hint);
  });
});

const time = fc.integer({ min: WEEK.from - 2 * DAY, max: WEEK.to + DAY }).map(epochMillis);
const anyIncident = fc
  .record({
    openedAt: time,
    took: fc.integer({ min: 0, max: DAY }),
    state: fc.constantFrom('holding', 'escalated', 'recovered'),
    called: fc.boolean(),
    reopened: fc.integer({ min: 0, max: 4 }),
    stopped: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ openedAt, took, state, called, reopened, stopped }) =>
    anIncident({
      id: `inc-${openedAt}-${took}`,
      state,
      openedAt,
      alarmSince: openedAt,
      reopened,
      stopped,
      ...(stopped > 0 ? { stoppedAt: openedAt } : {}),
      ...(state === 'recovered' ? { recoveredAt: epochMillis(openedAt + took) } : {}),
      ...(called || state === 'escalated'
        ? { escalated: { reason: 'storm' as const, at: openedAt } }
        : {}),
    }),
  );
const anyServices = fc
  .array(fc.array(anyIncident, { maxLength: 8 }), { maxLength: 8 })
  .map((all) => all.map((incidents, index) => aWeek(`shop/service-${index}`, incidents)));

describe('whatever the week was', () => {
  test('nothing is counted twice, and nothing is left out', () => {
    fc.assert(
      fc.property(anyServices, (services) => {
        const { incidents, recovered: alone, escalated, open, stops, recover } = aDigest(services);
        expect(alone + escalated).toBeLessThanOrEqual(incidents);
        expect(alone + escalated + open).toBeGreaterThanOrEqual(incidents);
        expect(recover === undefined).toBe(incidents === open);
        const most = services
          .flatMap((one) => one.incidents)
          .reduce((n, { stopped }) => n + stopped, 0);
        expect(stops).toBeLessThanOrEqual(most);
      }),
    );
  });

  test('the order of services and of incidents says nothing', () => {
    fc.assert(
      fc.property(anyServices, (services) => {
        const turned = services
          .toReversed()
          .map((one) => ({ ...one, incidents: one.incidents.toReversed() }));
        expect(aDigest(turned)).toEqual(aDigest(services));
      }),
    );
  });

  test('few timelines are read', () => {
    fc.assert(
      fc.property(anyServices, (services) => {
        const repeated = repeatedServices(services, WEEK);
        expect(repeated.flatMap(({ incidentIds }) => incidentIds).length).toBeLessThanOrEqual(50);
      }),
    );
  });
});
