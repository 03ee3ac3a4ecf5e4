/** `npm run fuzz`: sends made-up and damaged events to every door of the healer, and stops at a broken promise. */
import { randomUUID } from 'node:crypto';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Door } from './door.ts';
import { DOORS } from './doors.ts';
import { spellBroken, spellOutcomes, spellProgress } from './report.ts';
import { fuzz, replay } from './run.ts';

const EXIT = { ok: 0, broken: 1, badUsage: 2 } as const;
const EVENTS = 1_000_000;
const PROGRESS_MS = 2_000;

interface Options {
  readonly events: number;
  readonly seed: string;
  readonly door?: string;
  readonly replay?: string;
}

function readCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError(`got ${text}, wanted a whole number from 1`);
}

function program(): Command {
  const doors = DOORS.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n');
  return new Command('fuzz')
    .description('Sends made-up and damaged events to every door of the healer: no stop, no crash.')
    .option('--events <count>', 'how many events are sent', readCount, EVENTS)
    .option('--seed <text>', 'the same seed sends the same events', randomUUID().slice(0, 8))
    .addOption(new Option('--door <name>', 'only this door').choices(DOORS.map(({ name }) => name)))
    .option('--replay <seed>', 'sends the one event that a failure names; needs --door')
    .addHelpText(
      'after',
      `\nDoors:\n${doors}\n\nExit codes: 0 every promise held, 1 one was broken, 2 bad usage`,
    )
    .exitOverride();
}

async function run(doors: readonly Door[], { events, seed }: Options): Promise<number> {
  process.stdout.write(`seed ${seed}\n`);
  const start = performance.now();
  let shown = start;
  const tally = await fuzz({
    doors,
    seed,
    events,
    onProgress: (now) => {
      if (performance.now() - shown < PROGRESS_MS) return;
      shown = performance.now();
      process.stdout.write(`${spellProgress(now, events, shown - start)}\n`);
    },
  });
  process.stdout.write(`${spellOutcomes(tally)}\n`);
  process.stdout.write(`${spellProgress(tally, events, performance.now() - start)}\n`);
  if (tally.broken === undefined) return EXIT.ok;
  process.stderr.write(`${spellBroken(tally.broken)}\n`);
  return EXIT.broken;
}

async function again(door: Door, seed: string): Promise<number> {
  const { outcomes, broken } = await replay(door, seed);
  process.stdout.write(`${outcomes.join(', ')}\n`);
  if (broken === undefined) return EXIT.ok;
  process.stderr.write(`${broken}\n`);
  return EXIT.broken;
}

async function main(): Promise<number> {
  const command = program();
  try {
    command.parse();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badUsage;
    throw error;
  }
  const options = command.opts<Options>();
  const doors = DOORS.filter(({ name }) => options.door === undefined || name === options.door);
  if (options.replay === undefined) return run(doors, options);
  const [door, ...others] = doors;
  if (door !== undefined && others.length === 0) return again(door, options.replay);
  process.stderr.write('error: --door: got none, wanted the door that the failure names\n');
  return EXIT.badUsage;
}

process.exitCode = await main();
