/** `npm run drill`: rehearses the main job against the lab. */
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { bundle } from '../../infra/bundle.ts';
import { numberFrom } from '../lab/number-option.ts';
import type { Progress } from './progress.ts';
import { Drill } from './run.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { Terminal } from './terminal.ts';

/** Documented in the README. */
const EXIT = {
  held: 0,
  deviated: 1,
  badInput: 2,
  notSteady: 4,
  toolError: 5,
  interrupted: 130,
} as const;

const FOLDER = path.resolve(import.meta.dirname, '../../.drill');
const DEFAULT_FACTOR = 15;
const DEFAULT_RATE = 40;

interface Flags {
  readonly scenario: Scenario;
  readonly list?: true;
  readonly json?: true;
  readonly healer: boolean;
  readonly factor: number;
  readonly rate: number;
}

function findScenario(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const known = SCENARIOS.map((scenario) => scenario.name).join(', ');
  throw new InvalidArgumentError(`got ${name}, wanted one of: ${known}`);
}

function makeCommand(): Command {
  return new Command('drill')
    .description(
      'Makes a running service ill in a lab on this machine, and holds the healer against limits.',
    )
    .addOption(
      new Option('-s, --scenario <name>', 'which failure to rehearse')
        .argParser(findScenario)
        .default(SCENARIOS[0], SCENARIOS[0]?.name),
    )
    .option('-l, --list', 'list the scenarios and end')
    .option('--json', 'write every event as one JSON line to standard output')
    .option('--no-healer', 'control run: the same fault with ECS alone; measured, not judged')
    .option('--factor <n>', "divide AWS's periods by n", numberFrom(1, 60), DEFAULT_FACTOR)
    .option('--rate <n>', 'requests per second', numberFrom(10, 200), DEFAULT_RATE)
    .addHelpText(
      'after',
      [
        '\nExit codes: 0 every limit holds, 1 a limit is broken, 2 bad input,',
        '4 the service was not steady, 5 the tool failed, 130 interrupted',
      ].join(' '),
    )
    .allowExcessArguments(false)
    .exitOverride();
}

function listScenarios(json: boolean): void {
  for (const { name, title, description, hypothesis } of SCENARIOS) {
    const text = json
      ? JSON.stringify({ name, title, description, hypothesis })
      : `${name.padEnd(14)} ${title}\n${' '.repeat(15)}${description}\n${' '.repeat(15)}Expected: ${hypothesis}\n`;
    process.stdout.write(`${text}\n`);
  }
}

interface Output {
  show(progress: Progress): void;
  close(): void;
}

function makeOutput(json: boolean): Output {
  const { stdout, env } = process;
  if (json) {
    return { show: (progress) => stdout.write(`${JSON.stringify(progress)}\n`), close: () => {} };
  }
  return new Terminal({
    write: (text) => stdout.write(text),
    color: stdout.isTTY && (env['NO_COLOR'] ?? '') === '',
    live: stdout.isTTY && env['CI'] === undefined,
    width: () => (stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY),
  });
}

async function runDrill(flags: Flags): Promise<number> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    process.stderr.write('\ninterrupted: cleaning up\n');
    interruption.abort();
  };
  const output = makeOutput(flags.json === true);
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const { journal } = await new Drill({
      scenario: flags.scenario,
      factor: flags.factor,
      perSecond: flags.rate,
      ...(flags.healer ? { bundles: await bundle() } : {}),
      folder: FOLDER,
      signal: interruption.signal,
      listen: (progress) => output.show(progress),
    }).run();
    if (journal.status === 'aborted') return EXIT.notSteady;
    return journal.deviated === true ? EXIT.deviated : EXIT.held;
  } catch (error) {
    output.close();
    if (interruption.signal.aborted) return EXIT.interrupted;
    process.stderr.write(
      `the drill itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return EXIT.toolError;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

async function main(): Promise<number> {
  const command = makeCommand();
  try {
    command.parse();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.badInput;
    throw error;
  }
  const flags = command.opts<Flags>();
  if (flags.list === true) {
    listScenarios(flags.json === true);
    return EXIT.held;
  }
  return runDrill(flags);
}

// A reader that has seen enough, such as `head`, closes the pipe; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main();
