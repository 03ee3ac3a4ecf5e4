import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  between,
  durationMillis,
  earlier,
  earliest,
  epochMillis,
  iso,
  later,
  latest,
  minutes,
  seconds,
  spell,
} from '../../functions/core/time.ts';
import { NOW } from './builders.ts';

const anInstant = fc.integer({ min: 0, max: 4e12 }).map(epochMillis);
const aSpan = fc.integer({ min: 0, max: 1e11 }).map(durationMillis);

describe('an instant', () => {
  test('is a whole number of milliseconds', () => {
    expect([epochMillis(1.4), epochMillis(1.5)]).toEqual([1, 2]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'is never %d',
    (value) => {
      expect(() => epochMillis(value)).toThrow('instant is not a finite number');
    },
  );

  test('is written in UTC with milliseconds', () => {
    expect(iso(NOW)).toBe('2026-11-20T10:03:41.516Z');
  });

  test('of no candidates is none', () => {
    expect(() => latest()).toThrow('instant is not a finite number');
    expect(() => earliest()).toThrow('instant is not a finite number');
  });
});

describe('a duration', () => {
  test('counts in milliseconds, seconds or minutes', () => {
    expect([durationMillis(1.5), seconds(1.5), minutes(1.5)]).toEqual([2, 1_500, 90_000]);
  });

  test('may be zero', () => {
    expect(durationMillis(0)).toBe(0);
  });

  test.each([-1, -0.1, Number.NaN, Number.POSITIVE_INFINITY])('is never %d', (value) => {
    expect(() => durationMillis(value)).toThrow('duration is not a positive number');
  });

  test('between instants out of order is zero', () => {
    expect(between(later(NOW, seconds(1)), NOW)).toBe(0);
    expect(between(NOW, NOW)).toBe(0);
  });
});

describe('for every instant and duration', () => {
  test('later and earlier undo each other, and between measures them', () => {
    fc.assert(
      fc.property(anInstant, aSpan, (at, span) => {
        expect(earlier(later(at, span), span)).toBe(at);
        expect(between(at, later(at, span))).toBe(span);
      }),
    );
  });

  test('the latest and the earliest are one of the candidates, and at the edge', () => {
    fc.assert(
      fc.property(fc.array(anInstant, { minLength: 1 }), (instants) => {
        const sorted = instants.toSorted((a, b) => a - b);

        expect(earliest(...instants)).toBe(sorted[0]);
        expect(latest(...instants)).toBe(sorted.at(-1));
      }),
    );
  });
});

describe('a span as people read it', () => {
  test.each([
    [0, '0 ms'],
    [850, '850 ms'],
    [999, '999 ms'],
    [1_000, '1.0 s'],
    [9_900, '9.9 s'],
    [10_000, '10 s'],
    [14_400, '14 s'],
    [59_499, '59 s'],
    [59_500, '1 min'],
    [60_000, '1 min'],
    [134_000, '2 min 14 s'],
    [3_599_000, '59 min 59 s'],
    [3_599_500, '1 h'],
    [3_600_000, '1 h'],
    [3_900_000, '1 h 5 min'],
    [90_000_000, '25 h'],
  ])('%d ms is %s', (value, words) => {
    expect(spell(durationMillis(value))).toBe(words);
  });
});
