/** `npm run faults`: every trouble, one after the other, against the bundled healer in the lab. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { bundle } from '../../../infra/bundle.ts';
import type { ChatKind } from '../healer/defaults.ts';
import { numberFrom } from '../number-option.ts';
import { NotInTime } from './fault-lab.ts';
import { Labs } from './labs.ts';
import { renderTrial, renderTrials } from './table.ts';
import { type Trial, tryOne } from './trial.ts';
import { nameOf, TROUBLES, type Trouble } from './trouble.ts';

const EXIT = { held: 0, broken: 1, badInput: 2, toolError: 5, interrupted: 130 } as const;
const DEFAULT_FACTOR = 20;

interface Flags {
  readonly only?: readonly Trouble[];
  readonly list?: true;
  readonly json?: true;
  readonly chat: ChatKind;
  readonly factor: number;
  readonly tries: number;
}

function parseOnly(words: string, before: readonly Trouble[] = []): readonly Trouble[] {
  const named = TROUBLES.filter((trouble) => nameOf(trouble) === words);
  const alike = TROUBLES.filter((trouble) => nameOf(trouble).includes(words));
  const found = named.length > 0 ? named : alike;
  if (found.length > 0) return [...before, ...found.filter((each) => !before.includes(each))];
  throw new InvalidArgumentError(`got ${words}, wanted a part of a name that --list shows`);
}

function parseChat(kind: string): ChatKind {
  if (kind === 'bot' || kind === 'webhook') return kind;
  throw new InvalidArgumentError(`got ${kind}, wanted bot or webhook`);
}

const progress = (text: string): void => void process.stderr.write(`${text}\n`);

async function run(flags: Flags, signal: AbortSignal): Promise<number> {
  const { only = TROUBLES, chat, factor, json, tries } = flags;
  const options = { bundles: await bundle(), factor, chat, signal };
  const trials: Trial[] = [];
  const labs = new Labs(options);
  try {
    for (const [index, trouble] of only.entries()) {
      progress(`${index + 1} of ${only.length}: ${nameOf(trouble)}`);
      const trial = await tryTimes(labs, trouble, tries);
      trials.push(trial);
      if (json === true) process.stdout.write(`${JSON.stringify(trial)}\n`);
    }
  } finally {
    await labs.close();
    if (json !== true) process.stdout.write(renderTrials(trials));
  }
  return trials.every(({ problems }) => problems.length === 0) ? EXIT.held : EXIT.broken;
}

/** A busy machine makes tasks look ill, too: what broke may be tried again, in a lab of its own. */
async function tryTimes(labs: Labs, trouble: Trouble, tries: number): Promise<Trial> {
  const trial = await tryOne(await labs.get(), trouble);
  progress(`  ${renderTrial(trial)}`);
  if (trial.problems.length === 0) return trial;
  // What it left behind must not be held against the next.
  await labs.close();
  return tries > 1 ? tryTimes(labs, trouble, tries - 1) : trial;
}

/** The first signal cleans up; the second one ends the process where it is. */
function untilInterrupted(): AbortSignal {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      progress('interrupted: cleaning up');
      interruption.abort();
    });
  }
  return interruption.signal;
}

async function main(): Promise<number> {
  let exit: number = EXIT.held;
  const signal = untilInterrupted();
  const command = new Command('faults')
    .description('Troubles AWS, Slack and the healer itself while one task is ill.')
    .option(
      '--only <words...>',
      'only troubles of these names, or with these in their name',
      parseOnly,
    )
    .option('-l, --list', 'list the troubles and end')
    .option('--json', 'write each result as one JSON line to standard output')
    .option('--chat <kind>', 'how people are told: bot or webhook', parseChat, 'bot')
    .option('--factor <n>', "divide AWS's periods by n", numberFrom(1, 60), DEFAULT_FACTOR)
    .option('--tries <n>', 'run what breaks a promise again', numberFrom(1, 3), 1)
    .addHelpText(
      'after',
      [
        '\nExit codes: 0 every promise held, 1 one was broken, 2 bad input, 5 the tool failed,',
        '130 interrupted',
      ].join(' '),
    )
    .allowExcessArguments(false)
    .exitOverride()
    .action(async (flags: Flags) => {
      if (flags.list !== true) exit = await run(flags, signal);
      else process.stdout.write(`${TROUBLES.map(nameOf).join('\n')}\n`);
    });
  try {
    await command.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.badInput;
    if (signal.aborted) return EXIT.interrupted;
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    progress(error instanceof NotInTime ? `the lab is not steady: ${told}` : told);
    return EXIT.toolError;
  }
  return exit;
}

process.exitCode = await main();
