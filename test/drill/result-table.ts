/** How a drill ended: every limit beside the measured value, the requests, and one word. */
import type { styleText } from 'node:util';
import type { Journal } from './journal.ts';
import type { Row } from './verdict.ts';

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

export function renderResult(journal: Journal, paint: Paint): string {
  const { requests, rows, timeFactor } = journal;
  const cells = rows.map((row) => [
    markOf(row),
    row.name,
    measured(row, timeFactor),
    limited(row, timeFactor),
    row.meaning,
  ]);
  const table = [['', 'measure', 'measured', 'limit', 'meaning'], ...cells];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((cell) => cell[column]?.length ?? 0))) ?? [];
  const lines = table.map((cell, index) => {
    const text = cell
      .map((part, column) => part.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
    if (index === 0) return paint('dim', text);
    return rows[index - 1]?.holds === false ? paint('red', text) : text;
  });
  const counts = Object.entries(requests.byStatus)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ');
  return [
    ...lines,
    '',
    `requests: ${requests.sent} sent at ${requests.perSecond}/s, ${requests.failed} failed (${counts})`,
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

function verdictLine({ deviated, experiment, duration, rows }: Journal, paint: Paint): string {
  const took = `${experiment.name}, ${duration.toFixed(0)} s`;
  if (deviated === undefined) return paint('bold', `CONTROL  ${took}: measured, not judged`);
  const broken = rows.filter((row) => row.holds === false).length;
  if (!deviated) return paint(['bold', 'green'], `PASS  ${took}: every limit holds`);
  return paint(
    ['bold', 'red'],
    `FAIL  ${took}: ${broken} ${broken === 1 ? 'limit is' : 'limits are'} broken`,
  );
}

function markOf({ holds }: Row): string {
  if (holds === undefined) return ' ';
  return holds ? '✓' : '✗';
}

/** `150 s (10.0 s here)`: what it would be at AWS's pace, and what the clock of this machine showed. */
function measured({ value, unit }: Row, factor: number): string {
  if (value === undefined) return 'not seen';
  return typeof value === 'string' ? value : amount(value, unit, factor);
}

function limited({ limit, unit }: Row, factor: number): string {
  if (limit === undefined) return '–';
  const sign = { most: '≤ ', least: '≥ ', exactly: '= ' }[limit.at];
  return `${sign}${typeof limit.value === 'string' ? limit.value : amount(limit.value, unit, factor)}`;
}

function amount(value: number, unit: string, factor: number): string {
  if (unit === 'AWS seconds')
    return `${value.toFixed(0)} s (${(value / factor).toFixed(1)} s here)`;
  if (unit === 'percent') return `${value.toFixed(1)} %`;
  return String(value);
}
