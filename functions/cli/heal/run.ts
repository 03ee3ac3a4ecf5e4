/** One run of the command line, with everything around it given. */
import { CommanderError } from 'commander';
import { describe, type ErrorCode, isHealerError } from '../../core/errors.ts';
import { Problems } from '../../core/problems.ts';
import type { Clock } from '../../ports/clock.ts';
import { composeHealer } from './compose.ts';
import { examine } from './doctor.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { Connection, DeployedHealer, Place } from './healer.ts';
import { showIncident, showIncidents } from './incidents.ts';
import { makeShow, type Show } from './output.ts';
import { makeProgram, type Options } from './program.ts';
import { sinceFrom } from './since.ts';
import { showStatus } from './status.ts';

export interface Surroundings {
  readonly write: (text: string) => void;
  /** For words that are not data. */
  readonly narrate: (text: string) => void;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Runs the backtest with these arguments. @returns its exit code. */
  readonly backtest: (args: readonly string[]) => Promise<number>;
}

/** Longer than any command takes with a thousand services. */
const TIME_MAX_MS = 120_000;

/** @param args - what was typed after the command's name. @returns the exit code. */
export async function runHeal(args: readonly string[], around: Surroundings): Promise<number> {
  let code: number = EXIT.ok;
  const program = makeProgram(async (command, rest, options) => {
    code = await obey(command, rest, options, around);
  }, around);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
    around.narrate(explain(error));
    return isHealerError(error) && error.code === 'config.invalid'
      ? EXIT.badInput
      : EXIT.toolFailed;
  }
}

async function obey(
  command: string,
  args: readonly string[],
  options: Options,
  around: Surroundings,
): Promise<number> {
  if (command === 'backtest') return around.backtest(args);
  const place = placeOf(options);
  const { write, isTerminal, columns, env, clock } = around;
  const live = isTerminal && (env['CI'] ?? '') === '';
  const color = live && options.color && (env['NO_COLOR'] ?? '') === '';
  const show = makeShow({ write, live, color, width: columns }, options.json === true, clock.now());
  await using healer = composeHealer(place, connectionOf(options), clock);
  return await perform(command, args, { healer, place, options, show, around });
}

interface Task {
  readonly healer: DeployedHealer;
  readonly place: Place;
  readonly options: Options;
  readonly show: Show;
  readonly around: Surroundings;
}

async function perform(command: string, args: readonly string[], task: Task): Promise<ExitCode> {
  const { healer, place, options, show, around } = task;
  const signal = AbortSignal.timeout(TIME_MAX_MS);
  const service = options.service === undefined ? {} : { service: options.service };
  switch (command) {
    case 'status':
      return showStatus(healer, show, service, signal);
    case 'incidents': {
      const since =
        options.since === undefined ? {} : { since: sinceFrom(options.since, around.clock.now()) };
      const narrate = (text: string): void => around.narrate(`${text}\n`);
      return showIncidents(healer, show, narrate, { ...service, ...since }, signal);
    }
    case 'incident':
      return showIncident(healer, show, args[0] ?? '', signal);
    default:
      return examine(healer, place, show, signal);
  }
}

/** @throws {config.invalid} naming all that is missing. */
function placeOf(options: Options): Place {
  const problems = new Problems();
  const { inbox, deadLetters = [], slackSecret, slackParameter, endpoint } = options;
  if (slackSecret !== undefined && slackParameter !== undefined) {
    problems.add('--slack-parameter', slackParameter, 'nothing, because --slack-secret is set');
  }
  if (endpoint !== undefined && !URL.canParse(endpoint)) {
    problems.add('--endpoint', endpoint, 'a URL such as http://127.0.0.1:4566');
  }
  const place = {
    tableName: problems.string('--table', options.table, "the table's name, here or in TABLE_NAME"),
    servicesPath: problems.string(
      '--path',
      options.path,
      'the path of the parameters, here or in GUARDED_SERVICES_PATH',
    ),
    deadLetterUrls: deadLetters,
    ...(inbox === undefined ? {} : { inboxUrl: inbox }),
    ...(slackSecret === undefined ? {} : { slackSecretId: slackSecret }),
    ...(slackParameter === undefined ? {} : { slackParameterName: slackParameter }),
  };
  problems.throwIfAny('command');
  return place;
}

function connectionOf({ region, profile, endpoint }: Options): Connection {
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

const NEXT: Partial<Record<ErrorCode, string>> = {
  'config.invalid': 'npm run heal -- --help',
  'dependency.refused': 'aws sts get-caller-identity, and the rights that docs/cli.md lists',
  'dependency.missing': 'npm run heal -- doctor',
  'store.malformed': 'npm run heal -- doctor',
};

/** What failed, what was left as it is, and what to do next. */
function explain(error: unknown): string {
  const code = isHealerError(error) ? error.code : undefined;
  const next = code === undefined ? undefined : NEXT[code];
  return [
    `error: ${describe(error)}`,
    'unchanged: everything; heal only reads',
    `next: ${next ?? 'check --region, --profile and --endpoint, and the credentials'}`,
    '',
  ].join('\n');
}
