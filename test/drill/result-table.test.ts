import { describe, expect, test } from 'vitest';
import { aJournal, anActivity } from './a-journal.ts';
import type { Journal } from './journal.ts';
import { type Paint, renderResult } from './result-table.ts';

const plain: Paint = (_style, text) => text;
const named: Paint = (style, text) => `<${[style].flat().join('+')}>${text}</>`;

function linesOf(journal: Journal, width = 120, paint = plain): readonly string[] {
  return renderResult(journal, paint, width).split('\n');
}

function lineWith(text: string, lines: readonly string[]): string {
  return lines.find((line) => line.includes(text)) ?? `no line with ${text}`;
}

describe('the table', () => {
  test('has the limit beside the value, at the pace of AWS and of this machine', () => {
    expect(linesOf(aJournal()).slice(0, 4)).toEqual([
      '   measure                      measured             limit                  meaning',
      '✓  time to detect               150 s (10.0 s here)  ≤ 240 s (16.0 s here)  fault → alarm in ALARM',
      '✓  tasks stopped by the healer  1                    = 1                    accepted StopTask calls',
      '   messages in Slack            ACTING, RECOVERED    –                      state words in order',
    ]);
  });

  test('marks a broken limit, in red', () => {
    const journal = aJournal({}, { stops: 2 }, [{ measure: 'stops', at: 'exactly', value: 1 }]);

    expect(lineWith('tasks stopped', linesOf(journal))).toMatch(/^✗ .* 2 +=\s1 /);
    expect(lineWith('tasks stopped', linesOf(journal, 120, named))).toMatch(/^<red>✗/);
  });

  test('says that a value was not seen, and holds it against the limit', () => {
    const journal = aJournal({}, {}, [{ measure: 'recover', at: 'least', value: 30 }]);

    expect(lineWith('time to recover', linesOf(journal))).toMatch(
      /^✗ .* not seen +≥ 30 s \(2\.0 s here\)/,
    );
  });

  test('rounds a share to a tenth of a percent', () => {
    const journal = aJournal({}, { failedAfter: 1.234 }, []);

    expect(lineWith('failed requests', linesOf(journal))).toContain('  1.2 %  ');
  });

  test.for([40, 60, 80, 100, 120])('keeps to %i columns where the values do', (width) => {
    const rows = linesOf(aJournal(), width).slice(0, 4);

    const narrowest = 58;
    const widest = Math.max(...rows.map(({ length }) => length));
    expect(widest).toBeLessThanOrEqual(Math.max(width, narrowest));
    expect(lineWith('time to detect', rows)).toMatch(/150 s .*≤ 240 s/);
    expect(lineWith('messages in Slack', rows)).toContain('ACTING, RECOVERED');
  });

  test('drops the meaning first, then the seconds of this machine', () => {
    expect(lineWith('time to detect', linesOf(aJournal(), 80))).toBe(
      '✓  time to detect               150 s (10.0 s here)  ≤ 240 s (16.0 s here)',
    );
    expect(lineWith('time to detect', linesOf(aJournal(), 70))).toBe(
      '✓  time to detect               150 s              ≤ 240 s',
    );
  });
});

describe('the last line', () => {
  const lastLine = (overrides: Partial<Journal>): string =>
    linesOf(aJournal(overrides)).at(-1) ?? '';

  test('PASS', () => {
    expect(lastLine({})).toBe('PASS  grey-5xx, 20 s: every limit holds');
  });

  test.for([
    [1, '1 limit is broken'],
    [2, '2 limits are broken'],
  ] as const)('FAIL with %i', ([count, words]) => {
    const { rows } = aJournal({}, {}, [
      { measure: 'detect', at: 'most', value: 1 },
      { measure: 'act', at: 'most', value: 1 },
    ]);

    expect(lastLine({ deviated: true, rows: rows.slice(0, count) })).toBe(
      `FAIL  grey-5xx, 20 s: ${words}`,
    );
  });

  test('FAIL of a drill that did not end, though no limit is broken', () => {
    expect(lastLine({ status: 'failed', deviated: true })).toBe(
      'FAIL  grey-5xx, 20 s: it did not come to its end',
    );
  });

  test('CONTROL', () => {
    const { deviated: _, ...journal } = aJournal();

    expect(renderResult(journal, plain, 120).split('\n').at(-1)).toBe(
      'CONTROL  grey-5xx, 20 s: measured, not judged',
    );
  });

  test('ABORTED, with what was not steady', () => {
    const before = anActivity({ status: 'failed', exception: 'every task healthy: not in time' });
    const lines = linesOf(
      aJournal({ status: 'aborted', deviated: true, steady_states: { before } }),
    );

    expect(lines).toContain('not steady: every task healthy: not in time');
    expect(lines.at(-1)).toMatch(/^ABORTED {2}grey-5xx, 20 s: /);
  });
});

test('what failed is named', () => {
  const failed = anActivity({ name: 'incident is recovered', exception: 'not within 9 s' });

  expect(linesOf(aJournal({ run: [failed] }))).toContain(
    'failed: incident is recovered: not within 9 s',
  );
});

test('requests are counted by status', () => {
  expect(linesOf(aJournal())).toContain(
    'requests: 800 sent at 40/s, 26 failed (774 × 200, 26 × 500)',
  );
});
