/** How a drill ended: every limit beside the measured value, the requests, and one word. */
import type { styleText } from 'node:util';
import { renderUsage } from '../lab/iam/usage.ts';
import { summariseDecisions } from './decisions.ts';
import type { Journal } from './journal.ts';
import type { Row } from './verdict.ts';

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Narrower than this, a meaning says nothing: it is left out. */
const MEANING_MIN = 24;
export const GAP = '  ';

export function renderResult(journal: Journal, paint: Paint, width: number): string {
  const { requests } = journal;
  const counts = Object.entries(requests.byStatus)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ');
  return [
    ...renderTable(journal, paint, width),
    '',
    `requests: ${requests.sent} sent at ${requests.perSecond}/s, ${requests.failed} failed (${counts})`,
    ...summariseDecisions(journal.decisions).map((line) => `decision ${line}`),
    ...(journal.permissions === undefined ? [] : renderUsage(journal.permissions)),
    ...(journal.steady_states.before.exception === undefined
      ? []
      : [`not steady: ${journal.steady_states.before.exception}`]),
    ...[...journal.run, ...journal.rollbacks].flatMap(({ name, exception }) =>
      exception === undefined ? [] : [`failed: ${name}: ${exception}`],
    ),
    '',
    verdictLine(journal, paint),
  ].join('\n');
}

/** As much of it as the width holds: the meaning goes first, then this machine's own seconds. */
function renderTable({ rows, timeFactor }: Journal, paint: Paint, width: number): string[] {
  const cellsOf = (factor?: number): string[][] => [
    ['', 'measure', 'measured', 'limit'],
    ...rows.map((row) => [markOf(row), row.name, measured(row, factor), limited(row, factor)]),
  ];
  const wide = align(cellsOf(timeFactor));
  const lines = widthOf(wide) <= width ? wide : align(cellsOf());
  const left = width - widthOf(lines) - GAP.length;
  const meanings = ['meaning', ...rows.map(({ meaning }) => meaning)];
  return lines.map((line, index) => {
    const meaning = left < MEANING_MIN ? '' : shorten(meanings[index] ?? '', left);
    const text = `${line}${GAP}${meaning}`.trimEnd();
    if (index === 0) return paint('dim', text);
    return rows[index - 1]?.holds === false ? paint('red', text) : text;
  });
}

export function align(table: readonly (readonly string[])[]): string[] {
  const widths = table[0]?.map((_, column) => widthOf(table.map((cells) => cells[column] ?? '')));
  return table.map((cells) =>
    cells.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join(GAP),
  );
}

export function widthOf(lines: readonly string[]): number {
  return Math.max(...lines.map(({ length }) => length));
}

export function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

export interface Verdict {
  readonly word: 'PASS' | 'FAIL' | 'ABORTED' | 'CONTROL';
  readonly why: string;
}

export function verdictOf({ status, deviated, rows }: Journal): Verdict {
  if (status === 'aborted') {
    return { word: 'ABORTED', why: 'the service was not steady, so nothing was tried' };
  }
  if (deviated === undefined) return { word: 'CONTROL', why: 'measured, not judged' };
  if (!deviated) return { word: 'PASS', why: 'every limit holds' };
  const broken = rows.filter((row) => row.holds === false).length;
  if (broken === 0) return { word: 'FAIL', why: 'it did not come to its end' };
  return { word: 'FAIL', why: `${broken} ${broken === 1 ? 'limit is' : 'limits are'} broken` };
}

const VERDICT_STYLES = {
  PASS: ['bold', 'green'],
  FAIL: ['bold', 'red'],
  ABORTED: ['bold', 'red'],
  CONTROL: 'bold',
} as const satisfies Record<Verdict['word'], Style>;

function verdictLine(journal: Journal, paint: Paint): string {
  const { word, why } = verdictOf(journal);
  const took = `${journal.experiment.name}, ${journal.duration.toFixed(0)} s`;
  return paint(VERDICT_STYLES[word], `${word}  ${took}: ${why}`);
}

function markOf({ holds }: Row): string {
  if (holds === undefined) return ' ';
  return holds ? '✓' : '✗';
}

/** `150 s (10.0 s here)`: what it would be at AWS's pace, and what the clock of this machine showed. */
export function measured({ value, unit }: Row, factor?: number): string {
  if (value === undefined) return 'not seen';
  return typeof value === 'string' ? value : amount(value, unit, factor);
}

export function limited({ limit, unit }: Row, factor?: number): string {
  if (limit === undefined) return '–';
  const sign = { most: '≤ ', least: '≥ ', exactly: '= ' }[limit.at];
  return `${sign}${typeof limit.value === 'string' ? limit.value : amount(limit.value, unit, factor)}`;
}

export function amount(value: number, unit: string, factor?: number): string {
  if (unit === 'AWS seconds') {
    const here = factor === undefined ? '' : ` (${(value / factor).toFixed(1)} s here)`;
    return `${value.toFixed(0)} s${here}`;
  }
  if (unit === 'percent') return `${value.toFixed(1)} %`;
  return String(value);
}
