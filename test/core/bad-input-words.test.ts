/** How bad input is shown, and how many mistakes are told at once. */
import { describe, expect, test } from 'vitest';
import {
  listNames,
  listProblems,
  shortenInput,
  showInput,
} from '../../functions/core/bad-input.ts';

/** A list in a list in a list, too deep to be spelt. */
function deep<T>(wrap: (inner: unknown) => T): T {
  let value: unknown = [];
  for (let depth = 0; depth < 200_000; depth += 1) value = [value];
  return wrap(value);
}

describe('bad input is shown', () => {
  test.each<[string, unknown, string]>([
    ['a text with its quotes', 'shop', '"shop"'],
    ['a number', 7, '7'],
    ['an object', { a: [1] }, '{"a":[1]}'],
    ['nothing, when it has no JSON', undefined, 'nothing'],
    ['cut, when it is long', 'ab '.repeat(200), `"${'ab '.repeat(200).slice(0, 79)}`],
    ['without a secret', 'password=hunter2', '"password=[redacted]'],
  ])('%s', (_how, value, shown) => {
    expect(showInput(value)).toBe(shown);
  });

  test('in a word, when it is too deep to be spelt', () => {
    expect(deep((inner) => showInput([inner]))).toBe('a list');
    expect(deep((inner) => showInput({ inner }))).toBe('an object');
  });

  test('as it is, when it is a name, but cut', () => {
    expect(shortenInput('services[0].cluster')).toBe('services[0].cluster');
    expect(shortenInput('ab '.repeat(60))).toBe('ab '.repeat(60).slice(0, 80));
  });

  test('in its beginning only, also when a long secret leaves room for more', () => {
    const long = `token=${'x'.repeat(280)} and then ${'some '.repeat(9)}`;

    expect(shortenInput(long)).toBe('token=[redacted] and then some');
    expect(showInput(long)).toBe('"token=[redacted] and then som');
  });
});

const many = (count: number) => Array.from({ length: count }, (_, n) => `p${n + 1}`);

describe('of mistakes', () => {
  test.each<[number, string]>([
    [0, ''],
    [1, 'p1'],
    [10, 'p1; p2; p3; p4; p5; p6; p7; p8; p9; p10'],
    [11, 'p1; p2; p3; p4; p5; p6; p7; p8; p9; p10; and 1 more'],
    [25, 'p1; p2; p3; p4; p5; p6; p7; p8; p9; p10; and 15 more'],
  ])('%i are listed so', (count, listed) => {
    expect(listProblems(many(count))).toBe(listed);
  });
});

describe('of names', () => {
  test.each<[number, string]>([
    [1, 'p1'],
    [5, 'p1, p2, p3, p4, p5'],
    [6, 'p1, p2, p3, p4, p5 and 1 more'],
    [1_000, 'p1, p2, p3, p4, p5 and 995 more'],
  ])('%i are listed so', (count, listed) => {
    expect(listNames(many(count))).toBe(listed);
  });
});
