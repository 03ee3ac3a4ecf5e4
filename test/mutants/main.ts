/**
 * `npm run mutants`: breaks the core in thousands of small ways, and tells which of them no test notices.
 */
import { globSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import { Command, InvalidArgumentError } from 'commander';
import { missedMutants, scoreTable } from './report.ts';
import { percentFound, scoreFiles } from './score.ts';

const CORE = 'functions/core';
const LEAST = 90;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** @throws InvalidArgumentError naming what is no file of the core. */
function filesOf(names: string): readonly string[] {
  const known = globSync(`${CORE}/**/*.ts`);
  return names.split(',').map((name) => {
    const file = `${CORE}/${name}.ts`;
    if (known.includes(file)) return file;
    throw new InvalidArgumentError(`got ${name}, wanted names such as lock or drill/plan`);
  });
}

interface Options {
  readonly file?: readonly string[];
  readonly reuse?: true;
}

async function tryMutants({ file, reuse }: Options): Promise<void> {
  const start = Date.now();
  const stryker = new Stryker({
    configFile: 'test/mutants/stryker.config.json',
    ...(file === undefined ? {} : { mutate: [...file] }),
    ...(reuse === true ? {} : { force: true }),
  });
  const results = await stryker.runMutationTest();
  const scores = scoreFiles(results).filter((score) => file?.includes(score.file) ?? true);
  const score = percentFound(scores);
  const took = Math.round((Date.now() - start) / 1_000);
  say(`${missedMutants(scores)}\n\n${scoreTable(scores)}\n`);
  say(`${score.toFixed(1)} % of the mutants were found, wanted ${LEAST} %; took ${took} s`);
  process.exitCode = score < LEAST ? 1 : 0;
}

const program = new Command('mutants')
  .description('breaks functions/core in small ways, and tells which of them no test notices')
  .option('--file <names>', 'only these, such as lock,advance,drill/plan', filesOf)
  .option('--reuse', 'what an earlier run found, where neither the code nor its tests changed')
  .addHelpText('after', '\nExit codes: 0 enough were found, 1 too few were, 2 bad usage.')
  .action(tryMutants);
program.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
await program.parseAsync();
