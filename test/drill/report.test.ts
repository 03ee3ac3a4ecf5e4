import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { aJournal, anActivity } from './a-journal.ts';
import { aMessage, aRecordedJournal } from './a-recorded-journal.ts';
import type { Journal } from './journal.ts';
import { renderReport } from './report/page.ts';
import { readJournal } from './report/read-journal.ts';
import { findingsOf, marginOf } from './report/scorecard.ts';
import { percentile } from './report/series.ts';
import { pointsOf } from './report/timeline.ts';
import { run } from './spawned.ts';
import { judge } from './verdict.ts';

const DRILL = 'drill/main.ts';

/** Writes what a drill would have; the folder goes where the test ends. */
function folder() {
  const made = mkdtempDisposableSync(path.join(tmpdir(), 'report-'));
  const write = (name: string, journal: unknown): string => {
    const file = path.join(made.path, name);
    writeFileSync(file, typeof journal === 'string' ? journal : JSON.stringify(journal));
    return file;
  };
  return { path: made.path, write, [Symbol.dispose]: () => made.remove() };
}

/** As a reader sees it: without markup. */
const wordsOf = (journal: Journal, control?: Journal): string =>
  renderReport(journal, control && { control })
    .replace(/<style>.*?<\/style>/s, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

describe('the command', () => {
  test('writes the report beside the journal, or where it is told to', async () => {
    using at = folder();
    const file = at.write('journal.json', aRecordedJournal());
    await using beside = run(DRILL, 'report', file);
    expect(await beside.exited, beside.stderr.join('\n')).toMatchObject({ exitCode: 0 });

    const out = path.join(at.path, 'elsewhere.html');
    await using named = run(DRILL, 'report', file, '--out', out);
    expect(await named.exited, named.stderr.join('\n')).toMatchObject({ exitCode: 0 });

    expect(beside.stdout).toEqual([`report: ${path.join(at.path, 'report.html')}`]);
    expect(readFileSync(out, 'utf8')).toBe(renderReport(readJournal(file), { runs: [] }));
  });

  test.for<readonly [string, unknown, string]>([
    ['no JSON', 'hello', 'content: got "hello", wanted JSON'],
    ['no object', '5', 'journal: got 5, wanted Object'],
    ['another file', {}, 'schema: got nothing, wanted ecs-self-healing/journal/3'],
    [
      'an older version',
      { ...aJournal(), schema: 'ecs-self-healing/journal/2' },
      'schema: got "ecs-self-healing/journal/2", wanted ecs-self-healing/journal/3',
    ],
    ['a broken field', { ...aJournal(), timeFactor: 'x' }, 'timeFactor: got "x", wanted number'],
    ['a missing field', { ...aJournal(), rows: undefined }, 'rows: got nothing, wanted a value'],
    [
      'a missing field of a field',
      { ...aJournal(), requests: { ...aJournal().requests, sinceFault: undefined } },
      'requests.sinceFault: got nothing, wanted a value',
    ],
    [
      'a limit that is none',
      { ...aJournal(), rows: [{ ...aJournal().rows[0], limit: null }] },
      'rows.0.limit: got null',
    ],
  ])('refuses %s', ([, content, words]) => {
    using at = folder();
    const file = at.write('journal.json', content);

    expect(() => readJournal(file)).toThrow(`${file}: ${words}`);
  });

  test('ends with 2 on a file that is not there, and on a control run that is none', async () => {
    using at = folder();
    const file = at.write('journal.json', aRecordedJournal());
    await using missing = run(DRILL, 'report', path.join(at.path, 'none.json'));
    expect(await missing.exited).toMatchObject({ exitCode: 2 });

    await using healed = run(DRILL, 'report', file, '--control', file);
    expect(await healed.exited).toMatchObject({ exitCode: 2 });

    expect(missing.stderr.join('\n')).toMatch(/got .*none\.json \(ENOENT\), wanted a file/);
    expect(healed.stderr.join('\n')).toContain('healer: got true, wanted false');
  });
});

describe('the report', () => {
  test('begins with the verdict and has every section', () => {
    const words = wordsOf(aRecordedJournal());

    expect(words).toContain('PASS: every limit holds');
    expect(renderReport(aRecordedJournal()).match(/(?<=<h2 id=")[^"]+/g)).toEqual([
      'scorecard',
      'findings',
      'timeline',
      'charts',
      'decisions',
      'messages',
      'steps-and-rollbacks',
      'not-measured',
      'appendix',
    ]);
  });

  test('has limit, measured value, margin and result in one row', () => {
    expect(wordsOf(aRecordedJournal())).toContain(
      'fault → alarm in ALARM ≤ 240 s (16.0 s here) 150 s (10.0 s here) 90 s, 38 % ✓ holds',
    );
  });

  test('shows the task that was chosen among those that were not', () => {
    const words = wordsOf(aRecordedJournal());

    expect(words).toMatch(/bbbbbbbb \S.*? 80\.0 % failed, 0\.0 % slow ■ chosen/);
    expect(words.match(/not chosen: below the limits/g)).toHaveLength(3);
    expect(words).toMatch(/hold settling re-check 2 6/);
  });

  test('says what each chart shows', () => {
    const words = wordsOf(aRecordedJournal());

    expect(words).toContain('Some failed between T+0.0 s and T+6.0 s, at most 20 per second.');
    expect(words).toContain('at least 3 of 4 were healthy');
    expect(words).toContain('INSUFFICIENT_DATA → OK from T−3.0 s → ALARM from T+5.0 s');
    expect(words).toContain('verifying (settling) from T+6.0 s → recovered from T+13.0 s');
  });

  test('compares with a control run of the same drill', () => {
    const control = { ...aRecordedJournal(), healer: false, rows: judge({ detect: 300 }, []) };

    expect(wordsOf(aRecordedJournal(), control)).toContain('time to detect 150 s 300 s −150 s');
  });

  test('escapes whatever a message, a name or a log line brings', () => {
    const hostile = '<img src=x onerror="alert(1)"> </style><script>alert(2)</script>';
    const link = '<javascript:alert(3)|click> <https://example.com/?a=1|fine>';
    const journal = aRecordedJournal({
      messages: [aMessage(hostile), aMessage(link)],
      run: [anActivity({ name: hostile, status: 'failed', exception: hostile })],
    });

    const page = renderReport(journal);
    expect(page).not.toMatch(/<img|<script|href="javascript/);
    expect(page).toContain('href="https://example.com/?a=1"');
  });

  test('lists what did not hold, and room for who mends it', () => {
    const rows = judge({ stops: 2 }, [{ measure: 'stops', at: 'exactly', value: 1 }]);
    const journal = aRecordedJournal({
      rows,
      deviated: true,
      rollbacks: [anActivity({ name: 'mend', status: 'failed', exception: 'not in 60 s' })],
    });

    expect(findingsOf(journal)).toEqual([
      'tasks stopped by the healer: got 2, wanted = 1',
      'mend: not in 60 s',
    ]);
    expect(wordsOf(journal)).toContain('FAIL: 1 limit is broken');
  });

  test('is made of an aborted drill too, which has next to nothing', () => {
    const journal = aJournal({ status: 'aborted', rows: [], messages: [] }, {}, []);

    expect(wordsOf(journal)).toContain('ABORTED: the service was not steady');
  });
});

describe('the timeline', () => {
  test('has each step once, in order, with who tells it', () => {
    const points = pointsOf(aRecordedJournal()).map(({ what, source }) => `${source}: ${what}`);

    expect(points).toEqual([
      'drill: fault: make one task fail',
      'load: first failed request: 500',
      'CloudWatch: alarm checkout-api-5xx-rate: OK → ALARM',
      'incident record: opened: what opened says',
      'incident record: claimed: what claimed says',
      'load: last failed request: 500',
      'ECS: StopTask bbbbbbbb accepted',
      'Slack: message: ACTING checkout-api (prod): stopped 1 ill task of 4.',
      'ECS: new task eeeeeeee is RUNNING',
      'ECS: task bbbbbbbb is STOPPED',
      'CloudWatch: alarm checkout-api-5xx-rate: ALARM → OK',
      'drill: rollback: mend what still runs',
      'incident record: recovered: what recovered says',
      'Slack: message: RECOVERED checkout-api (prod) in 8 s. No action needed.',
    ]);
  });
});

describe('numbers', () => {
  test.for([
    ['most', 240, 150, '90 s, 38 %'],
    ['most', 240, 300, '−60 s, −25 %'],
    ['least', 100, 130, '30 s, 30 %'],
    ['exactly', 1, 1, 'exact'],
    ['exactly', 1, 3, 'off by 2'],
  ] as const)('at %s %d, %d leaves %s', ([at, value, measured, margin]) => {
    const [row] = judge({ detect: measured }, [{ measure: 'detect', at, value }]);

    expect(row && marginOf(row)).toBe(margin);
  });

  test('a percentile is a value that was measured', () => {
    expect([0.5, 0.95, 0.99].map((share) => percentile([1, 2, 3, 400], share))).toEqual([
      2, 400, 400,
    ]);
  });
});
