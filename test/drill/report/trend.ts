/** The last runs of the same definition, as far as they are found beside a journal. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Journal } from '../journal.ts';
import { amount, verdictOf } from '../result-table.ts';
import type { MeasureName } from '../tolerance.ts';
import type { Row } from '../verdict.ts';
import { type Html, html, section, table } from './html.ts';
import { definitionHash } from './place.ts';
import { JournalError, readJournal } from './read-journal.ts';

/** What is kept of a run. */
export interface Run {
  readonly word: string;
  readonly rows: readonly Row[];
}

const RUNS_MAX = 10;
/** Files that are read in search of them. */
const FILES_MAX = 30;
/** Fewer have no spread that says anything. */
const RUNS_MIN = 3;
const COMPARED: readonly MeasureName[] = ['detect', 'act', 'replace', 'recover', 'failedSince'];

/**
 * Earlier runs with the same definition, pace and healer or none, the newest first.
 *
 * @param file - of the journal, in a folder beside those of other runs.
 */
export function readRunsBeside(file: string, journal: Journal): readonly Run[] {
  const own = path.dirname(path.resolve(file));
  const folder = path.dirname(own);
  const prefix = `${journal.experiment.name}-2`;
  const wanted = likeness(journal);
  const runs: Run[] = [];
  for (const name of foldersOf(folder, prefix, path.basename(own))) {
    const other = readEarlier(path.join(folder, name, 'journal.json'));
    if (other === undefined || likeness(other) !== wanted) continue;
    // The report of an old run does not know of later ones.
    if (other.start >= journal.start) continue;
    runs.push({ word: verdictOf(other).word, rows: other.rows });
    if (runs.length === RUNS_MAX - 1) break;
  }
  return runs;
}

function likeness(journal: Journal): string {
  return [definitionHash(journal), journal.timeFactor, journal.healer].join(' ');
}

function foldersOf(folder: string, prefix: string, own: string): readonly string[] {
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // A journal alone, such as one that was sent by mail, has nothing beside it.
  }
  const earlier = names.filter((name) => name.startsWith(prefix) && name < own);
  return earlier.toSorted().toReversed().slice(0, FILES_MAX);
}

/** What is no journal of this version, or none at all, is not one of the runs. */
function readEarlier(file: string): Journal | undefined {
  try {
    return readJournal(file);
  } catch (error) {
    if (error instanceof JournalError) return undefined;
    throw error;
  }
}

/** @param earlier - runs before this one. */
export function trend(journal: Journal, earlier: readonly Run[]): Html {
  const runs = [{ word: verdictOf(journal).word, rows: journal.rows }, ...earlier];
  const count = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`;
  const said = `${count} of definition ${definitionHash(journal)} in this folder, this one included`;
  if (runs.length < RUNS_MIN) {
    return section('Trend', html`<p>${said}; from ${RUNS_MIN} on, their spread stands here.</p>`);
  }
  const words = [...Map.groupBy(runs, ({ word }) => word)];
  const verdicts = words.map(([word, own]) => `${own.length} × ${word}`).join(', ');
  return section(
    'Trend',
    html`<p>${said}: ${verdicts}.</p>`,
    table({
      caption: `The last ${runs.length} runs; durations at AWS’s pace, n is how many have a value`,
      headings: ['measure', 'this run', 'min', 'median', 'max', 'n'],
      rows: COMPARED.flatMap((measure) => trendRow(measure, journal, runs)),
    }),
  );
}

function trendRow(
  measure: MeasureName,
  journal: Journal,
  runs: readonly Run[],
): readonly (readonly (string | number)[])[] {
  const rowOf = ({ rows }: Pick<Run, 'rows'>): Row | undefined =>
    rows.find((row) => row.measure === measure);
  const values = runs.flatMap((run) => {
    const value = rowOf(run)?.value;
    return typeof value === 'number' ? [value] : [];
  });
  const row = [journal, ...runs].map(rowOf).find((each) => each !== undefined);
  if (row === undefined || values.length < RUNS_MIN) return [];
  const sorted = values.toSorted((a, b) => a - b);
  const spell = (value: number | undefined): string =>
    value === undefined ? '–' : amount(value, row.unit);
  const own = rowOf(journal)?.value;
  return [
    [
      row.name,
      typeof own === 'number' ? spell(own) : 'not seen',
      spell(sorted[0]),
      spell(medianOf(sorted)),
      spell(sorted.at(-1)),
      values.length,
    ],
  ];
}

function medianOf(sorted: readonly number[]): number | undefined {
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
