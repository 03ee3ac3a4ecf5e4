/** The command line: what may be asked, and how. */
import { Command, Option } from 'commander';
import { parseSince } from './since.ts';

const AFTER = `
Everything here only reads: no command stops a task or writes to the table.
Exit codes: 0 done, and all is well; 1 doctor found something wrong; 2 bad input; 5 the tool failed.`;

/** Options as commander gives them; `color` is false after `--no-color`. */
export interface Options {
  readonly table?: string;
  readonly path?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
  readonly json?: true;
  readonly color: boolean;
  readonly service?: string;
  readonly since?: ReturnType<typeof parseSince>;
  readonly inbox?: string;
  readonly deadLetters?: readonly string[];
  readonly slackSecret?: string;
  readonly slackParameter?: string;
}

/** One thing that was asked for: the command's name, its arguments and its options. */
export type Ask = (command: string, args: readonly string[], options: Options) => Promise<void>;

interface Streams {
  readonly write: (text: string) => void;
  readonly narrate: (text: string) => void;
}

export function makeProgram(ask: Ask, { write, narrate }: Streams): Command {
  const program = new Command('heal')
    .description('Looks at a deployed healer: how its services are, what happened, what is wrong.')
    .configureOutput({ writeOut: write, writeErr: narrate })
    .addHelpText('after', AFTER)
    .exitOverride();
  const add = (name: string, description: string): Command =>
    addShared(program.command(name).description(description)).allowExcessArguments(false);
  const asking = (command: Command, name: string): void => {
    command.action(() => ask(name, command.args, command.opts<Options>()));
  };
  asking(
    add('status', 'every guarded service: tasks, alarms, incident, pause, stops').addOption(
      serviceOption(),
    ),
    'status',
  );
  asking(
    add('incidents', 'what happened, the newest first')
      .addOption(serviceOption())
      .addOption(
        new Option('--since <when>', 'such as 30min, 12h, 7d or 2026-11-20').argParser(parseSince),
      ),
    'incidents',
  );
  asking(
    add('incident', 'one incident: its timeline, evidence, numbers and limits').argument('<id>'),
    'incident',
  );
  asking(
    addPlaces(add('doctor', 'whether the deployed set can heal, and how to mend what is wrong')),
    'doctor',
  );
  addBacktest(program, ask);
  return program;
}

function serviceOption(): Option {
  return new Option('--service <id>', 'only this one: <cluster>/<service>, or the service alone');
}

function addShared(command: Command): Command {
  return command
    .addOption(new Option('--table <name>', "the healer's table").env('TABLE_NAME'))
    .addOption(
      new Option('--path <path>', 'of the parameters that list the services').env(
        'GUARDED_SERVICES_PATH',
      ),
    )
    .addOption(new Option('--region <region>', "AWS Region; else the SDK's usual chain"))
    .addOption(new Option('--profile <name>', "AWS profile; else the SDK's usual chain"))
    .addOption(new Option('--endpoint <url>', 'such as the lab').env('AWS_ENDPOINT_URL'))
    .option('--json', 'one JSON line per fact')
    .option('--no-color', 'as NO_COLOR=1');
}

function addPlaces(command: Command): Command {
  return command
    .addOption(new Option('--inbox <url>', 'the queue of alarms and re-checks').env('INBOX_URL'))
    .option('--dead-letters <url...>', 'queues to look at besides the one of the inbox')
    .addOption(
      new Option('--slack-secret <id>', 'secret that holds the webhook').env(
        'SLACK_WEBHOOK_SECRET_ID',
      ),
    )
    .addOption(
      new Option('--slack-parameter <name>', 'SecureString that holds the webhook').env(
        'SLACK_WEBHOOK_PARAMETER_NAME',
      ),
    );
}

/** Hands everything on as it is, `--help` included. */
function addBacktest(program: Command, ask: Ask): void {
  const command = program
    .command('backtest')
    .description('what the rules of today would have done with recorded decisions')
    .argument('[args...]')
    .helpOption(false)
    .allowUnknownOption();
  command.action(() => ask('backtest', command.args, { color: true }));
}
