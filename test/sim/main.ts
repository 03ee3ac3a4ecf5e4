/** `npm run sim`: the healer in many small worlds in which everything may fail, on a clock of their own. */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { numberFrom } from '../lab/number-option.ts';
import { FAULT_KINDS, type FaultKind } from './faults.ts';
import { MUTANTS, mutantOf } from './mutants/all.ts';
import { type Config, configOf, MINUTES_MAX, SERVICES_MAX } from './plan.ts';
import { runAll, shrinkOne } from './pool.ts';
import { replayOf } from './replay.ts';
import { type Result, runSeed } from './run-seed.ts';
import { report, type Tally } from './tally.ts';

const FIXED_SEEDS = 2_000;
/** New ones, which may find what is no fault of the change at hand; a long run looks for more. */
const NEW_SEEDS = 200;
/** New seeds are begun until then, where the fixed ones leave time. */
const NEW_SEEDS_UNTIL_MS = 45_000;
const PROGRESS_MS = 2_000;
const TRACE_SHOWN = 30;
const SEED_MAX = 2 ** 47;

interface Options {
  readonly seeds?: number;
  readonly from?: number;
  readonly seed?: number;
  readonly without: readonly FaultKind[];
  readonly services: number;
  readonly people: boolean;
  readonly watchdog: boolean;
  readonly skip: readonly number[];
  readonly minutes: number;
  readonly mutant?: string;
  readonly workers: number;
  readonly trace?: true;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The watchdog mends what some planted bugs break. */
function changesOf(options: Options): Partial<Config> {
  const { without, services, people, skip, minutes, mutant } = options;
  const watchdog = options.watchdog && mutant === undefined;
  return { without, services, people, watchdog, skipped: skip, minutes };
}

/** @returns one config after the other, and which seeds they are, in words. */
function plan(options: Options): {
  readonly next: () => Config | undefined;
  readonly what: string;
} {
  const { seeds, from, mutant } = options;
  const make = (seed: number): Config => configOf(seed, changesOf(options));
  let taken = 0;
  if (mutant !== undefined || from !== undefined || seeds !== undefined) {
    const first = from ?? (mutant === undefined ? randomInt(SEED_MAX) : mutantOf(mutant).from);
    const count = seeds ?? (mutant === undefined ? FIXED_SEEDS : mutantOf(mutant).within);
    const next = () => (taken < count ? make(first + taken++) : undefined);
    return { next, what: `${count} seeds from ${first}` };
  }
  const base = randomInt(SEED_MAX);
  const next = (): Config | undefined => {
    taken += 1;
    if (taken <= FIXED_SEEDS) return make(taken);
    const isEnough = taken > FIXED_SEEDS + NEW_SEEDS || performance.now() > NEW_SEEDS_UNTIL_MS;
    return isEnough ? undefined : make(base + taken);
  };
  return { next, what: `${FIXED_SEEDS} fixed seeds from 1, then new ones from ${base}` };
}

/** A line now and then, so that a long run shows that it lives. */
function progress(): (tally: Tally) => void {
  const start = performance.now();
  let last = start;
  return (tally) => {
    const now = performance.now();
    if (now - last < PROGRESS_MS) return;
    last = now;
    const speed = ((1_000 * tally.seeds) / (now - start)).toFixed(0);
    say(
      `${tally.seeds} seeds, ${speed} seeds/s, ${tally.stops} stops, ${tally.failed.length} failed`,
    );
  };
}

async function tell(failed: Result, mutant: string | undefined): Promise<void> {
  say(`\nseed ${failed.config.seed}: ${failed.broken}\n  ${replayOf(failed.config, mutant)}`);
  const small = await shrinkOne(failed, mutant);
  say(`as small as it gets: ${small.broken}\n  ${replayOf(small.config, mutant)}`);
  if (mutant !== undefined) return;
  const lines: string[] = [];
  await runSeed(small.config, (line) => lines.push(line));
  say(lines.slice(-TRACE_SHOWN).join('\n'));
}

async function simulate(options: Options): Promise<void> {
  const { mutant, workers } = options;
  const { next, what } = plan(options);
  say(mutant === undefined ? what : `${what}, with ${mutant} planted`);
  const start = performance.now();
  const tally = await runAll({ workers, mutant, next, onProgress: progress() });
  const seconds = (performance.now() - start) / 1_000;
  const [failed] = tally.failed;
  if (failed !== undefined) await tell(failed, mutant);
  say(
    `\n${report(tally)} in ${seconds.toFixed(1)} s, ${(tally.seeds / seconds).toFixed(0)} seeds/s`,
  );
  if (mutant !== undefined) {
    say(failed === undefined ? `${mutant} was not caught` : `${mutant} was caught`);
    process.exitCode = failed === undefined ? 1 : 0;
    return;
  }
  say(failed === undefined ? 'Every promise is kept.' : 'A promise is broken.');
  if (failed !== undefined) process.exitCode = 1;
}

async function replay(seed: number, options: Options): Promise<void> {
  const result = await runSeed(
    configOf(seed, changesOf(options)),
    options.trace === true ? say : undefined,
  );
  say(
    result.broken === undefined
      ? `seed ${seed}: every promise is kept`
      : `seed ${seed}: ${result.broken}`,
  );
  if (result.broken !== undefined) process.exitCode = 1;
}

function kindsFrom(text: string): readonly FaultKind[] {
  return text.split(',').map((name) => {
    const kind = FAULT_KINDS.find((one) => one === name);
    if (kind !== undefined) return kind;
    throw new InvalidArgumentError(`got ${name}, wanted some of: ${FAULT_KINDS.join(', ')}`);
  });
}

function numbersFrom(text: string): readonly number[] {
  return text.split(',').map(numberFrom(0, 9));
}

const whole =
  (min: number, max: number) =>
  (text: string): number => {
    const value = numberFrom(min, max)(text);
    if (Number.isInteger(value)) return value;
    throw new InvalidArgumentError(`got ${text}, wanted a whole number`);
  };

const program = new Command('sim')
  .description('Runs the healer in simulated worlds in which everything may fail.')
  .option('--seeds <count>', 'how many seeds, from --from or from anywhere', whole(1, 1e9))
  .option('--from <seed>', 'the first of them', whole(0, SEED_MAX))
  .option('--seed <seed>', 'one seed, and no other', whole(0, SEED_MAX))
  .option('--trace', 'with --seed: prints all that happens')
  .option('--without <faults>', `leaves out faults: ${FAULT_KINDS.join(',')}`, kindsFrom, [])
  .option('--services <count>', 'at most so many', whole(1, SERVICES_MAX), SERVICES_MAX)
  .option('--no-people', 'nobody asks for anything')
  .option('--no-watchdog', 'nobody looks after lost looks; never with --mutant')
  .option('--skip <numbers>', 'leaves out these troubles of each service', numbersFrom, [])
  .option('--minutes <count>', 'of faults, at most', whole(1, MINUTES_MAX), MINUTES_MAX)
  .addOption(
    new Option('--mutant <name>', 'plants a bug and runs until it is caught').choices(
      MUTANTS.map(({ name }) => name),
    ),
  )
  .option('--workers <count>', 'threads', whole(1, 64), availableParallelism())
  .addHelpText(
    'after',
    `
Without options: ${FIXED_SEEDS} fixed seeds, and ${NEW_SEEDS} new ones,
fewer when ${NEW_SEEDS_UNTIL_MS / 1_000} seconds are over.

Exit code: 0 every promise is kept, or the planted bug is caught; 1 a promise is broken, or the
planted bug is not caught; 2 the options are wrong.`,
  )
  .exitOverride()
  .action(async (options: Options) => {
    const { seed, mutant } = options;
    if (seed === undefined) await simulate(options);
    else if (mutant === undefined) await replay(seed, options);
    else await simulate({ ...options, from: seed, seeds: 1 });
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
