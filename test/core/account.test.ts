import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AccountState,
  accountStopsInWindow,
  emptyAccount,
  noteOpened,
  noteStop,
  stormAt,
} from '../../functions/core/account.ts';
import { DEFAULT_ACCOUNT_LIMITS } from '../../functions/core/account-limits.ts';
import { type EpochMillis, later, minutes, seconds } from '../../functions/core/time.ts';
import { NOW } from './builders.ts';

const LIMITS = DEFAULT_ACCOUNT_LIMITS;
const at = (afterMinutes: number): EpochMillis => later(NOW, minutes(afterMinutes));
const MOMENT = seconds(0.001);

/** Opens an incident of each service, at its minute. */
function opened(...openings: readonly (readonly [string, number])[]): AccountState {
  return openings.reduce(
    (account, [name, minute]) => noteOpened(account, name, at(minute), LIMITS),
    emptyAccount(),
  );
}

const FIVE = [1, 2, 3, 4, 5].map((n) => [`s${n}`, n] as const);

describe('openings', () => {
  test('of four services are no storm', () => {
    const account = opened(...FIVE.slice(0, 4));

    expect(stormAt(account, at(4))).toBeUndefined();
    expect(account.opened.map(({ serviceId }) => serviceId)).toEqual(['s1', 's2', 's3', 's4']);
  });

  test('of a fifth service within the window begin a storm, since the first of them', () => {
    expect(stormAt(opened(...FIVE), at(5))).toEqual({ since: at(1), until: at(15) });
  });

  test('of a fifth service begin none when the first is ten minutes old', () => {
    const account = opened(...FIVE.slice(0, 4), ['s5', 11]);

    expect(stormAt(account, at(11))).toBeUndefined();
    expect(account.opened).toHaveLength(4);
  });

  test('of one service that flaps are one', () => {
    const account = opened(['a', 1], ['b', 2], ['a', 3], ['b', 4], ['a', 5], ['b', 6]);

    expect(stormAt(account, at(6))).toBeUndefined();
    expect(account.opened).toEqual([
      { serviceId: 'a', at: at(5) },
      { serviceId: 'b', at: at(6) },
    ]);
  });

  test('count by the last one of each service', () => {
    const storm = opened(['s1', 0], ['s1', 9], ['s2', 11], ['s3', 12], ['s4', 13], ['s5', 14]);

    expect(stormAt(storm, at(14))).toEqual({ since: at(9), until: at(24) });
  });
});

describe('a storm', () => {
  const storm = opened(...FIVE);

  test('is over when the window has passed since its last opening', () => {
    expect(stormAt(storm, later(at(15), MOMENT))).toBeUndefined();
    expect(stormAt(storm, at(15))).toBeUndefined();
    expect(stormAt(storm, at(14.999))).toBeDefined();
  });

  test('is not written to again in the first half of its window, however many services open', () => {
    for (let n = 6; n < 1_000; n += 1)
      expect(noteOpened(storm, `s${n}`, at(9.99), LIMITS)).toBe(storm);
  });

  test('lasts longer when another service opens in the second half, and is written once', () => {
    const longer = noteOpened(storm, 's6', at(10), LIMITS);

    expect(stormAt(longer, at(19))).toEqual({ since: at(1), until: at(20) });
    expect(longer.opened.at(-1)).toEqual({ serviceId: 's6', at: at(10) });
    expect(noteOpened(longer, 's7', at(10), LIMITS)).toBe(longer);
  });

  test('is not prolonged by a service that is part of it and flaps', () => {
    expect(noteOpened(storm, 's5', at(12), LIMITS)).toBe(storm);
  });

  test('that is over leaves nothing behind: the next needs five services again', () => {
    const after = noteOpened(storm, 's9', at(15), LIMITS);

    expect(after).toEqual({ version: 0, stops: [], opened: [{ serviceId: 's9', at: at(15) }] });
  });
});

describe('stops', () => {
  test('are counted over all services, within the budget window', () => {
    const first = noteStop(emptyAccount(), 'a', at(0), LIMITS);
    const both = noteStop(first, 'b', at(30), LIMITS);

    expect(accountStopsInWindow(both, LIMITS, at(59))).toHaveLength(2);
    expect(accountStopsInWindow(both, LIMITS, at(60))).toEqual([{ serviceId: 'b', at: at(30) }]);
    expect(noteStop(both, 'c', at(60), LIMITS).stops).toHaveLength(2);
  });
});

describe('for every sequence of openings', () => {
  const openings = fc.array(
    fc.record({ n: fc.integer({ min: 0, max: 1_000 }), wait: fc.integer({ min: 0, max: 400 }) }),
    { maxLength: 60 },
  );

  test('the item stays small', () => {
    fc.assert(
      fc.property(openings, (drawn) => {
        let now = NOW;
        let account = emptyAccount();
        for (const { n, wait } of drawn) {
          now = later(now, seconds(wait));
          account = noteOpened(account, `s${n}`, now, LIMITS);
          expect(account.opened.length).toBeLessThanOrEqual(LIMITS.stormServices);
        }
      }),
    );
  });

  test('one service alone never makes a storm, and prolongs one once at most', () => {
    fc.assert(
      fc.property(openings, fc.boolean(), (drawn, stormy) => {
        let now = at(5);
        let account = stormy ? opened(...FIVE) : emptyAccount();
        for (const { wait } of drawn) {
          now = later(now, seconds(wait));
          account = noteOpened(account, 'flapping', now, LIMITS);
          if (!stormy) expect(stormAt(account, now)).toBeUndefined();
          if (stormy && now >= at(25)) expect(stormAt(account, now)).toBeUndefined();
        }
      }),
    );
  });

  test('the order of services within a moment does not matter', () => {
    const names = fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { maxLength: 12 });
    fc.assert(
      fc.property(
        names.chain((some) =>
          fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
        ),
        ([one, other]) => {
          const stormOf = (order: readonly number[]) =>
            opened(...order.map((n) => [`s${n}`, 0] as const)).storm;
          expect(stormOf(one)).toEqual(stormOf(other));
          expect(stormOf(one) !== undefined).toBe(one.length >= LIMITS.stormServices);
        },
      ),
    );
  });
});
