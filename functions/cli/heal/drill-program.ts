/** The commands about drills. */
import type { Command } from 'commander';
import { byOption, drillFunctionOption, pathOption, serviceOption, yesOption } from './options.ts';
import type { Add } from './program.ts';

const AFTER = `
The drill function does all of it, and goes on without this command: Ctrl-C asks it to stop and to undo what it did,
a second Ctrl-C leaves it alone.
Exit codes: 0 every limit held; 1 one was broken; 2 bad input, or never allowed; 3 a stop condition ended it;
4 not steady, or not now: nothing was done; 5 the tool failed; 130 interrupted, or not meant.`;

export function addDrill(program: Command, add: Add): void {
  const drill = program
    .command('drill')
    .description('rehearses it on a guarded service in AWS')
    .addHelpText('after', AFTER);
  const asking = (name: string, description: string): Command =>
    add(drill, name, description).addOption(drillFunctionOption()).addOption(pathOption());
  asking('list', 'drills that run by name; of a service, what its last ones showed').argument(
    '[service]',
  );
  addChoice(asking('plan', 'what would be done, to what, and what keeps it from being done now'));
  addChoice(asking('run', 'plans, asks whether it is meant, runs and follows')).addOption(
    yesOption(),
  );
  asking('stop', 'ends the drill of a service at once; what it did is undone')
    .argument('<service>')
    .option('--why <reason>', 'what whoever reads of it should know')
    .addOption(byOption());
  asking('report', 'writes journal.json and report.html of a drill that is over')
    .argument('<drillId>')
    .option('--out <folder>', 'where to; else .drill/<drillId>')
    .addOption(serviceOption());
  add(drill, 'export', 'the same fault for another tool')
    .argument('[name]', 'of a drill that runs by name')
    .option('--definition <file>', 'a definition of your own')
    .requiredOption('--fis', 'as an experiment template of AWS Fault Injection Service')
    .addOption(serviceOption());
}

function addChoice(command: Command): Command {
  return command
    .argument('<service>')
    .option('--drill <name>', 'one that runs by name; wiring, if none is named')
    .option('--definition <file>', 'a definition of your own')
    .option('--allow-production', 'although the environment is called production')
    .addOption(byOption());
}
