/** Each threat has an answer, and each answer a test that is there. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const TEXT = read('SECURITY.md');

/** Rows of the table of threats, without its heading. */
function threatsIn(text: string): readonly (readonly string[])[] {
  const table = /<!-- threats -->([\s\S]*)<!-- \/threats -->/.exec(text)?.[1] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Each test that a cell names, and what is wrong with it. */
function unproven(cell: string): readonly string[] {
  const named = cell
    .split(/; (?=`)/)
    .map((one) => /^`(test\/[\w/.-]+\.test\.ts)` "(.+)"$/.exec(one));
  return named.flatMap((found, index) => {
    if (found === null) return [`${cell.split(/; (?=`)/)[index]}: names no test`];
    const [, file = '', title = ''] = found;
    if (!existsSync(path.join(ROOT, file))) return [`${file}: is not there`];
    return read(file).includes(`'${title}'`) ? [] : [`${file}: has no test '${title}'`];
  });
}

describe('the threat model', () => {
  const threats = threatsIn(TEXT);

  test('has a row for each who and how, with an answer and its proof', () => {
    expect(threats.length).toBeGreaterThan(20);
    expect(threats.filter((cells) => cells.length !== 3 || cells.includes(''))).toEqual([]);
  });

  test('names tests that there are', () => {
    expect(threats.flatMap(([, , proof = '']) => unproven(proof))).toEqual([]);
  });

  test.each([
    'Forged events',
    'replay',
    'another account',
    'confused deputy',
    'stolen webhook',
    'stolen bot token',
    'stolen signing secret',
    'poisoned log line',
    'claim into the table',
    'parameters',
    'drill endpoint',
    'package turns bad',
    'role that deploys',
    'flood of alarms',
    'flood of log lines',
    'Silence',
  ])('thinks of %s', (words) => {
    expect(threats.some(([who = '']) => who.includes(words))).toBe(true);
  });

  test('says what is not defended, how to report, and what is supported', () => {
    const headings = [...TEXT.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

    expect(headings).toEqual(expect.arrayContaining(['Report a weakness', 'What is not defended']));
    expect(TEXT).toContain('Supported is');
  });
});

test('a proof that is not there is found', () => {
  expect(unproven('`test/nowhere.test.ts` "x"')).toEqual(['test/nowhere.test.ts: is not there']);
  expect(unproven('`test/docs/security.test.ts` "no such"')).toHaveLength(1);
  expect(unproven('see the tests')).toEqual(['see the tests: names no test']);
});
