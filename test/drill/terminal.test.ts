import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { MESSAGE } from '../lab/slack/fixtures/a-message.ts';
import { aJournal } from './a-journal.ts';
import type { Progress, Status } from './progress.ts';
import { Terminal, type TerminalOptions } from './terminal.ts';

const CLEAR = '\r\u001b[K';
const elapsedMs = 1_540;

const STATUS: Status = {
  sent: 200,
  failed: 26,
  failing: 7,
  healthy: 3,
  desired: 4,
  alarms: [],
  incident: 'none',
  answers: [],
  tasks: [],
  illTasks: [],
  faults: [],
};
const STATUS_TEXT =
  '200 sent, 26 failed (7 in the last second) · 3/4 healthy · alarms OK · incident none';
const status = (overrides: Partial<Status> = {}): Progress => ({
  kind: 'status',
  elapsedMs,
  status: { ...STATUS, ...overrides },
});
const phase: Progress = { kind: 'phase', elapsedMs, name: 'following' };
const started: Progress = {
  kind: 'started',
  elapsedMs: 0,
  startedAt: 0,
  title: 'One task fails',
  hypothesis: 'It is stopped.',
  factor: 15,
  healer: true,
};
const slack: Progress = {
  kind: 'lab',
  elapsedMs,
  event: { kind: 'slack', at: 0, status: 200, answer: 'ok', payload: MESSAGE },
};
const finished: Progress = {
  kind: 'finished',
  elapsedMs,
  journal: aJournal(),
  file: '.drill/x/journal.json',
};

function shown(progress: readonly Progress[], options: Partial<TerminalOptions> = {}): string {
  let text = '';
  const terminal = new Terminal({
    write: (part) => {
      text += part;
    },
    color: false,
    live: false,
    width: () => 100,
    ...options,
  });
  for (const one of progress) terminal.show(one);
  return text;
}

describe('a log', () => {
  test('has a line for each step, without control characters', () => {
    const text = shown([started, phase, slack, finished]);

    expect(text).toBe(stripVTControlCharacters(text));
    expect(text).toContain('One task fails\nIt is stopped.\nwith the healer; AWS');
    expect(text).toContain('\n   T+1.5 s  ▸ following\n');
    expect(text).toContain('\n    ╭─ Slack ─');
    expect(text).toMatch(/PASS .*\njournal: \.drill\/x\/journal\.json\n$/);
  });

  test('names the page for people where one was written', () => {
    const text = shown([{ ...finished, report: '.drill/x/report.html' }]);

    expect(text).toMatch(/\nreport: \.drill\/x\/report\.html\n$/);
  });

  test('says what a control run is', () => {
    expect(shown([{ ...started, healer: false }])).toContain('control run: ECS alone');
  });

  test('says what the healer is deployed from', () => {
    const text = shown([{ ...started, template: 'cdk.out/App.template.json' }]);

    expect(text).toContain("with the healer of cdk.out/App.template.json; AWS's periods");
  });

  test('has only every fifth status, each on a line', () => {
    const text = shown(Array.from({ length: 11 }, (_, index) => status({ sent: index + 1 })));

    expect(text.match(/\d+ sent/g)).toEqual(['5 sent', '10 sent']);
    expect(text.endsWith('\n')).toBe(true);
  });
});

describe('a terminal', () => {
  const live = { live: true } as const;

  test('keeps the status in its last line, below what is written', () => {
    const text = shown([status({ alarms: ['a', 'b'] }), phase, status({ sent: 240 })], live);

    const [first, ...rest] = text.split('\n');
    expect(first).toMatch(/^\r.*200 sent.*· 3\/4 healthy · ALARM a, b · incident none\r/);
    expect(first?.split(CLEAR).at(-1)).toBe('   T+1.5 s  ▸ following');
    expect(rest.join('\n').split(CLEAR)).toEqual([
      expect.stringContaining('200 sent'),
      expect.stringContaining('240 sent'),
    ]);
  });

  test.for([
    [120, STATUS_TEXT],
    [60, '7 failed/s · 3/4 healthy · alarms OK · incident none'],
    [30, '7 failed/s · 3/4 healthy · al'],
  ] as const)('keeps the status to a line of %i columns', ([width, text]) => {
    expect(shown([status()], { live: true, width: () => width })).toBe(`${CLEAR}${text}`);
  });

  test('follows a window that is resized', () => {
    const widths = [120, 60];
    const text = shown([status(), status()], { live: true, width: () => widths.shift() ?? 0 });

    expect(text.split(CLEAR).map(({ length }) => length)).toEqual([0, STATUS_TEXT.length, 52]);
  });

  test('breaks long lines between words, under their beginning', () => {
    const name = 'start a deployment that replaces one task after the other';

    const text = shown([{ kind: 'phase', elapsedMs, name }], { width: () => 40 });

    expect(text.trimEnd().split('\n')).toEqual([
      '   T+1.5 s  ▸ start a deployment that',
      '              replaces one task after',
      '              the other',
    ]);
  });

  test('ends without a status line', () => {
    const text = shown([status(), finished], live);

    expect(text.split('\n').at(-1)).toBe('');
    expect(text.slice(text.lastIndexOf('PASS'))).not.toContain('sent,');
  });

  test('has colours only where they are wanted', () => {
    const all = [started, phase, slack, finished];

    expect(shown(all, { color: true })).not.toBe(shown(all));
    expect(stripVTControlCharacters(shown([started, phase, finished], { color: true }))).toBe(
      shown([started, phase, finished]),
    );
  });
});
