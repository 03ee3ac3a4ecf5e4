/** What the message of the week says of a service that was ill again and again. */
import { describe, expect, test } from 'vitest';
import { type DigestInput, digestOf, repeatedServices } from '../../functions/core/digest.ts';
import type { Entry } from '../../functions/core/entry.ts';
import type { Incident } from '../../functions/core/incident.ts';
import { earlier, later, minutes } from '../../functions/core/time.ts';
import { anEntry, anIncident, NOW } from './builders.ts';

const WEEK = { from: earlier(NOW, minutes(7 * 24 * 60)), to: NOW };
const MOMENT = minutes(1 / 60_000);

/** So many minutes ago, over within one. */
function aPastIncident(ago: number, overrides: Partial<Incident> = {}): Incident {
  const openedAt = earlier(NOW, minutes(ago));
  const recoveredAt = later(openedAt, minutes(1));
  return anIncident({
    id: `inc-${ago}`,
    state: 'recovered',
    openedAt,
    alarmSince: openedAt,
    recoveredAt,
    ...overrides,
  });
}

const aWeek = (serviceId: string, incidents: readonly Incident[]) => ({
  serviceId,
  incidents,
  drills: [],
});
const times = (count: number) => Array.from({ length: count }, (_, n) => aPastIncident(60 + n));

function aDigest(overrides: Partial<DigestInput>) {
  const services = [aWeek('shop/a', times(3))];
  const input = { environment: 'prod', week: WEEK, services, unread: [], timelines: new Map() };
  return digestOf({ ...input, ...overrides });
}

describe('services that were ill again and again', () => {
  test('are told with their newest incidents first, ten at most', () => {
    const turned = [...times(12)].toReversed();
    const [worst] = repeatedServices([aWeek('shop/a', turned)], WEEK);

    expect(worst).toEqual({
      serviceId: 'shop/a',
      times: 12,
      incidentIds: [60, 61, 62, 63, 64, 65, 66, 67, 68, 69].map((ago) => `inc-${ago}`),
    });
  });

  test('are five at most, by name where they were ill as often', () => {
    const names = ['f', 'b', 'e', 'a', 'd', 'c'];
    const services = names.map((name) => aWeek(name, times(3)));

    expect(repeatedServices(services, WEEK).map(({ serviceId }) => serviceId)).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
    expect(repeatedServices([...services, aWeek('z', times(4))], WEEK)[0]?.serviceId).toBe('z');
  });
});

describe('a week', () => {
  test('begins with its first moment and ends before its last', () => {
    const drill = (endedAt: typeof NOW) => ({ endedAt, passed: true });
    const at = [WEEK.from, earlier(WEEK.from, MOMENT), WEEK.to, earlier(WEEK.to, MOMENT)];
    const services = [{ serviceId: 'shop/a', incidents: [], drills: at.map(drill) }];

    expect(aDigest({ services }).drills).toEqual({ passed: 2, run: 2 });
  });

  test('has an incident that ended with its first moment', () => {
    const old = aPastIncident(8 * 24 * 60, { recoveredAt: WEEK.from });

    expect(aDigest({ services: [aWeek('shop/a', [old])] }).incidents).toBe(1);
  });

  test('counts no stop where none was made, and none whose time is not known', () => {
    const { stoppedAt: _never, ...unknown } = aPastIncident(60, { stopped: 3 });

    expect(aDigest({ services: [aWeek('shop/a', [unknown])] }).stops).toBe(0);
  });

  test('measures from alarm to recovered only what is over', () => {
    const { recoveredAt: _never, ...lost } = aPastIncident(60);
    const open = anIncident({ state: 'holding', recoveredAt: NOW });

    expect(aDigest({ services: [aWeek('shop/a', [lost, open])] })).not.toHaveProperty('recover');
    expect(aDigest({ services: [aWeek('shop/a', [aPastIncident(60), open])] }).recover).toBe(
      minutes(1),
    );
  });

  test('tells of an incident that is open, and of none that a person was called for, no recovery', () => {
    const called = { escalated: { reason: 'storm', at: NOW } } as const;
    const incidents = [
      aPastIncident(60),
      aPastIncident(70),
      aPastIncident(80, called),
      anIncident(),
    ];

    expect(aDigest({ services: [aWeek('shop/a', incidents)] })).toMatchObject({
      incidents: 4,
      recovered: 2,
      escalated: 1,
      open: 1,
    });
  });
});

describe('a hint', () => {
  const cause = (code: string, sentence: string, fix?: string) =>
    ({ code, sentence, evidence: [], ...(fix === undefined ? {} : { fix }) }) as Entry['cause'];
  const explained = (one: Entry['cause']): Entry => {
    const { victim: _nobody, ...entry } = anEntry({ kind: 'explained' });
    return { ...entry, ...(one === undefined ? {} : { cause: one }) };
  };
  const called = (reason: Entry['reason']): Entry => {
    const { victim: _nobody, ...entry } = anEntry({ kind: 'escalated' });
    return { ...entry, ...(reason === undefined ? {} : { reason }) };
  };
  const stopOn = (revision: string) => anEntry({ kind: 'stopped' }, { revision });
  const NOTHING = 'no stop and no cause is on record: ask whether its alarm rings too soon';

  const PORT = cause('port-closed', 'Nothing listens on 8080.', 'Listen on 8080.');
  const IMAGE = cause('image-missing', 'The image is gone.', 'Push it.');
  const BARE = cause('image-missing', 'The image is gone.');

  test.each<readonly [string, readonly Entry[], string]>([
    [
      'names the revision that was stopped most often',
      [stopOn('a:1'), stopOn('a:2'), stopOn('a:2'), stopOn('a:1'), stopOn('a:2')],
      '3 stops on revision a:2: fix the cause, a stop only buys time',
    ],
    [
      'names the first by name, where two were stopped as often',
      [stopOn('b:1'), stopOn('a:1'), stopOn('b:1'), stopOn('a:1')],
      '2 stops on revision a:1: fix the cause, a stop only buys time',
    ],
    [
      'names the first by name, in whatever order they came',
      [stopOn('a:1'), stopOn('b:1'), stopOn('a:1'), stopOn('b:1')],
      '2 stops on revision a:1: fix the cause, a stop only buys time',
    ],
    [
      'names the cause that came most often, not the last',
      [explained(PORT), explained(PORT), explained(IMAGE)],
      'Nothing listens on 8080. Listen on 8080.',
    ],
    ['of a cause without a fix is one sentence', [explained(BARE)], 'The image is gone.'],
    ['of a person who was called once', [called('storm')], 'a person was called for storm, once'],
    ['of a person who was called for nothing is none', [called(undefined)], NOTHING],
    ['of a stop without a victim is none', [explained(undefined)], NOTHING],
    [
      'counts the reasons of calls, and of no hold',
      [
        anEntry({ kind: 'held', reason: 'storm' }),
        anEntry({ kind: 'held', reason: 'storm' }),
        called('no-suspect'),
      ],
      'a person was called for no-suspect, once',
    ],
  ])('%s', (_what, entries, hint) => {
    const timelines = new Map([['inc-60', entries]]);

    expect(aDigest({ timelines }).repeated.map((one) => one.hint)).toEqual([hint]);
  });

  test('of stops whose victims are not on record is none', () => {
    const { victim: _nobody, ...stop } = anEntry({ kind: 'stopped' });

    expect(aDigest({ timelines: new Map([['inc-60', [stop, stop]]]) }).repeated[0]?.hint).toBe(
      NOTHING,
    );
  });
});
