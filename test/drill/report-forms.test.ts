/** The forms of the report beside the page: for a comment, for CI, and over several runs. */
import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { anActivity } from './a-journal.ts';
import { aRecordedJournal } from './a-recorded-journal.ts';
import type { Journal } from './journal.ts';
import { renderJunit } from './report/junit.ts';
import { renderMarkdown } from './report/markdown.ts';
import { renderReport } from './report/page.ts';
import { readRunsBeside } from './report/trend.ts';
import { run } from './spawned.ts';
import { aJournalWithTasks } from './ui/a-recorded-progress.ts';
import { judge } from './verdict.ts';

const BROKEN: Partial<Journal> = {
  deviated: true,
  rows: judge({ detect: 300, stops: 1, announced: '' }, [
    { measure: 'detect', at: 'most', value: 240 },
    { measure: 'stops', at: 'exactly', value: 1 },
    { measure: 'announced', at: 'exactly', value: 'ACTING, RECOVERED' },
  ]),
  rollbacks: [anActivity({ name: 'mend', status: 'failed', exception: 'not in 60 s <&"' })],
};
const HOSTILE = '<b> | @channel `x`\n# [link](javascript:1) \u0000';

const wordsOf = (html: string): string => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

describe('the comment', () => {
  test('has the verdict, one row per limit and the findings, in few lines', () => {
    const text = renderMarkdown(aRecordedJournal(BROKEN));

    expect(text).toMatch(/^### ✗ FAIL: 2 limits are broken\n/);
    expect(text).toContain('| ✗ broken | time to detect | ≤ 240 s | 300 s | −60 s, −25 % |');
    expect(text).toContain('| ✓ holds | tasks stopped by the healer | = 1 | 1 | exact |');
    expect(text).toContain('| ✗ broken | messages in Slack | = ACTING, RECOVERED | none | – |');
    expect(text).toContain('- mend: not in 60 s &lt;&amp;"');
    expect(text.split('\n').length).toBeLessThan(25);
  });

  test('lets nobody write markup or call people', () => {
    const journal = aRecordedJournal({
      run: [anActivity({ name: HOSTILE, status: 'failed', exception: HOSTILE })],
    });

    const [finding] = renderMarkdown(journal).match(/^- .*$/m) ?? [];
    expect(finding).toContain('&lt;b&gt; \\| @\u200Bchannel \\`x\\` \\# \\[link\\](javascript:1)');
  });
});

describe('the file for CI', () => {
  test('has one test case per limit, and one for each step that failed', () => {
    const xml = renderJunit(aRecordedJournal(BROKEN));

    expect(xml).toContain('<testsuites tests="4" failures="2" errors="1"');
    expect(xml).toContain('name="time to detect ≤ 240 s" time="0"><failure message="got 300 s,');
    expect(xml).toContain('name="tasks stopped by the healer = 1" time="0"></testcase>');
    expect(xml).toContain('<error message="not in 60 s &lt;&amp;&quot;"/>');
  });

  test('says of a limit that nobody can tell that it was skipped', () => {
    const [row] = judge({ detect: 150 }, [{ measure: 'detect', at: 'most', value: 240 }]);
    if (row === undefined) throw new Error('no row');
    const { value: _value, holds: _holds, ...rest } = row;
    const xml = renderJunit(aRecordedJournal({ rows: [{ ...rest, unmeasured: 'no clock' }] }));

    expect(xml).toContain('skipped="1"');
    expect(xml).toContain('<skipped message="no clock"/>');
  });

  test('holds no character that XML does not know', () => {
    const xml = renderJunit(
      aRecordedJournal({ run: [anActivity({ name: HOSTILE, status: 'failed' })] }),
    );

    expect(xml).not.toContain('\u0000');
    expect(xml).toContain('name="&lt;b&gt; | @channel');
  });
});

describe('the command', () => {
  test.for([
    ['markdown', 'report.md', /^### ✓ PASS/],
    ['junit', 'report.xml', /^<\?xml/],
  ] as const)('writes %s beside the journal', async ([format, name, start]) => {
    using made = mkdtempDisposableSync(path.join(tmpdir(), 'forms-'));
    const file = path.join(made.path, 'journal.json');
    writeFileSync(file, JSON.stringify(aRecordedJournal()));

    await using command = run('drill/main.ts', 'report', file, '--format', format);

    expect(await command.exited, command.stderr.join('\n')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(path.join(made.path, name), 'utf8')).toMatch(start);
  });

  test('refuses a form that it does not have', async () => {
    await using command = run('drill/main.ts', 'report', 'journal.json', '--format', 'pdf');

    expect(await command.exited).toMatchObject({ exitCode: 2 });
    expect(command.stderr.join('\n')).toContain('Allowed choices are html, markdown, junit');
  });
});

describe('the trend', () => {
  /** A folder of runs, the newest last; each with its time to detect. */
  function runs(
    detects: readonly number[],
    change: (index: number) => Partial<Journal> = () => ({}),
  ) {
    const made = mkdtempDisposableSync(path.join(tmpdir(), 'trend-'));
    const files = detects.map((detect, index) => {
      const start = `2026-11-20T10:0${index}:00.000Z`;
      const folder = path.join(made.path, `grey-5xx-${start.replace(/[:.]/g, '-')}`);
      const rows = judge({ detect }, [{ measure: 'detect', at: 'most', value: 240 }]);
      const journal = aRecordedJournal({ start, rows, ...change(index) });
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'journal.json'), JSON.stringify(journal));
      return { file: path.join(folder, 'journal.json'), journal };
    });
    const last = files.at(-1);
    if (last === undefined) throw new Error('detects: got none, wanted at least one');
    const found = readRunsBeside(last.file, last.journal);
    const html = renderReport(last.journal, { runs: found });
    return { found, words: wordsOf(html), [Symbol.dispose]: () => made.remove() };
  }

  test('spans the runs of the same definition, and says how many they are', () => {
    using three = runs([100, 300, 140]);

    expect(three.words).toContain('3 runs of definition');
    expect(three.words).toContain('time to detect 140 s 100 s 140 s 300 s 3');
  });

  test('has no spread below three', () => {
    using two = runs([100, 140]);

    expect(two.words).toContain('2 runs of definition');
    expect(two.words).toContain('from 3 on, their spread stands here');
  });

  test('compares with nothing that was run otherwise, or that is no journal', () => {
    const { experiment } = aRecordedJournal();
    const others: readonly Partial<Journal>[] = [
      { timeFactor: 30 },
      { healer: false },
      { experiment: { ...experiment, timeLimit: 1 } },
      { schema: 'ecs-self-healing/journal/2' as Journal['schema'] },
    ];
    using five = runs([1, 2, 3, 4, 5], (index) => others[index] ?? {});

    expect(five.found).toEqual([]);
  });
});

describe('each task', () => {
  test('is a lane: who was ill, who was stopped, who came instead', () => {
    const words = wordsOf(renderReport(aJournalWithTasks()));

    expect(words).toContain(
      '5 tasks of checkout-api; 1 made ill by the drill, 1 stopped by the healer.',
    );
    expect(words).toContain(
      'bbbbbbbb checkout-api:1 · eu-west-1b · made ill · stopped by the healer T+5.4 s',
    );
    expect(words).toMatch(/bbbbbbbb checkout-api:1, eu-west-1b ill T\+0\.0 s T\+5\.4 s/);
    expect(words).toMatch(/eeeeeeee checkout-api:1, eu-west-1b running T\+7\.0 s T\+15\.0 s/);
  });
});

const ROWS: Journal['experiment']['tolerances'] = [
  { measure: 'detect', at: 'most', value: 240 },
  { measure: 'stops', at: 'exactly', value: 1 },
];

describe('a drill in AWS', () => {
  test('says where it was, and what nobody could see there', () => {
    const journal = aRecordedJournal({
      timeFactor: 1,
      drill: {
        id: 'drill-1',
        service: 'shop-prod/basket-api',
        environment: 'staging',
        by: 'ana',
        verdict: 'pass',
        unmeasured: { detect: 'its alarm was set by hand' },
      },
      requests: { ...aRecordedJournal().requests, sent: 0, answers: [] },
      decisions: [],
      messages: [],
      events: [],
      rows: judge({ stops: 1 }, ROWS, { detect: 'its alarm was set by hand' }),
    });
    const words = wordsOf(renderReport(journal));

    expect(words).toContain('PASS: every limit that can be told holds; 1 cannot');
    expect(words).toContain('? cannot be told its alarm was set by hand');
    expect(words).toContain('(drill-1) of shop-prod/basket-api (staging) in AWS, by ana;');
    expect(words).toContain('time to detect: its alarm was set by hand');
    expect(words).not.toMatch(/in the lab|requests failed since|simulated|s here\)|this machine/);
    expect(words).toContain('Tasks of basket-api');
    expect(words).not.toMatch(/No request failed|None was sent|no healer ran|alarms rang/);
  });
});
