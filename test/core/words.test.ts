/** How causes are told: counts, lists, and quotations that are short and show what matters. */
import { describe, expect, test } from 'vitest';
import {
  countOf,
  distinct,
  evidenceOf,
  isComplaint,
  listOf,
  messageOf,
  quote,
} from '../../functions/core/cause-words.ts';
import { spellVerdict } from '../../functions/core/verdict.ts';
import { aVictim, NOW } from './builders.ts';

describe('a quotation', () => {
  const words = (count: number, from = 0) =>
    Array.from({ length: count }, (_, n) => `w${String(n + from).padStart(3, '0')}`).join(' ');

  test('of up to 200 characters is whole', () => {
    expect(quote(` ${words(40)} `)).toBe(words(40));
    expect(quote(`${words(40)}!`)).toBe(`${words(40)}!`);
  });

  test('that is longer is cut at its end', () => {
    expect(quote(words(41))).toBe(`${words(40).slice(0, 199)}…`);
    expect(quote(words(41), /w003/)).toBe(`${words(40).slice(0, 199)}…`);
    expect(quote(words(41), /absent/)).toBe(`${words(40).slice(0, 199)}…`);
  });

  test('keeps its beginning and what was looked for', () => {
    const middle = quote(words(100), /w050/);
    const last = quote(words(100), /w099/);

    expect(middle).toHaveLength(200);
    expect(middle).toBe(`${words(100).slice(0, 70)} … ${words(100).slice(230, 356)}…`);
    expect(last).toBe(`${words(100).slice(0, 70)} … ${words(100).slice(-127)}`);
    expect(quote(words(41), /w015/)).toBe(
      `${words(41).slice(0, 70)} … ${words(41).slice(70, 196)}…`,
    );
  });
});

describe('words', () => {
  test.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ])('of a list: %j', (items, said) => {
    expect(listOf(items)).toBe(said);
  });

  test('of a count', () => {
    expect([0, 1, 2].map((count) => countOf(count, 'task'))).toEqual([
      '0 tasks',
      '1 task',
      '2 tasks',
    ]);
  });

  test('of evidence are different ones, at most three, in order', () => {
    expect(evidenceOf(['d', 'b', '', 'b', 'a', 'c'])).toEqual(['a', 'b', 'c']);
    expect(distinct([3, 1, 2, 3, 1])).toEqual([1, 2, 3]);
    expect(distinct(['b', 'a', 'b'])).toEqual(['a', 'b']);
  });

  test.each([
    [' ERROR: boom ', 'boom'],
    ['warning  slow', 'slow'],
    ['trace x', 'x'],
    ['information is x', 'information is x'],
    ['an error: x', 'an error: x'],
    ['fatalx', 'fatalx'],
    ['info', 'info'],
  ])('of a line go without its level: %j', (line, said) => {
    expect(messageOf(line)).toBe(said);
  });

  test.each([
    ['an Error occurred', true],
    ['NullPointerException', true],
    ['FATAL: no', true],
    ['panic: no', true],
    ['it fails', true],
    ['1 failure', true],
    ['2 failures', true],
    ['it failed', true],
    ['to fail', true],
    ['connection refused', true],
    ['request timed out', true],
    ['terrors', false],
    ['failover done', false],
    ['GET / 404', false],
  ])('that complain: %s: %s', (line, wanted) => {
    expect(isComplaint(line)).toBe(wanted);
  });
});

describe('a verdict in two words', () => {
  test('is what is done and why', () => {
    const settled = {
      kind: 'settled',
      outcome: 'nothing-to-do',
      reason: 'paused',
      detail: '',
    } as const;

    expect(spellVerdict({ kind: 'act', victim: aVictim(), completing: false })).toBe('act');
    expect(spellVerdict({ kind: 'hold', reason: 'paused', until: NOW, detail: '' })).toBe(
      'hold paused',
    );
    expect(spellVerdict({ kind: 'escalate', reason: 'storm', detail: '' })).toBe('escalate storm');
    expect(spellVerdict(settled)).toBe('settled nothing-to-do');
  });
});
