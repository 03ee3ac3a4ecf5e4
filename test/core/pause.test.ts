import { describe, expect, test } from 'vitest';
import { emptyAccount } from '../../functions/core/account.ts';
import { decide } from '../../functions/core/decide.ts';
import type { PauseDelivery } from '../../functions/core/delivery.ts';
import type { Pause } from '../../functions/core/lock.ts';
import { changePause, type PauseInput, pauseOver } from '../../functions/core/pause.ts';
import { type EpochMillis, earlier, later, minutes } from '../../functions/core/time.ts';
import {
  aLock,
  anAlarmDelivery,
  anIncident,
  anObservation,
  aService,
  aTask,
  aVictim,
  NO_STORM,
  NOW,
  taskId,
} from './builders.ts';

const SERVICE = 'shop-prod/checkout-api';
const DAY = 24 * 60;

function asking(overrides: Partial<PauseInput> = {}): PauseInput {
  const used = { stopsUsed: 1, stopsAllowed: 3 };
  return {
    pause: undefined,
    delivery: aPause(),
    request: 'r1',
    environment: 'prod',
    used,
    now: NOW,
    ...overrides,
  };
}

function aPause(overrides: Partial<Extract<PauseDelivery, { kind: 'pause'; until: number }>> = {}) {
  const until = later(NOW, minutes(30));
  return {
    kind: 'pause' as const,
    serviceId: SERVICE,
    by: 'ana',
    why: 'load test',
    until,
    ...overrides,
  };
}

/** What stands after the pause that was asked for at the beginning. */
function begun(): Pause {
  const { pause } = changePause(asking());
  if (pause === undefined) throw new Error('not paused');
  return pause;
}

function aCheck(pause: Pause, until: EpochMillis = pause.until): PauseDelivery {
  return { kind: 'pause-check', serviceId: SERVICE, pauseId: pause.record?.id ?? '', until };
}

const RESUME: PauseDelivery = { kind: 'resume', serviceId: SERVICE, by: 'ben', why: 'all clear' };

describe('a pause that begins', () => {
  test('stands with who, why and until when, and is told', () => {
    const { outcome, pause, entries } = changePause(asking());

    expect(outcome).toBe('paused');
    expect(pause).toMatchObject({ by: 'ana', why: 'load test', until: later(NOW, minutes(30)) });
    expect(entries).toMatchObject([
      {
        kind: 'paused',
        announce: true,
        serviceId: SERVICE,
        environment: 'prod',
        trigger: 'pause by ana',
        detail: 'by ana, until 2026-11-20T10:33:41.516Z: load test',
        until: later(NOW, minutes(30)),
        facts: { stopsUsed: 1, stopsAllowed: 3 },
      },
    ]);
    expect(entries[0]?.id).toMatch(/^pause-20261120-100341-\w{6}#1$/);
  });

  test('for a span ends that much later', () => {
    const delivery = {
      kind: 'pause',
      serviceId: SERVICE,
      by: 'ana',
      why: 'x',
      for: minutes(5),
    } as const;

    expect(changePause(asking({ delivery })).pause?.until).toBe(later(NOW, minutes(5)));
  });

  test('without a secret that slipped into its reason', () => {
    const { pause, entries } = changePause(
      asking({ delivery: aPause({ why: 'password=hunter2, sorry' }) }),
    );

    expect(JSON.stringify([pause, entries])).not.toContain('hunter2');
    expect(pause?.why).toContain('password=');
  });

  test.each([
    ['now', NOW],
    ['earlier', earlier(NOW, minutes(1))],
    ['later than seven days', later(NOW, minutes(7 * DAY + 1))],
  ])('is refused when it would end %s', (_when, until) => {
    const got = new Date(until).toISOString();
    expect(() => changePause(asking({ delivery: aPause({ until }) }))).toThrow(
      `until: got ${got}, wanted an end after 2026-11-20T10:03:41.516Z and at most 7 days later`,
    );
  });

  test('may last seven days to the minute', () => {
    const delivery = aPause({ until: later(NOW, minutes(7 * DAY)) });
    expect(changePause(asking({ delivery })).outcome).toBe('paused');
  });
});

describe('a pause that is on', () => {
  const soon = later(NOW, minutes(1));

  test.each([
    ['the same delivery again', { request: 'r1' }],
    ['the same words again', { request: 'r2' }],
  ])('does not change by %s', (_what, { request }) => {
    const pause = begun();
    const change = changePause(asking({ pause, request, now: soon }));

    expect(change).toMatchObject({ outcome: 'unchanged', pause, entries: [] });
  });

  test('is not extended by a span that is delivered twice', () => {
    const delivery = {
      kind: 'pause',
      serviceId: SERVICE,
      by: 'ana',
      why: 'x',
      for: minutes(5),
    } as const;
    const { pause } = changePause(asking({ delivery }));

    expect(changePause(asking({ delivery, pause, now: soon })).pause).toEqual(pause);
  });

  test('is extended under its own name, and told again', () => {
    const until = later(NOW, minutes(90));
    const delivery = aPause({ by: 'ben', until });
    const { pause, entries } = changePause(
      asking({ pause: begun(), delivery, request: 'r2', now: soon }),
    );

    expect(pause).toMatchObject({ by: 'ben', until, record: { since: NOW, seq: 2 } });
    expect(entries.map(({ id, kind }) => [id, kind])).toEqual([
      [`${begun().record?.id}#2`, 'paused'],
    ]);
    expect(entries[0]?.detail).toContain('instead of until 2026-11-20T10:33:41.516Z by ana');
  });

  test('is ended by a person, who is named', () => {
    const change = changePause(asking({ pause: begun(), delivery: RESUME, now: soon }));

    expect(change).toMatchObject({ outcome: 'resumed', pause: undefined });
    expect(change.entries).toMatchObject([
      { kind: 'resumed', detail: 'the pause by ana after 1 min ended by ben: all clear' },
    ]);
  });

  test('is ended though somebody wrote it into the table by hand', () => {
    const pause = { by: 'ana', why: 'x', until: later(NOW, minutes(5)) };
    expect(changePause(asking({ pause, delivery: RESUME })).outcome).toBe('resumed');
  });
});

describe('the end of a pause', () => {
  const { until } = begun();

  test.each([
    ['before its time', -1, 'unchanged'],
    ['at its time', 0, 'resumed'],
    ['late', 60_000, 'resumed'],
  ])('checked %s', (_when, offset, outcome) => {
    const now = (until + offset) as EpochMillis;
    const change = changePause(asking({ pause: begun(), delivery: aCheck(begun()), now }));

    expect(change.outcome).toBe(outcome);
    expect(change.pause === undefined).toBe(outcome === 'resumed');
  });

  test('is told to have come by itself', () => {
    const change = changePause(asking({ pause: begun(), delivery: aCheck(begun()), now: until }));
    const detail = 'the pause by ana after 30 min ended by itself, as asked for';
    expect(change.entries).toMatchObject([{ kind: 'resumed', detail }]);
  });

  test('is left to the newer check once the pause was changed', () => {
    const delivery = aCheck(begun(), earlier(until, minutes(10)));
    const change = changePause(asking({ pause: begun(), delivery, now: until }));

    expect(change).toMatchObject({ outcome: 'unchanged', pause: begun(), entries: [] });
  });

  test('is told before the next pause, when that comes before the check', () => {
    const delivery = aPause({ until: later(until, minutes(5)) });
    const change = changePause(asking({ pause: begun(), delivery, request: 'r2', now: until }));

    expect(change.entries.map(({ kind }) => kind)).toEqual(['resumed', 'paused']);
    expect(change.pause?.record?.id).not.toBe(begun().record?.id);
  });

  test.each([RESUME, aCheck(begun())])('without a pause is a value: $kind', (delivery) => {
    expect(changePause(asking({ delivery }))).toMatchObject({ outcome: 'not-paused', entries: [] });
  });
});

describe('of two pauses', () => {
  const long = { by: 'ana', why: '', until: later(NOW, minutes(9)) };
  const short = { by: 'ben', why: '', until: later(NOW, minutes(3)) };

  test.each([
    ['the longer one of the service', long, short, NOW, 'ana'],
    ['the longer one of all services', short, long, NOW, 'ana'],
    ['the only one that is still on', long, short, later(NOW, minutes(5)), 'ana'],
    ['none that is over', short, short, later(NOW, minutes(3)), undefined],
  ])('it is %s', (_what, own, shared, now, by) => {
    const account = { ...emptyAccount(), pause: shared };
    expect(pauseOver(aLock({ pause: own }), account, now)?.by).toBe(by);
  });
});

describe('a decision while all services are paused', () => {
  const pause = { by: 'ana', why: 'migration', until: later(NOW, minutes(5)) };
  const account = { ...emptyAccount(), pause };
  const looking = {
    ...NO_STORM,
    account,
    service: aService(),
    lock: aLock(),
    observation: anObservation(),
    delivery: anAlarmDelivery(),
    now: NOW,
  };
  const intent = {
    incidentId: 'i',
    victim: { ...aVictim(3), taskArn: aTask(9).arn, taskId: taskId(9) },
    claimedAt: earlier(NOW, minutes(9)),
    claimedBy: 'r',
  };

  test('holds, and names the person', () => {
    expect(decide(looking).verdict).toMatchObject({
      kind: 'hold',
      reason: 'paused',
      detail: 'all services are paused by ana until 2026-11-20T10:08:41.516Z: migration',
    });
  });

  test('is the usual one again at its end', () => {
    expect(decide({ ...looking, now: pause.until }).verdict).not.toMatchObject({
      reason: 'paused',
    });
  });

  test('still records a claimed stop that was carried out', () => {
    const lock = aLock({ intent, incident: anIncident() });
    expect(decide({ ...looking, lock }).verdict).toMatchObject({ kind: 'act', completing: true });
  });

  test('does not send a claimed stop that was not', () => {
    const lock = aLock({ intent: { ...intent, victim: aVictim(3) }, incident: anIncident() });
    expect(decide({ ...looking, lock }).verdict).toMatchObject({ kind: 'hold', reason: 'paused' });
  });
});
