/** `npm run backtest -- <file>`: what today's rules, or other limits, would have done with recorded decisions. */
import { readFile } from 'node:fs/promises';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { describe } from '../core/errors.ts';
import { type PolicyOverrides, parsePolicy } from '../core/policy.ts';
import { readRecordings } from './recordings.ts';
import { renderReplays, replay } from './replay.ts';

const EXIT = { ok: 0, badInput: 2 } as const;

function parseOverrides(text: string): PolicyOverrides {
  try {
    const value: unknown = JSON.parse(text);
    parsePolicy(value);
    return value as PolicyOverrides;
  } catch (error) {
    throw new InvalidArgumentError(describe(error));
  }
}

function makeCommand(): Command {
  return new Command('backtest')
    .description('Puts recorded decisions to the rules of today. It reads files, and nothing else.')
    .argument('<file...>', "a drill's journal.json, or exported lines of the remediate log")
    .option('--policy <json>', 'limits to try, such as {"minMargin":0.2}', parseOverrides, {})
    .option('--json', 'one JSON line per decision')
    .addHelpText(
      'after',
      [
        '\nEach decision stands for itself: what a different one would have changed afterwards is not',
        'played on. Exit codes: 0 done, 2 bad input.',
      ].join('\n'),
    )
    .exitOverride();
}

/** @returns the exit code. */
async function main(): Promise<number> {
  const command = makeCommand();
  try {
    command.parse();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
    throw error;
  }
  const { policy, json } = command.opts<{ policy: PolicyOverrides; json?: true }>();
  try {
    const texts = await Promise.all(command.args.map((file) => readFile(file, 'utf8')));
    const recordings = texts.flatMap(readRecordings).toSorted((a, b) => a.input.now - b.input.now);
    if (recordings.length === 0)
      throw new Error(`${command.args.join(', ')}: no recorded decision`);
    const replays = recordings.map((recording) => replay(recording, policy));
    const lines = replays.map((one) => `${JSON.stringify(one)}\n`).join('');
    process.stdout.write(json === true ? lines : renderReplays(replays));
    return EXIT.ok;
  } catch (error) {
    process.stderr.write(`backtest: ${describe(error)}\n`);
    return EXIT.badInput;
  }
}

process.exitCode = await main();
