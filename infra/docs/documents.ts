/** The documents with tables that are written by a program. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ownAlarmsTable } from './alarms-table.ts';
import { appTable } from './app-table.ts';
import { idleCostTable, incidentCostTable, optionsCostTable } from './cost-tables.ts';
import { dependenciesTable } from './dependencies-table.ts';
import { excerpts } from './excerpts.ts';
import { iamOptionsTable, iamTable } from './iam-table.ts';
import { methodsTables } from './methods-tables.ts';
import { propsTables } from './props-tables.ts';
import { type Document, fillRegions } from './regions.ts';
import { makeSample, makeSampleWith } from './sample.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PATHS = ['README.md', 'SECURITY.md', 'docs/construct.md', 'docs/app.md', 'docs/cost.md'];

/** Every table by its name; synthesises, so the functions must be bundled. */
export function makeTables(): ReadonlyMap<string, string> {
  const sample = makeSample();
  const whole = makeSampleWith();
  return new Map([
    ...excerpts(),
    ...propsTables(),
    ...methodsTables(),
    ['iam', iamTable(sample)],
    ['iam:options', iamOptionsTable(sample, whole)],
    ['cost:idle', idleCostTable()],
    ['cost:incident', incidentCostTable()],
    ['cost:options', optionsCostTable()],
    ['own-alarms', ownAlarmsTable(whole)],
    ['app', appTable()],
    ['dependencies', dependenciesTable()],
  ]);
}

/** The documents as they are. */
export function readDocuments(): readonly Document[] {
  return PATHS.map((file) => ({ path: file, text: readFileSync(path.join(ROOT, file), 'utf8') }));
}

/**
 * The documents as they should be.
 *
 * @throws when a table is in none of them: a new interface must not stay unseen.
 */
export function fillDocuments(
  documents: readonly Document[],
  tables: ReadonlyMap<string, string>,
): readonly Document[] {
  const filled = documents.map((document) => ({ document, ...fillRegions(document, tables) }));
  const placed = new Set(filled.flatMap(({ names }) => names));
  const homeless = [...tables.keys()].filter((name) => !placed.has(name));
  if (homeless.length > 0) {
    throw new Error(`no document has a place for ${homeless.join(', ')}: add <!-- table:… -->`);
  }
  return filled.map(({ document, text }) => ({ path: document.path, text }));
}
