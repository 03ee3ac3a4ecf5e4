/** One drill in one line, and all of them in one table. */
import { describe } from '../../functions/core/errors.ts';
import type { Journal } from './journal.ts';
import { align, GAP, type Paint, shorten, widthOf } from './result-table.ts';
import type { MeasureName } from './tolerance.ts';
import type { Row } from './verdict.ts';

export interface Summary {
  readonly name: string;
  readonly verdict: 'PASS' | 'FAIL' | 'ABORTED' | 'CONTROL' | 'ERROR';
  /** Seconds of wall time. */
  readonly seconds: number;
  readonly stoppedIll?: number;
  readonly stoppedOther?: number;
  /** State in which the incident ended. */
  readonly state?: string;
  /** Why it was escalated, or else what it was held for. */
  readonly reason?: string;
  readonly cause?: string;
  readonly failedRequests?: number;
  /** AWS seconds. */
  readonly recover?: number;
  /** Which try this is the result of; absent for a single drill. */
  readonly tries?: number;
  /** What was not as it should be, one line each, in earlier tries too. */
  readonly problems: readonly string[];
  readonly file?: string;
}

export function summarise(journal: Journal, file: string): Summary {
  const { experiment, rows, duration } = journal;
  const value = (measure: MeasureName) => rows.find((row) => row.measure === measure)?.value;
  const text = (measure: MeasureName): string | undefined => {
    const found = value(measure);
    return found === undefined ? undefined : String(found);
  };
  const count = (measure: MeasureName): number | undefined => {
    const found = value(measure);
    return typeof found === 'number' ? found : undefined;
  };
  return dropAbsent({
    name: experiment.name,
    verdict: verdictOf(journal),
    seconds: duration,
    stoppedIll: count('stoppedIll'),
    stoppedOther: count('stoppedOther'),
    state: text('state'),
    reason: text('escalation') ?? text('held'),
    cause: text('cause'),
    failedRequests: count('failedSince'),
    recover: count('recover'),
    problems: problemsOf(journal),
    file,
  });
}

/** A drill that did not come to an end because the tool itself failed. */
export function summariseError(name: string, error: unknown, seconds: number): Summary {
  return { name, verdict: 'ERROR', seconds, problems: [describe(error)] };
}

function verdictOf({ status, deviated }: Journal): Summary['verdict'] {
  if (status === 'aborted') return 'ABORTED';
  if (deviated === undefined) return 'CONTROL';
  return deviated ? 'FAIL' : 'PASS';
}

function problemsOf({ rows, steady_states, run, rollbacks }: Journal): readonly string[] {
  const activities = [steady_states.before, ...run, ...rollbacks];
  return [
    ...activities.flatMap(({ name, exception }) =>
      exception === undefined ? [] : [`${name}: ${exception}`],
    ),
    ...rows.filter(({ holds }) => holds === false).map(tellBroken),
  ];
}

function tellBroken({ name, value, limit }: Row): string {
  const got = typeof value === 'number' ? Math.round(value) : (value ?? 'not seen');
  return `${name}: got ${got}, wanted ${limit?.at} ${limit?.value}`;
}

type Absentable<T> = { [K in keyof T]: T[K] | undefined };

function dropAbsent(summary: Absentable<Required<Omit<Summary, 'tries'>>>): Summary {
  return Object.fromEntries(
    Object.entries(summary).filter(([, value]) => value !== undefined),
  ) as unknown as Summary;
}

const STYLES = {
  PASS: ['bold', 'green'],
  FAIL: ['bold', 'red'],
  ABORTED: ['bold', 'red'],
  ERROR: ['bold', 'red'],
  CONTROL: ['bold'],
} as const;
const VERDICT_WIDTH = 7;

/** Where among the others it ended, and how many seconds after the first one began. */
export interface Place {
  readonly done: number;
  readonly of: number;
  readonly seconds: number;
}

export function renderLine(summary: Summary, place: Place, paint: Paint): string {
  const { name, verdict, seconds, problems, tries = 1 } = summary;
  const at = `T+${spellSeconds(place.seconds)}`.padStart(13);
  const count = `${String(place.done).padStart(String(place.of).length)}/${place.of}`;
  const again = tries > 1 ? `, try ${tries}` : '';
  const word = paint([...STYLES[verdict]], verdict.padEnd(VERDICT_WIDTH));
  const line = `${paint('dim', at)}  ${count}  ${word}  ${name}, ${seconds.toFixed(0)} s${again}`;
  return [line, ...problems.map((problem) => `${' '.repeat(at.length + 2)}${problem}`)].join('\n');
}

const HEADINGS = [
  'scenario',
  'verdict',
  'right',
  'wrong',
  'ends',
  'reason',
  'cause',
  'failed',
  'recover',
];

/** The last line says it in one word. */
export function renderSummary(
  summaries: readonly Summary[],
  seconds: number,
  paint: Paint,
  width: number,
): string {
  const lines = align([HEADINGS, ...summaries.map(cellsOf)]).map((line) => line.trimEnd());
  const [heading = '', ...rows] = lines.map((line) => shorten(line, width));
  const painted = rows.map((row, index) =>
    ['PASS', 'CONTROL'].includes(summaries[index]?.verdict ?? '') ? row : paint('red', row),
  );
  const held = summaries.filter(({ verdict }) => verdict === 'PASS' || verdict === 'CONTROL');
  const all = held.length === summaries.length;
  const verdict = `${held.length} of ${summaries.length} scenarios hold every limit`;
  const last = `${all ? 'PASS' : 'FAIL'}  ${verdict}, ${spellSeconds(seconds)}`;
  return [
    '',
    paint('dim', heading),
    ...painted,
    paint('dim', '─'.repeat(Math.min(width, widthOf(lines)))),
    paint(['bold', all ? 'green' : 'red'], last),
    paint('dim', `right, wrong: tasks stopped${GAP}failed: requests since the fault`),
  ].join('\n');
}

function cellsOf(summary: Summary): readonly string[] {
  const { name, verdict, state, reason, cause, recover } = summary;
  const { stoppedIll, stoppedOther, failedRequests } = summary;
  const told = [stoppedIll, stoppedOther, state, reason, cause, failedRequests];
  const time = recover === undefined ? '–' : `${recover.toFixed(0)} s`;
  return [name, verdict, ...told.map((value) => String(value ?? '–')), time];
}

function spellSeconds(seconds: number): string {
  const rest = `${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
  return seconds < 60 ? `${Math.floor(seconds)} s` : `${Math.floor(seconds / 60)} min ${rest}`;
}
