/** `npm run drill`: rehearses the main job against the lab. */
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { bundle } from '../../infra/bundle.ts';
import { DeploymentError } from '../lab/healer/deployment-error.ts';
import type { HealerSource } from '../lab/lab.ts';
import { numberFrom } from '../lab/number-option.ts';
import { readTemplate, type Template } from '../lab/template/template.ts';
import { CatalogueError, loadCatalogue } from './catalogue.ts';
import type { Definition } from './definition.ts';
import { EXIT, type Exit } from './exit.ts';
import type { Journal } from './journal.ts';
import { listCatalogue } from './list.ts';
import { makeOutput, type Output } from './output.ts';
import type { Progress } from './progress.ts';
import { makeReportCommand } from './report/command.ts';
import { Drill, type DrillOptions } from './run.ts';
import { runAll } from './run-all.ts';
import { openLiveUi } from './ui/open-live-ui.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../.drill');
const DEFAULT_SCENARIO = 'grey-5xx';
const DEFAULT_FACTOR = 15;
const DEFAULT_RATE = 40;
/** A drill has up to ten processes, so more of them at a time disturb one another. */
const PARALLEL_MAX = 2;

interface Flags {
  readonly scenario: Definition;
  readonly all?: true;
  readonly parallel: number;
  readonly tries: number;
  readonly list?: true;
  readonly json?: true;
  readonly ui?: true;
  readonly healer: boolean;
  readonly template?: Template;
  readonly factor: number;
  readonly rate: number;
}

function makeCommand(catalogue: readonly Definition[]): Command {
  const find = (name: string): Definition => {
    const found = catalogue.find((definition) => definition.name === name);
    if (found !== undefined) return found;
    const known = catalogue.map((definition) => definition.name).join(', ');
    throw new InvalidArgumentError(`got ${name}, wanted one of: ${known}`);
  };
  return new Command('drill')
    .description(
      'Makes a running service ill in a lab on this machine, and holds the healer against limits.',
    )
    .addOption(
      new Option('-s, --scenario <name>', 'which failure to rehearse')
        .argParser(find)
        .default(find(DEFAULT_SCENARIO), DEFAULT_SCENARIO)
        .conflicts('all'),
    )
    .option('-a, --all', 'rehearse the whole catalogue, and end with one table')
    .option('--parallel <n>', 'with --all: drills at the same time', numberFrom(1, PARALLEL_MAX), 1)
    .option('--tries <n>', 'with --all: run what breaks a limit again', numberFrom(1, 3), 1)
    .option('-l, --list', 'list the scenarios and end')
    .option('--json', 'write every event as one JSON line to standard output')
    .addOption(
      new Option(
        '--ui',
        'show the drill on a live page of this machine, which becomes the report',
      ).conflicts(['all', 'json']),
    )
    .option('--no-healer', 'control run: the same fault with ECS alone; measured, not judged')
    .addOption(
      new Option('--template <file>', 'deploy the healer from a template that CDK synthesised')
        .argParser(parseTemplate)
        .conflicts('healer'),
    )
    .option('--factor <n>', "divide AWS's periods by n", numberFrom(1, 60), DEFAULT_FACTOR)
    .option('--rate <n>', 'requests per second', numberFrom(10, 200), DEFAULT_RATE)
    .addHelpText(
      'after',
      [
        '\nExit codes: 0 every limit holds, 1 a limit is broken or nothing can be deployed, or with',
        '--all --template a permission of the template was used by no drill and has no reason,',
        '2 bad input,',
        '4 the service was not steady, 5 the tool failed, 130 interrupted',
      ].join(' '),
    )
    .allowExcessArguments(false)
    .exitOverride();
}

/** Everything is cleaned up on the first signal; the second one ends the process where it is. */
async function interruptibly(
  output: Output,
  work: (signal: AbortSignal, interrupt: () => void) => Promise<Exit>,
): Promise<Exit> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) return;
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    process.stderr.write('\ninterrupted: cleaning up\n');
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await work(interruption.signal, interrupt);
  } catch (error) {
    output.close();
    if (interruption.signal.aborted) return EXIT.interrupted;
    if (error instanceof DeploymentError) {
      process.stderr.write(`the healer could not be deployed: ${error.message}\n`);
      return EXIT.deviated;
    }
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`the drill itself failed: ${told}\n`);
    return EXIT.toolError;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function parseTemplate(file: string): Template {
  try {
    return readTemplate(file);
  } catch (error) {
    if (!(error instanceof DeploymentError)) throw error;
    throw new InvalidArgumentError(error.message);
  }
}

async function healerOf({ healer, template }: Flags): Promise<{ readonly healer?: HealerSource }> {
  if (!healer) return {};
  return { healer: template === undefined ? { bundles: await bundle() } : { template } };
}

async function runDrills(flags: Flags, catalogue: readonly Definition[]): Promise<Exit> {
  const output = makeOutput(flags.json === true);
  return interruptibly(output, async (signal, interrupt) => {
    const setting = {
      factor: flags.factor,
      perSecond: flags.rate,
      ...(await healerOf(flags)),
      folder: FOLDER,
      signal,
    };
    if (flags.all === true) {
      const { parallel, tries } = flags;
      return runAll({ ...setting, definitions: catalogue, parallel, tries, output });
    }
    const journal = await runOne(
      { ...setting, definition: flags.scenario },
      {
        output,
        ...(flags.ui === true && { stop: interrupt }),
      },
    );
    if (journal.status === 'aborted') return EXIT.notSteady;
    return journal.deviated === true ? EXIT.deviated : EXIT.held;
  });
}

/** @returns its journal. */
async function runOne(
  options: Omit<DrillOptions, 'listen' | 'report'>,
  { output, stop }: { readonly output: Output; readonly stop?: () => void },
): Promise<Journal> {
  const live = stop && (await openLiveUi(options.definition.name, stop));
  if (live !== undefined) process.stderr.write(`live: ${live.url}\n`);
  try {
    const listen = (progress: Progress): void => {
      output.show(progress);
      live?.show(progress);
    };
    return (await new Drill({ ...options, listen, report: true }).run()).journal;
  } finally {
    await live?.close();
  }
}

async function start(flags: Flags, catalogue: readonly Definition[]): Promise<Exit> {
  if (flags.list === true) {
    listCatalogue(catalogue, flags.json === true);
    return EXIT.held;
  }
  return runDrills(flags, catalogue);
}

async function main(): Promise<Exit> {
  let catalogue: readonly Definition[];
  try {
    catalogue = loadCatalogue();
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.badInput;
  }
  let exit: Exit = EXIT.held;
  const end = (told: Exit): void => {
    exit = told;
  };
  const command = makeCommand(catalogue)
    .addCommand(makeReportCommand(end))
    .action(async (flags: Flags) => end(await start(flags, catalogue)));
  try {
    await command.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.badInput;
    // Uncaught it would end with 1, which says that a limit is broken.
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`the tool failed: ${told}\n`);
    return EXIT.toolError;
  }
  return exit;
}

// A reader that has seen enough, such as `head`, closes the pipe; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main();
