/**
 * Runs a scenario as a test does: bundles and journals in a folder of its own, a factor that a busy
 * machine holds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bundle, bundle } from '../../infra/bundle.ts';
import type { HealerSource } from '../lab/lab.ts';
import { loadCatalogue } from './catalogue.ts';
import type { Journal } from './journal.ts';
import type { Progress } from './progress.ts';
import { renderResult } from './result-table.ts';
import { Drill } from './run.ts';

const FACTOR = 20;
const PER_SECOND = 40;
/** Wall time of one rehearsal: about half a minute, and as much again on a machine with other work. */
export const REHEARSAL_MS_MAX = 90_000;

export class Rehearsals {
  readonly folder: string;
  readonly bundles: readonly Bundle[];

  private constructor(folder: string, bundles: readonly Bundle[]) {
    this.folder = folder;
    this.bundles = bundles;
  }

  static async prepare(): Promise<Rehearsals> {
    const folder = await mkdtemp(path.join(tmpdir(), 'drill-'));
    return new Rehearsals(folder, await bundle(folder));
  }

  async rehearse(name: string, options: RehearsalOptions = {}): Promise<Rehearsal> {
    const known = loadCatalogue().find((candidate) => candidate.name === name);
    if (known === undefined) throw new Error(`no scenario ${name}`);
    const { healer = { bundles: this.bundles }, timeLimit = known.timeLimit } = options;
    const definition = { ...known, timeLimit };
    const told: Progress[] = [];
    const { journal, file } = await new Drill({
      definition,
      factor: FACTOR,
      perSecond: PER_SECOND,
      ...(healer === 'none' ? {} : { healer }),
      folder: this.folder,
      signal: new AbortController().signal,
      listen: (progress) => told.push(progress),
    }).run();
    return { journal, file, told };
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

interface RehearsalOptions {
  /** @default - the bundles, wired by the lab */
  readonly healer?: HealerSource | 'none';
  /** AWS seconds, for one that is known to fail. @default - the scenario's */
  readonly timeLimit?: number;
}

export interface Rehearsal {
  readonly journal: Journal;
  readonly file: string;
  readonly told: readonly Progress[];
}

/** What a failed assertion shows: the table with the broken limits, then what happened when. */
export function explain({ journal }: Rehearsal): string {
  const start = Date.parse(journal.start);
  const steps = journal.timeline.map(
    ({ at, kind, reason, detail }) =>
      `${((at - start) / 1_000).toFixed(1).padStart(6)} s  ${kind} ${reason ?? ''}: ${detail}`,
  );
  const table = renderResult(journal, (_style, text) => text, Number.POSITIVE_INFINITY);
  return ['', table, '', ...steps, ''].join('\n');
}
