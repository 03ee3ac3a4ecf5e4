/**
 * `npm run bench`: our healer beside what people use today, and its attribution beside the truth.
 */
import { Command } from 'commander';
import { loadCatalogue } from '../drill/catalogue.ts';
import type { Definition } from '../drill/definition.ts';
import { numberFrom } from '../lab/number-option.ts';
import { runCampaign } from './attribution/campaign.ts';
import { attributionTables, precision, precisionText } from './attribution-report.ts';
import { attributionText, healingText } from './bench-text.ts';
import { benchCost } from './cost.ts';
import { writePart } from './document.ts';
import { OTHERS, runOther, runOurs } from './healing.ts';
import {
  brokenPromises,
  OURS,
  type ScenarioResult,
  scenarioTable,
  summaryTable,
} from './healing-report.ts';
import { brokenLimits } from './limits.ts';
import type { Score } from './measure.ts';

const DEFAULT_SEEDS = 5;
const DEFAULT_CASES = 10_000;
const SEED = '1';

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function benchScenario(definition: Definition, seeds: number): Promise<ScenarioResult> {
  const scores = new Map<string, Score[]>(
    [...OTHERS.map(({ name }) => name), OURS].map((name) => [name, []]),
  );
  const broken: string[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const run = await runOurs(definition, `${seed}`);
    scores.get(OURS)?.push(run.score);
    broken.push(...brokenLimits(definition, run).map((limit) => `seed ${seed}: ${limit}`));
    for (const strategy of OTHERS) {
      scores
        .get(strategy.name)
        ?.push(await runOther(definition, `${seed}`, strategy, run.schedule));
    }
  }
  const cells = [...scores].map(([strategy, own]) => ({ strategy, scores: own }));
  return { name: definition.name, cells, broken };
}

/** @returns what was broken. */
async function benchHealing(seeds: number, only: string | undefined): Promise<readonly string[]> {
  const ill = loadCatalogue().filter(({ level }) => level !== 'wiring');
  const catalogue = ill.filter(({ name }) => only === undefined || name === only);
  const results: ScenarioResult[] = [];
  for (const definition of catalogue) {
    const result = await benchScenario(definition, seeds);
    results.push(result);
    say(`${result.name.padEnd(22)} ${result.broken.length === 0 ? 'held' : 'deviated'}`);
    for (const limit of result.broken) say(`  ${limit}`);
  }
  say(`\n${scenarioTable(results)}\n\n${summaryTable(results)}\n`);
  if (only === undefined) writePart('healing', healingText(results, seeds));
  return brokenPromises(results);
}

function benchAttribution(cases: number): readonly string[] {
  const campaign = runCampaign(cases, SEED, (done) => say(`${done} of ${cases} observations`));
  say(`\n${attributionTables(campaign)}\n`);
  writePart('attribution', attributionText(campaign));
  if (precision(campaign) === 1) return [];
  return [`precision ${precisionText(campaign)}; seeds: ${campaign.misses.join(', ')}`];
}

function finish(broken: readonly string[]): void {
  say(broken.length === 0 ? 'Every promise is kept.' : 'Broken promises:');
  for (const promise of broken) say(`  ${promise}`);
  if (broken.length > 0) process.exitCode = 1;
}

const program = new Command('bench')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .description('Benches in virtual time; each writes its part of docs/benchmarks.md.')
  .addHelpText('after', '\nExit codes: 0 every promise is kept, 1 one is broken, 2 bad usage');
program
  .command('healing')
  .description('every strategy in every scenario of the catalogue, on the same seeds and load')
  .option('--seeds <n>', 'runs of each scenario', numberFrom(1, 100), DEFAULT_SEEDS)
  .option('--scenario <name>', 'only this one; the document is left as it is')
  .action(async ({ seeds, scenario }: { seeds: number; scenario?: string }) =>
    finish(await benchHealing(seeds, scenario)),
  );
program
  .command('attribution')
  .description('generated observations with a known truth: precision, recall and abstention')
  .option('--cases <n>', 'observations', numberFrom(1, 1_000_000), DEFAULT_CASES)
  .action(({ cases }: { cases: number }) => finish(benchAttribution(cases)));
program
  .command('cost')
  .description('bundles, cold starts, calls of a decision, and what an incident costs')
  .option('--quick', 'only what is counted, within a minute; the document is left as it is')
  .action(async ({ quick = false }: { quick?: boolean }) => finish(await benchCost(quick, say)));
program
  .command('scale')
  .description("many services that alarm at once, and many tasks of one, within AWS's rate limits")
  .option('--quick', 'smaller sizes, within 90 seconds; the document is left as it is')
  .action(async ({ quick = false }: { quick?: boolean }) => {
    // It loads CDK for the limits that are deployed.
    const { benchScale } = await import('./scale.ts');
    finish(await benchScale(quick, say));
  });
await program.parseAsync();
