/** `npm run bench -- cost`: what the functions weigh, how they start, and what a decision and an incident cost. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from '../../infra/bundle.ts';
import type { Counts, IncidentCounts } from '../../infra/docs/incident-calls.ts';
import { Rehearsals } from '../drill/rehearse.ts';
import { type ColdStart, hasValgrind, measureColdStarts } from './cost/cold-start.ts';
import {
  type Counted,
  countDecisions,
  countLook,
  type WarmCost,
  warmDecisions,
} from './cost/decisions.ts';
import {
  brokenGoals,
  bundleGoals,
  coldStartGoals,
  decisionGoals,
  type Goal,
} from './cost/goals.ts';
import { countIncident } from './cost/incident-counts.ts';
import {
  bundleTable,
  coldStartTable,
  decisionTable,
  goalsTable,
  moneyTable,
} from './cost/report.ts';
import { buildVariants, type Variant } from './cost/variants.ts';
import { writePart } from './document.ts';

const COUNTED = path.resolve(import.meta.dirname, '../../infra/docs/counted-calls.json');
const DRILL = 'grey-5xx';
const TRIES = 3;
const ROUNDS = 5;
const WARM_ROUNDS = 30;

type Say = (text: string) => void;

/** @returns what is broken. `quick` looks at counts only, and writes nothing. */
export async function benchCost(quick: boolean, say: Say): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cost-'));
  try {
    say('bundles: ours, and as esbuild makes them by default');
    const variants = await buildVariants(folder);
    say(`\n${bundleTable(variants)}\n`);
    const file = ourRemediate(variants);
    say('decisions: calls and round trips');
    const counted = await countDecisions(file);
    const goals = [...bundleGoals(variants), ...decisionGoals(counted)];
    if (!quick) return await benchWhole({ variants, file, counted, goals }, say);
    say(`\n${decisionTable(counted)}\n\n${goalsTable(goals)}\n`);
    return brokenGoals(goals);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Begun {
  readonly variants: readonly Variant[];
  readonly file: string;
  readonly counted: Counted;
  readonly goals: readonly Goal[];
}

async function benchWhole(
  { variants, file, counted, goals: countedGoals }: Begun,
  say: Say,
): Promise<readonly string[]> {
  const counts = await countCalls(file, say);
  const warm = await warmDecisions(file, WARM_ROUNDS);
  say(`\n${decisionTable(counted, warm)}\n`);
  const compared = variants.filter(({ kind, name }) => kind === 'ours' || name === 'remediate');
  const starts = await measureColdStarts(compared, ROUNDS, say);
  say(`\n${coldStartTable(starts)}\n`);
  await writeFile(COUNTED, `${JSON.stringify(counts, undefined, 2)}\n`);
  // The price tables are worked out from the template, which needs the functions, and from the counts of before.
  await bundle();
  const goals = [...countedGoals, ...coldStartGoals(starts)];
  say(`\n${moneyTable(counts)}\n\n${goalsTable(goals)}\n`);
  writePart('cost', costText({ variants, counted, warm, starts, counts, goals }));
  say(`written: docs/benchmarks.md and ${path.basename(COUNTED)}; now run npm run docs`);
  return brokenGoals(goals);
}

async function countCalls(file: string, say: Say): Promise<Counts> {
  const rehearsals = await Rehearsals.prepare();
  try {
    return { incident: await countDrill(rehearsals, say), look: await countLook(file) };
  } finally {
    await rehearsals.close();
  }
}

/**
 * With its time compressed a pause of the machine counts twentyfold, so it gets more than one try.
 *
 * @throws when it never ended as it should: its calls are not those of an incident then.
 */
async function countDrill(rehearsals: Rehearsals, say: Say): Promise<IncidentCounts> {
  for (let left = TRIES; left > 0; left -= 1) {
    say(`an incident: the drill ${DRILL}, about half a minute`);
    const { journal } = await rehearsals.rehearse(DRILL);
    if (journal.status === 'completed' && journal.deviated !== true) return countIncident(journal);
    say(`  it ${journal.status}, deviated: ${journal.deviated ?? false}`);
  }
  throw new Error(`drill ${DRILL}: got ${TRIES} that broke a limit, wanted one that keeps them`);
}

function ourRemediate(variants: readonly Variant[]): string {
  const found = variants.find(({ kind, name }) => kind === 'ours' && name === 'remediate');
  if (found === undefined) throw new Error('no bundle of remediate');
  return found.file;
}

interface Measured {
  readonly variants: readonly Variant[];
  readonly counted: Counted;
  readonly warm: WarmCost;
  readonly starts: readonly ColdStart[];
  readonly counts: Counts;
  readonly goals: readonly Goal[];
}

function costText({ variants, counted, warm, starts, counts, goals }: Measured): string {
  const instructions = hasValgrind()
    ? "Instructions are callgrind's, once; they differ by some percent\nfrom run to run."
    : 'Instructions were not measured: valgrind is not installed.';
  return [
    `## Cost

\`npm run bench -- cost\` puts the bundles that are deployed beside what esbuild makes of the same
handlers by default (\`--bundle --platform=node --format=esm\`), and both beside a bare Node; AWS is
on loopback and answers at once. [Why it is bundled so](decisions/027-what-a-cold-start-costs.md).`,
    bundleTable(variants),
    `**A cold start**, medians of ${ROUNDS} rounds in which each variant had its turn. Ready: loaded, with all
clients, and in remediate with the guarded services read. Decided: through its first decision,
which stops a task. ${instructions}`,
    coldStartTable(starts),
    `**A decision** of a service with three tasks. One round trip is what cannot begin before the one
before it has ended. CPU is the median of ${WARM_ROUNDS} decisions of one process.`,
    decisionTable(counted, warm),
    `**An incident**, counted in the drill \`${DRILL}\`, and [in dollars](cost.md), with the looks of the watchdog
in between.`,
    moneyTable(counts),
    goalsTable(goals),
  ].join('\n\n');
}
