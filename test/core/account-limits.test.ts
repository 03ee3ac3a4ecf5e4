import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  accountLimitOverrides,
  compressAccountLimits,
  DEFAULT_ACCOUNT_LIMITS,
  parseAccountLimits,
} from '../../functions/core/account-limits.ts';
import { minutes, seconds } from '../../functions/core/time.ts';

describe('limits over all services', () => {
  test('are the defaults where nothing is given', () => {
    expect(parseAccountLimits({})).toEqual(DEFAULT_ACCOUNT_LIMITS);
    expect(parseAccountLimits({ budget: undefined })).toEqual(DEFAULT_ACCOUNT_LIMITS);
  });

  test('are laid over the defaults, durations in seconds', () => {
    expect(parseAccountLimits({ stormServices: 8, stormWindowSeconds: 120 })).toEqual({
      ...DEFAULT_ACCOUNT_LIMITS,
      stormServices: 8,
      stormWindow: minutes(2),
    });
  });

  test.each([
    [{ budget: -1 }, 'account limits.budget: got -1, wanted a number from 0 to 100'],
    [{ budget: 1.5 }, 'account limits.budget: got 1.5, wanted a whole number'],
    [{ stormServices: 1 }, 'account limits.stormServices: got 1, wanted a number from 2 to 100'],
    [{ stormServices: 101 }, 'account limits.stormServices: got 101, wanted'],
    [{ budgetWindowSeconds: '60' }, 'account limits.budgetWindowSeconds: got "60", wanted'],
    [{ stormWindowSeconds: 0 }, 'account limits.stormWindowSeconds: got 0, wanted'],
    [{ stormWindow: 5 }, 'account limits.stormWindow: got "stormWindow", wanted one of'],
    [[], 'account limits: got [], wanted an object'],
    ['{}', 'account limits: got "{}", wanted an object'],
  ])('that are %j are refused', (value, problem) => {
    expect(() => parseAccountLimits(value)).toThrow(problem);
  });

  test('that are wrong in several ways are refused with every problem at once', () => {
    expect(() => parseAccountLimits({ budget: 200, stormServices: 0 })).toThrow(
      /budget: got 200.*stormServices: got 0/,
    );
  });

  test('read back as they were written', () => {
    const whole = (min: number) => fc.integer({ min, max: 100 });
    const span = fc.integer({ min: 1, max: 86_400 }).map(seconds);
    const limits = fc.record({
      budget: whole(0),
      budgetWindow: span,
      stormServices: whole(2),
      stormWindow: span,
    });
    fc.assert(
      fc.property(limits, (given) => {
        expect(parseAccountLimits(accountLimitOverrides(given))).toEqual(given);
      }),
    );
  });

  test('have shorter windows in a lab whose time runs faster, and the same counts', () => {
    expect(compressAccountLimits(DEFAULT_ACCOUNT_LIMITS, 15)).toEqual({
      budget: 5,
      budgetWindow: minutes(4),
      stormServices: 5,
      stormWindow: seconds(40),
    });
  });
});
