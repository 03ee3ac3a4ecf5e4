import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  activePause,
  claim,
  confirm,
  emptyLock,
  type Intent,
  isLeased,
  release,
  type StopRecord,
  stopsInWindow,
} from '../../functions/core/lock.ts';
import { DEFAULT_POLICY } from '../../functions/core/policy.ts';
import {
  type DurationMillis,
  durationMillis,
  earlier,
  later,
  minutes,
  seconds,
} from '../../functions/core/time.ts';
import { aLock, anIncident, aTask, aVictim, NOW } from './builders.ts';
import { aStride, Walk } from './lock-walk.ts';

const MOMENT = durationMillis(1);

function anIntent(n = 2, age: DurationMillis = durationMillis(0)): Intent {
  return {
    incidentId: 'inc-1',
    victim: aVictim(n),
    claimedAt: earlier(NOW, age),
    claimedBy: 'request-1',
  };
}

function aStop(age: DurationMillis): StopRecord {
  return { incidentId: 'inc-0', taskArn: 'arn:gone', at: earlier(NOW, age) };
}

describe('a new lock', () => {
  test('has version 0, and nothing in it', () => {
    expect(emptyLock('shop/api')).toEqual({
      serviceId: 'shop/api',
      version: 0,
      stops: [],
      outbox: [],
    });
  });
});

describe('a claim', () => {
  test('names its victim and changes nothing else', () => {
    const lock = aLock({ version: 7, stops: [aStop(minutes(9))], incident: anIncident() });

    expect(claim(lock, anIntent())).toEqual({ ...lock, intent: anIntent() });
  });

  test.each([2, 3])('over an open one is impossible, of task %d too', (n) => {
    const lock = claim(aLock(), anIntent(2));

    expect(() => claim(lock, anIntent(n))).toThrow(
      expect.objectContaining({
        name: 'InvariantError',
        code: 'invariant',
        message: expect.stringContaining(`claim of ${aTask(n).id} over an open claim`),
      }),
    );
  });

  test.each([
    [seconds(0), true],
    [durationMillis(DEFAULT_POLICY.claimLease - 1), true],
    [DEFAULT_POLICY.claimLease, false],
    [minutes(60), false],
  ])('of an age of %d ms belongs to its claimer alone: %s', (age, leased) => {
    expect(isLeased(anIntent(2, age), DEFAULT_POLICY, NOW)).toBe(leased);
  });

  test('from a clock that runs ahead belongs to its claimer', () => {
    const intent = { ...anIntent(), claimedAt: later(NOW, minutes(1)) };

    expect(isLeased(intent, DEFAULT_POLICY, NOW)).toBe(true);
  });
});

describe('a confirmed stop', () => {
  test('ends the claim, counts against the budget, and lets the service rest', () => {
    const lock = claim(aLock({ version: 4 }), anIntent());

    expect(confirm(lock, DEFAULT_POLICY, NOW)).toEqual({
      ...aLock({ version: 4 }),
      stops: [
        {
          incidentId: 'inc-1',
          taskArn: aTask(2).arn,
          revision: aTask(2).revision,
          at: NOW,
        },
      ],
      cooldownUntil: later(NOW, DEFAULT_POLICY.cooldown),
    });
  });

  test('sweeps up the stops that have left every window, oldest first', () => {
    const stops = [minutes(24 * 60), minutes(23 * 60), minutes(59), minutes(1)].map(aStop);
    const lock = claim(aLock({ stops }), anIntent());

    expect(confirm(lock, DEFAULT_POLICY, NOW).stops.map(({ at }) => at)).toEqual([
      earlier(NOW, minutes(23 * 60)),
      earlier(NOW, minutes(59)),
      earlier(NOW, minutes(1)),
      NOW,
    ]);
  });

  test('keeps what was measured before it', () => {
    const tally = { requests: 100, errors: 80 };
    const before = { victim: tally, others: { requests: 300, errors: 3 }, ill: 1 };
    const intent = anIntent();
    const lock = claim(aLock(), { ...intent, victim: { ...intent.victim, before } });

    expect(confirm(lock, DEFAULT_POLICY, NOW).stops[0]?.before).toEqual(before);
    expect(confirm(claim(aLock(), intent), DEFAULT_POLICY, NOW).stops[0]).not.toHaveProperty(
      'before',
    );
  });

  test('without a claim is impossible', () => {
    expect(() => confirm(aLock(), DEFAULT_POLICY, NOW)).toThrow('confirm without a claim');
  });
});

describe('a released claim', () => {
  test('leaves the lock as it was before', () => {
    const lock = aLock({ stops: [aStop(minutes(9))], cooldownUntil: later(NOW, minutes(1)) });

    expect(release(claim(lock, anIntent()))).toEqual(lock);
  });

  test('may be released again', () => {
    expect(release(aLock())).toEqual(aLock());
  });
});

describe('the stops of the window', () => {
  test.each([
    [durationMillis(DEFAULT_POLICY.budgetWindow - MOMENT), 1],
    [DEFAULT_POLICY.budgetWindow, 0],
    [durationMillis(DEFAULT_POLICY.budgetWindow + MOMENT), 0],
    [durationMillis(0), 1],
  ])('count a stop that is %d ms old %d times', (age, count) => {
    const lock = aLock({ stops: [aStop(age)] });

    expect(stopsInWindow(lock, DEFAULT_POLICY, NOW)).toHaveLength(count);
  });

  test('count one from a clock that runs ahead', () => {
    const lock = aLock({ stops: [{ ...aStop(seconds(0)), at: later(NOW, seconds(5)) }] });

    expect(stopsInWindow(lock, DEFAULT_POLICY, NOW)).toHaveLength(1);
  });
});

describe('a pause', () => {
  const pause = { by: 'ana', why: 'load test', until: NOW };

  test.each([
    [earlier(NOW, MOMENT), true],
    [NOW, false],
    [later(NOW, MOMENT), false],
  ])('that ends at a stated time is active before it only', (now, active) => {
    expect(activePause(pause, now)).toEqual(active ? pause : undefined);
  });

  test('that nobody set is not active', () => {
    expect(activePause(undefined, NOW)).toBeUndefined();
  });
});

describe('for every sequence of looks, answers, deaths and pauses', () => {
  test('each change is one version, stops keep to the budget, and a claim keeps its victim', () => {
    const met = new Set<string>();

    fc.assert(
      fc.property(fc.array(aStride, { minLength: 1, maxLength: 40 }), (strides) => {
        const walk = new Walk(met);
        for (const stride of strides) walk.stride(stride);
      }),
      { numRuns: 400 },
    );

    expect([...met]).toEqual(
      expect.arrayContaining([
        'claiming',
        'completing',
        'accepted',
        'refused',
        'lost',
        'recovered',
        'escalate',
        'nothing-to-do',
        'budget-spent',
        'cooling-down',
        'lock-held',
        'paused',
        'settling',
        'storm',
        'deployment-in-progress',
      ]),
    );
  });
});
