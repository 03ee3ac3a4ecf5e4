/** How a long reason is cut so that what decides is in it. */
import { expect, test } from 'vitest';
import { evidenceOf, quote } from '../../functions/core/cause-words.ts';

/** Three hundred letters, with the word that decides at a place. */
const at = (place: number) => `${'a'.repeat(place)}DENIED${'b'.repeat(300)}`.slice(0, 300);

test.each([
  ['at the beginning', 0],
  ['just before the head ends', 69],
  ['across its end', 72],
])('of a reason that decides %s the beginning is told', (_name, place) => {
  expect(quote(at(place), /DENIED/)).toBe(`${at(place).slice(0, 199)}…`);
});

test.each([73, 150, 280])('of a reason that decides at %d the head and that is told', (place) => {
  const told = quote(at(place), /DENIED/);

  expect(told.slice(0, 73)).toBe(`${'a'.repeat(70)} … `);
  expect(told).toContain('DENIED');
  expect(told).toHaveLength(200);
});

test('of what decides nowhere the beginning is told', () => {
  expect(quote(at(150))).toBe(`${at(150).slice(0, 199)}…`);
  expect(quote(at(150), /GRANTED/)).toBe(`${at(150).slice(0, 199)}…`);
});

test('evidence is three different texts, in the order of the alphabet', () => {
  expect(evidenceOf(['d', '', 'b', 'a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
});
