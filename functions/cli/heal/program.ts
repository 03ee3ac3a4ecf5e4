/** The command line: what may be asked, and how. */
import { Command } from 'commander';
import { addDrill } from './drill-program.ts';
import {
  addConnection,
  addPause,
  addPlaces,
  byOption,
  functionOption,
  type Options,
  pathOption,
  serviceOption,
  sinceOption,
  tableOption,
  yesOption,
} from './options.ts';

const AFTER = `
status, incidents, incident and doctor only read. The others ask a function of the healer, which alone may write.
What can stop a task, or make one ill, asks whether it is meant; --yes answers before.
Exit codes: 0 done, and all is well; 1 doctor found something wrong, or a stop was refused; 2 bad input;
3 and 4 see drill; 5 the tool failed; 130 interrupted, or not meant.`;

/** One thing that was asked for: the command's name, its arguments and its options. */
export type Ask = (command: string, args: readonly string[], options: Options) => Promise<void>;

interface Streams {
  readonly write: (text: string) => void;
  readonly narrate: (text: string) => void;
}

/** Makes a command below another one; it is handed on by its whole name. */
export type Add = (parent: Command, name: string, description: string) => Command;

export function makeProgram(ask: Ask, { write, narrate }: Streams): Command {
  const program = new Command('heal')
    .description('Looks at a deployed healer, and asks it for something.')
    .configureOutput({ writeOut: write, writeErr: narrate })
    .addHelpText('after', AFTER)
    .exitOverride();
  const add: Add = (parent, name, description) => {
    const command = addConnection(parent.command(name).description(description));
    const whole = parent === program ? name : `${parent.name()} ${name}`;
    command.allowExcessArguments(false);
    return command.action(() => ask(whole, command.args, command.opts<Options>()));
  };
  addReading(program, add);
  addRequests(program, add);
  addDrill(program, add);
  addBacktest(program, ask);
  return program;
}

function addReading(program: Command, add: Add): void {
  const reading = (name: string, description: string): Command =>
    add(program, name, description).addOption(tableOption()).addOption(pathOption());
  reading('status', 'every guarded service: tasks, alarms, incident, pause, stops').addOption(
    serviceOption(),
  );
  reading('incidents', 'what happened, the newest first')
    .addOption(serviceOption())
    .addOption(sinceOption());
  reading('incident', 'one incident: its timeline, evidence, numbers and limits').argument('<id>');
  addPlaces(reading('doctor', 'whether the deployed set can heal, and how to mend what is wrong'));
}

function addRequests(program: Command, add: Add): void {
  const asking = (name: string, description: string): Command =>
    add(program, name, description)
      .addOption(functionOption())
      .addOption(pathOption())
      .addOption(byOption());
  addPause(asking('pause', 'no new stops for a time, of one service or of all'))
    .argument('[service]')
    .option('--all', 'every guarded service')
    .option('--why <reason>', 'what whoever finds it so should know');
  asking('resume', 'ends a pause; what it held is looked at again')
    .argument('[service]')
    .option('--all', 'the pause of all services')
    .option('--why <reason>', 'what whoever reads of it should know');
  asking('stop-one', 'asks for a look, and for a stop if every guardrail agrees')
    .argument('<service>')
    .option('--why <reason>', 'what whoever reads of it should know')
    .option('--dry-run', 'only say what would be done')
    .addOption(yesOption());
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
