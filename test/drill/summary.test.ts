import { describe, expect, test } from 'vitest';
import { aJournal, anActivity } from './a-journal.ts';
import { EXIT } from './exit.ts';
import type { Journal } from './journal.ts';
import type { Measures } from './measure.ts';
import type { Paint } from './result-table.ts';
import { exitOf } from './run-all.ts';
import { renderLine, renderSummary, type Summary, summarise, summariseError } from './summary.ts';

const FILE = '.drill/x/journal.json';
const plain: Paint = (_style, text) => text;
const named: Paint = (style, text) => `<${[style].flat().join('+')}>${text}</>`;
const WIDE = Number.POSITIVE_INFINITY;

const HEALED: Measures = {
  stops: 1,
  stoppedIll: 1,
  stoppedOther: 0,
  state: 'recovered',
  held: 'starting',
  failedSince: 51,
  recover: 368.6,
};

function aSummary(overrides: Partial<Journal> = {}, measures = HEALED): Summary {
  return summarise(aJournal(overrides, measures, []), FILE);
}

describe('the summary of a drill', () => {
  test('is what the table shows of it', () => {
    expect(aSummary()).toEqual({
      name: 'grey-5xx',
      verdict: 'PASS',
      seconds: 20.4,
      stoppedIll: 1,
      stoppedOther: 0,
      state: 'recovered',
      reason: 'starting',
      failedRequests: 51,
      recover: 368.6,
      problems: [],
      file: FILE,
    });
  });

  test('gives the reason of an escalation before that of a hold', () => {
    const escalated = aSummary({}, { ...HEALED, escalation: 'storm', cause: 'dependency' });

    expect(escalated).toMatchObject({ reason: 'storm', cause: 'dependency' });
  });

  test('names every broken limit, and everything that did not come', () => {
    const run = [anActivity({ name: 'incident is recovered', exception: 'not in time' })];
    const journal = aJournal({ run, status: 'failed' }, { stops: 2 }, [
      { measure: 'stops', at: 'exactly', value: 1 },
      { measure: 'state', at: 'exactly', value: 'recovered' },
      { measure: 'calls', at: 'most', value: 16 },
    ]);

    expect(summarise(journal, FILE)).toMatchObject({
      verdict: 'FAIL',
      problems: [
        'incident is recovered: not in time',
        'tasks stopped by the healer: got 2, wanted exactly 1',
        'incident ends: got not seen, wanted exactly recovered',
        'AWS calls of the acting decision: got not seen, wanted most 16',
      ],
    });
  });

  test('tells a control run and an aborted one', () => {
    const { deviated: _, ...control } = aJournal();

    expect(summarise(control, FILE).verdict).toBe('CONTROL');
    expect(aSummary({ status: 'aborted', deviated: true }).verdict).toBe('ABORTED');
  });

  test('is an error where the tool itself failed', () => {
    expect(summariseError('hung', new Error('no address'), 3)).toEqual({
      name: 'hung',
      verdict: 'ERROR',
      seconds: 3,
      problems: ['no address'],
    });
  });
});

test('a line says where among the others a drill ended, and what was wrong', () => {
  const place = { done: 3, of: 28, seconds: 65 };
  const failed = { ...aSummary(), verdict: 'FAIL' as const, problems: ['stops: got 2'] };

  expect(renderLine(aSummary(), place, plain)).toBe(
    ' T+1 min 05 s   3/28  PASS     grey-5xx, 20 s',
  );
  expect(renderLine(failed, place, plain)).toMatch(/FAIL {5}grey-5xx, 20 s\n +stops: got 2$/);
  expect(renderLine(failed, place, named)).toContain('<bold+red>FAIL');
});

describe('the table of all', () => {
  const failed = { ...aSummary(), name: 'hung', verdict: 'FAIL' as const };
  const error = summariseError('two-tier', new Error('x'), 1);

  test('has a row for each, and what was not seen as a dash', () => {
    const lines = renderSummary([aSummary(), error], 125, plain, WIDE).split('\n');

    expect(lines).toEqual([
      '',
      'scenario  verdict  right  wrong  ends       reason    cause  failed  recover',
      'grey-5xx  PASS     1      0      recovered  starting  –      51      369 s',
      'two-tier  ERROR    –      –      –          –         –      –       –',
      expect.stringMatching(/^─+$/),
      'FAIL  1 of 2 scenarios hold every limit, 2 min 05 s',
      'right, wrong: tasks stopped  failed: requests since the fault',
    ]);
  });

  test('passes where all do', () => {
    expect(renderSummary([aSummary()], 20, plain, WIDE)).toContain('PASS  1 of 1 scenarios hold');
  });

  test('shows in red what did not hold', () => {
    const lines = renderSummary([aSummary(), failed], 20, named, WIDE).split('\n');

    expect(lines.filter((line) => line.startsWith('<red>'))).toEqual([
      expect.stringContaining('hung'),
    ]);
    expect(lines.at(-2)).toMatch(/^<bold\+red>FAIL/);
  });

  test('keeps to a narrow window', () => {
    const rows = renderSummary([aSummary(), failed], 20, plain, 40).split('\n').slice(1, 5);

    for (const row of rows) expect(row.length).toBeLessThanOrEqual(40);
  });
});

test.for([
  [['PASS', 'CONTROL'], EXIT.held],
  [['PASS', 'ABORTED'], EXIT.notSteady],
  [['ABORTED', 'FAIL'], EXIT.deviated],
  [['FAIL', 'ERROR', 'PASS'], EXIT.toolError],
] as const)('%j ends with %i', ([verdicts, exit]) => {
  expect(exitOf(verdicts.map((verdict) => ({ verdict })))).toBe(exit);
});
