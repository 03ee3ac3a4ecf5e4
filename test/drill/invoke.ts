/** `npm run invoke -- <function> <event file>`: runs one payload through a bundled function, in a lab of its own. */
import { readFile } from 'node:fs/promises';
import { Command, CommanderError } from 'commander';
import { bundle, FUNCTIONS, type FunctionName } from '../../infra/bundle.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { everyAlarmIsOk } from './perform.ts';
import { waitUntil } from './stage.ts';

const EXIT = { ok: 0, functionFailed: 1, badInput: 2 } as const;
const FACTOR = 15;
const READY_LIMIT = 900;

function isFunction(name: string): name is FunctionName {
  return (FUNCTIONS as readonly string[]).includes(name);
}

async function readPayload(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}

async function invoke(lab: Lab, name: FunctionName, event: unknown): Promise<number> {
  const isUp = () => lab.site.isUp() && everyAlarmIsOk(lab);
  await waitUntil(
    lab.time,
    'every task healthy and every alarm OK',
    isUp,
    READY_LIMIT,
    new AbortController().signal,
  );
  const result = await lab.healer?.invoke(name, event);
  process.stdout.write(`${JSON.stringify(result?.payload, undefined, 2)}\n`);
  return result?.functionError === undefined ? EXIT.ok : EXIT.functionFailed;
}

async function main(): Promise<number> {
  const command = new Command('invoke')
    .description('Runs one event through a bundled function, against a lab with a healthy service.')
    .argument('<function>', FUNCTIONS.join(' or '))
    .argument('<event>', 'file with the payload, such as events/manual-dry-run.json')
    .addHelpText('after', '\nExit codes: 0 it answered, 1 it failed, 2 bad input')
    .exitOverride();
  try {
    command.parse();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
    throw error;
  }
  const [name = '', file = ''] = command.args;
  if (!isFunction(name)) {
    process.stderr.write(`error: function: got ${name}, wanted ${FUNCTIONS.join(' or ')}\n`);
    return EXIT.badInput;
  }
  let event: unknown;
  try {
    event = await readPayload(file);
  } catch (error) {
    process.stderr.write(`error: event: got ${file}, wanted a JSON file: ${String(error)}\n`);
    return EXIT.badInput;
  }
  const lab = await startLab({ timeFactor: FACTOR, healer: { bundles: await bundle() } });
  try {
    return await invoke(lab, name, event);
  } finally {
    await lab.close();
  }
}

process.exitCode = await main();
