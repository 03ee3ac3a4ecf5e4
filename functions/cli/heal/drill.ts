/** `heal drill list|plan|run|stop`: asked of the drill function, which alone makes anything ill. */
import { BUILT_IN } from '../../core/drill/built-in.ts';
import type { DrillPlan } from '../../core/drill/plan.ts';
import { isNotSteady, type Refusal, spellRefusal } from '../../core/drill/refusal.ts';
import { isHealerError } from '../../core/errors.ts';
import { confirm } from './confirm.ts';
import { followDrill } from './drill-follow.ts';
import {
  type Answer,
  about,
  askDrill,
  type DrillTask,
  drillOf,
  serviceOf,
} from './drill-requests.ts';
import { EXIT, type ExitCode } from './exit.ts';

/** What runs in AWS by name; with a service also its last drills. */
export async function listDrills(task: DrillTask, service?: string): Promise<ExitCode> {
  const { show, around } = task;
  if (service === undefined) {
    for (const definition of BUILT_IN) show({ kind: 'drill', definition });
    return EXIT.ok;
  }
  const id = await serviceOf(task, service);
  const { drills } = await askDrill(task, { kind: 'drill-status', ...about(id) }, ['status']);
  const at = around.clock.now();
  for (const status of drills) show({ kind: 'drill-status', at, status });
  if (drills.length === 0) around.narrate(`no drill of ${id} yet\n`);
  return EXIT.ok;
}

/** @returns `ok` when it may run now. */
export async function planDrill(task: DrillTask, service: string): Promise<ExitCode> {
  const { refusals } = await plan(task, await serviceOf(task, service));
  return refusals.length === 0 ? EXIT.ok : exitOfRefusals(refusals);
}

/** Plans, asks, starts and follows. */
export async function runDrill(task: DrillTask, service: string): Promise<ExitCode> {
  const { options, around } = task;
  const id = await serviceOf(task, service);
  const { plan: planned, refusals } = await plan(task, id);
  if (planned === undefined || refusals.length > 0) return exitOfRefusals(refusals);
  const yes = options.yes === true || isHarmless(planned, task);
  if (!(await confirm({ yes, effect: effectOf(planned) }, around))) {
    around.narrate('nothing was done\n');
    return EXIT.interrupted;
  }
  const answer = await start(task, id);
  if (answer.kind === 'started') return followDrill(task, answer.status);
  for (const refusal of answer.refusals) around.narrate(`refused: ${spellRefusal(refusal)}\n`);
  return exitOfRefusals(answer.refusals);
}

async function start(task: DrillTask, id: string): Promise<Answer<'started' | 'refused'>> {
  const request = { kind: 'drill-run', ...(await requestOf(task, id)) };
  try {
    return await askDrill(task, request, ['started', 'refused']);
  } catch (error) {
    if (isHealerError(error) && error.code === 'dependency.outcome-unknown') {
      task.around.narrate(`it may be on: heal drill list ${id} shows it, drill stop ends it\n`);
    }
    throw error;
  }
}

/** A stop undoes what the drill did; nothing else is touched, so nobody is asked. */
export async function stopDrill(task: DrillTask, service: string): Promise<ExitCode> {
  const { options, around, show } = task;
  const id = await serviceOf(task, service);
  const by = options.by ?? around.user;
  const why = options.why ?? 'asked for on the command line';
  const request = { kind: 'drill-stop', ...about(id), by, why };
  const answer = await askDrill(task, request, ['stopping', 'not-running']);
  if (answer.kind === 'stopping') {
    show({ kind: 'drill-status', at: around.clock.now(), status: answer.status });
  } else around.narrate(`no drill of ${id} is on\n`);
  return EXIT.ok;
}

/** Without a plan where there is nothing to plan for. */
interface Planned {
  readonly refusals: readonly Refusal[];
  readonly plan?: DrillPlan;
}

async function plan(task: DrillTask, id: string): Promise<Planned> {
  const { show, around, healer } = task;
  const request = { kind: 'drill-plan', ...(await requestOf(task, id)) };
  const answer = await askDrill(task, request, ['plan', 'refused']);
  if (answer.kind === 'refused') {
    for (const refusal of answer.refusals) around.narrate(`refused: ${spellRefusal(refusal)}\n`);
    return { refusals: answer.refusals };
  }
  const services = (await healer.guarded?.all()) ?? [];
  const arn = services.find((one) => one.id === id)?.alarmArns[0];
  const [, , , region = '', accountId = ''] = arn?.split(':') ?? [];
  const place = arn === undefined ? {} : { place: { accountId, region } };
  show({ kind: 'drill-plan', at: around.clock.now(), plan: answer, ...place });
  return { refusals: answer.refusals, plan: answer };
}

async function requestOf({ options, around }: DrillTask, id: string): Promise<object> {
  const production = options.allowProduction === true ? { allowProduction: true } : {};
  const by = options.by ?? around.user;
  return { ...about(id), ...(await drillOf(options)), by, ...production };
}

/** It rings an alarm, and touches no task of anybody's production. */
function isHarmless({ level }: DrillPlan, { options }: DrillTask): boolean {
  return level === 'wiring' && options.allowProduction !== true;
}

function effectOf({ drill, service, target, blastRadius, endsBy, level }: DrillPlan) {
  const ill = level === 'fault' ? `, now ${target ?? 'one that is found then'}` : '';
  return [
    `This runs ${drill} on ${service}. It touches ${blastRadius}${ill}.`,
    `It ends by ${endsBy}, and at once when a condition above holds; what it did is undone then.`,
  ];
}

/** Not steady, or not now: try again later. What would never be allowed is bad input. */
function exitOfRefusals(refusals: readonly Refusal[]): ExitCode {
  const passing = (refusal: Refusal): boolean =>
    isNotSteady(refusal) || ['outside-window', 'another-drill'].includes(refusal.code);
  return refusals.every(passing) ? EXIT.notSteady : EXIT.badInput;
}
