/** One run of the command line, with everything around it given. */
import { CommanderError } from 'commander';
import { composeAsked, composeHealer } from './compose.ts';
import { examine } from './doctor.ts';
import { listDrills, planDrill, runDrill, stopDrill } from './drill.ts';
import { exportToFis } from './drill-export.ts';
import { reportDrill } from './drill-report.ts';
import { findBuiltIn, readDefinition } from './drill-requests.ts';
import type { Request } from './events.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { exitOf, explain } from './explain.ts';
import type { DeployedHealer, Place } from './healer.ts';
import { showIncident, showIncidents } from './incidents.ts';
import type { Options } from './options.ts';
import { makeShow, type Show } from './output.ts';
import { connectionOf, placeOf } from './place.ts';
import { makeProgram } from './program.ts';
import { sendRequest } from './request.ts';
import { sinceFrom } from './since.ts';
import { showStatus } from './status.ts';
import type { Surroundings } from './surroundings.ts';

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
    return exitOf(error);
  }
}

async function obey(
  command: string,
  args: readonly string[],
  options: Options,
  around: Surroundings,
): Promise<number> {
  const show = showOn(around, options);
  switch (command) {
    case 'backtest':
      return around.backtest(args);
    case 'pause':
    case 'resume':
    case 'stop-one':
      return request(command, args[0], { options, show, around });
    case 'drill export':
      return exportDrill(args[0], options, around);
    default:
      return command.startsWith('drill ')
        ? drill(command, args[0] ?? '', { options, show, around })
        : read(command, args, { options, show, around });
  }
}

function showOn({ write, isTerminal, columns, env, clock }: Surroundings, options: Options): Show {
  const live = isTerminal && (env['CI'] ?? '') === '';
  const color = live && options.color && (env['NO_COLOR'] ?? '') === '';
  return makeShow({ write, live, color, width: columns }, options.json === true, clock.now());
}

interface Asked {
  readonly options: Options;
  readonly show: Show;
  readonly around: Surroundings;
}

async function request(
  command: Request,
  service: string | undefined,
  asked: Asked,
): Promise<ExitCode> {
  await using healer = composeAsked(asked.options.path, connectionOf(asked.options));
  const signal = AbortSignal.timeout(TIME_MAX_MS);
  return await sendRequest(command, service, { ...asked, healer, signal });
}

async function drill(command: string, subject: string, asked: Asked): Promise<ExitCode> {
  await using healer = composeAsked(asked.options.path, connectionOf(asked.options));
  const task = { ...asked, healer };
  switch (command) {
    case 'drill list':
      return await listDrills(task, subject === '' ? undefined : subject);
    case 'drill plan':
      return await planDrill(task, subject);
    case 'drill run':
      return await runDrill(task, subject);
    case 'drill stop':
      return await stopDrill(task, subject);
    default:
      return await reportDrill(task, subject);
  }
}

/** The template is data, whatever the other commands write. */
async function exportDrill(
  name: string | undefined,
  { definition: file, service }: Options,
  { write, narrate }: Surroundings,
): Promise<ExitCode> {
  const definition =
    file === undefined ? findBuiltIn(name ?? 'nothing') : await readDefinition(file);
  const { template, notes } = exportToFis(definition, service);
  write(`${JSON.stringify(template, null, 2)}\n`);
  for (const note of notes) narrate(`note: ${note}\n`);
  return EXIT.ok;
}

async function read(command: string, args: readonly string[], asked: Asked): Promise<ExitCode> {
  const place = placeOf(asked.options, asked.around);
  await using healer = composeHealer(place, connectionOf(asked.options), asked.around.clock);
  return await perform(command, args, { ...asked, healer, place });
}

interface Task extends Asked {
  readonly healer: DeployedHealer;
  readonly place: Place;
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
