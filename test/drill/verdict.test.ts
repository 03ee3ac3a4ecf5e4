import { describe, expect, test } from 'vitest';
import type { Tolerance } from './tolerance.ts';
import { judge } from './verdict.ts';

type At = Tolerance['at'];

describe('a limit', () => {
  test.for<readonly [At, number | string, number | string, boolean]>([
    ['most', 240, 239.9, true],
    ['most', 240, 240, true],
    ['most', 240, 240.1, false],
    ['least', 3, 3, true],
    ['least', 3, 4, true],
    ['least', 3, 2, false],
    ['exactly', 1, 1, true],
    ['exactly', 1, 2, false],
    ['exactly', 1, 0, false],
    ['exactly', 'recovered', 'recovered', true],
    ['exactly', 'recovered', 'escalated', false],
    ['most', 1, 'many', false],
    ['exactly', 'storm|cannot-start', 'cannot-start', true],
    ['exactly', 'storm|cannot-start', 'storm', true],
    ['exactly', 'storm|cannot-start', 'start', false],
    ['exactly', 'storm|cannot-start', 'storm|cannot-start', false],
  ])('%s %s, measured %s, holds: %s', ([at, limit, value, holds]) => {
    const tolerance: Tolerance = { measure: 'stops', at, value: limit };

    expect(judge({ stops: value }, [tolerance])).toEqual([
      expect.objectContaining({ measure: 'stops', value, limit: tolerance, holds }),
    ]);
  });

  test('is broken when there is no value', () => {
    const [row, ...others] = judge({}, [{ measure: 'act', at: 'most', value: 60 }]);

    expect(row).toMatchObject({ measure: 'act', holds: false });
    expect(row).not.toHaveProperty('value');
    expect(others).toEqual([]);
  });
});

test('a value without a limit is shown, and not judged', () => {
  const [row] = judge({ calls: 15 }, []);

  expect(row).toMatchObject({ measure: 'calls', value: 15, unit: 'count' });
  expect(row).not.toHaveProperty('limit');
  expect(row).not.toHaveProperty('holds');
});

test('a measure without value and limit has no row; the others keep the order of the catalogue', () => {
  const rows = judge({ stops: 1, detect: 5 }, [{ measure: 'act', at: 'most', value: 60 }]);

  expect(rows.map(({ measure }) => measure)).toEqual(['detect', 'act', 'stops']);
});
