/** The whole catalogue, one line for each drill as it ends, and one table after the last. */
import type { Usage } from '../lab/iam/authorizer.ts';
import { isIdle, type Needed, neededBy, needsTable } from '../lab/iam/usage.ts';
import type { Definition } from './definition.ts';
import { EXIT, type Exit } from './exit.ts';
import type { Journal } from './journal.ts';
import type { Output } from './output.ts';
import { align } from './result-table.ts';
import { Drill, type DrillOptions } from './run.ts';
import { renderLine, renderSummary, type Summary, summarise, summariseError } from './summary.ts';

export interface AllOptions extends Omit<DrillOptions, 'definition' | 'listen'> {
  readonly definitions: readonly Definition[];
  /** Drills at the same time. */
  readonly parallel: number;
  /** How often a drill that breaks a limit is run before it counts: times are real, and a machine may be busy. */
  readonly tries: number;
  readonly output: Output;
}

type Tried = Summary & Pick<Journal, 'permissions'>;

export async function runAll(options: AllOptions): Promise<Exit> {
  const { definitions, parallel, output } = options;
  const startedMs = performance.now();
  const seconds = (): number => Math.round((performance.now() - startedMs) / 1_000);
  const summaries: Summary[] = [];
  const usages: Usage[] = [];
  // One iterator for all: each takes the next drill that nobody has taken.
  const waiting = definitions.values();
  const work = async (): Promise<void> => {
    for (const definition of waiting) {
      const { permissions, ...summary } = await tryOften(definition, options);
      if (permissions !== undefined) usages.push(permissions);
      summaries.push(summary);
      const place = { done: summaries.length, of: definitions.length, seconds: seconds() };
      output.tell((paint) => renderLine(summary, place, paint), {
        kind: 'scenario',
        elapsedMs: performance.now() - startedMs,
        ...summary,
      });
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  const ordered = summaries.toSorted((a, b) => a.name.localeCompare(b.name));
  const count = (verdict: Summary['verdict']): number =>
    ordered.filter((summary) => summary.verdict === verdict).length;
  const isNeeded = tellUsage(usages, output);
  output.tell((paint, width) => renderSummary(ordered, seconds(), paint, width), {
    kind: 'all',
    elapsedMs: performance.now() - startedMs,
    passed: count('PASS'),
    failed: count('FAIL'),
    aborted: count('ABORTED'),
    errors: count('ERROR'),
  });
  const exit = exitOf(ordered);
  return exit === EXIT.held && !isNeeded ? EXIT.deviated : exit;
}

/**
 * Where the healer was deployed from a template: how many drills needed each of its rights.
 *
 * @returns whether each was needed, or has a reason. A part of the catalogue proves nothing.
 */
export function tellUsage(usages: readonly Usage[], output: Output): boolean {
  if (usages.length === 0) return true;
  const needed = neededBy(usages);
  const idle = needed.filter(isIdle);
  output.tell(
    (paint) => {
      const [heading = '', ...lines] = align(needsTable(needed)).map((line) => line.trimEnd());
      const told = lines.map((line) => (line.includes('  NEVER') ? paint('red', line) : line));
      return ['', paint('dim', heading), ...told, '', verdictOn(idle)].join('\n');
    },
    { kind: 'permissions', needed, idle: idle.length },
  );
  return idle.length === 0;
}

function verdictOn(idle: readonly Needed[]): string {
  return idle.length === 0
    ? 'every permission of the template was used, or cannot be by a drill'
    : `${idle.length} permissions of the template were never used: take them out, or say why in test/lab/iam/usage.ts`;
}

/** Each try is told: what held only the second time is no secret. */
async function tryOften(definition: Definition, options: AllOptions): Promise<Tried> {
  const earlier: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const summary = await runOne(definition, options);
    const { verdict, problems } = summary;
    if (verdict === 'PASS' || verdict === 'CONTROL' || attempt >= options.tries) {
      return { ...summary, tries: attempt, problems: [...earlier, ...problems] };
    }
    earlier.push(...problems.map((problem) => `try ${attempt}: ${problem}`));
  }
}

/** What the tool itself does wrong in one drill is no reason to leave the others out. */
async function runOne(definition: Definition, options: AllOptions): Promise<Tried> {
  const { definitions: _all, parallel: _parallel, tries: _, output: _output, ...setting } = options;
  const startedMs = performance.now();
  try {
    const { journal, file } = await new Drill({ ...setting, definition, listen: () => {} }).run();
    const { permissions } = journal;
    return { ...summarise(journal, file), ...(permissions && { permissions }) };
  } catch (error) {
    options.signal.throwIfAborted();
    return summariseError(definition.name, error, (performance.now() - startedMs) / 1_000);
  }
}

/** The worst of them all. */
export function exitOf(summaries: readonly Pick<Summary, 'verdict'>[]): Exit {
  const has = (verdict: Summary['verdict']): boolean =>
    summaries.some((summary) => summary.verdict === verdict);
  if (has('ERROR')) return EXIT.toolError;
  if (has('FAIL')) return EXIT.deviated;
  return has('ABORTED') ? EXIT.notSteady : EXIT.held;
}
