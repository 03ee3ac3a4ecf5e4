/** `heal pause`, `heal resume` and `heal stop-one`: asked of `remediate`, which alone may write. */
import { ALL_SERVICES } from '../../core/delivery.ts';
import { HealerError } from '../../core/errors.ts';
import { Problems } from '../../core/problems.ts';
import { confirm } from './confirm.ts';
import type { Answered, Request } from './events.ts';
import { EXIT, type ExitCode } from './exit.ts';
import type { AskedHealer } from './healer.ts';
import type { Options } from './options.ts';
import type { Show } from './output.ts';
import { findService } from './services.ts';
import type { Surroundings } from './surroundings.ts';

export interface RequestTask {
  readonly healer: AskedHealer;
  readonly options: Options;
  readonly show: Show;
  readonly around: Surroundings;
  readonly signal: AbortSignal;
}

/** @returns `wrong` when a guardrail kept the healer from a stop that was asked for. */
export async function sendRequest(
  asked: Request,
  service: string | undefined,
  task: RequestTask,
): Promise<ExitCode> {
  const functionName = check(asked, service, task.options);
  const serviceId = await scopeOf(service, task);
  const payload = payloadOf(asked, serviceId, task);
  if (asked === 'stop-one' && task.options.dryRun !== true) {
    const effect = effectOn(serviceId);
    if (!(await confirm({ yes: task.options.yes === true, effect }, task.around))) {
      task.around.narrate('nothing was done\n');
      return EXIT.interrupted;
    }
  }
  const answer = await task.healer.invoker.ask(functionName, payload, task.signal);
  const isDry = asked === 'stop-one' && task.options.dryRun === true;
  const answered = { ...readAnswer(asked, answer, task.around), ...(isDry ? { isDry } : {}) };
  task.show(answered);
  const isRefused = asked === 'stop-one' && !isDry && answered.verdict !== 'act';
  return isRefused ? EXIT.wrong : EXIT.ok;
}

/** @throws {config.invalid} naming all that is missing, and all that excludes something else. */
function check(asked: Request, service: string | undefined, options: Options): string {
  const problems = new Problems();
  const name = problems.string(
    '--function',
    options.function,
    'the name or ARN of remediate, here or in REMEDIATE_FUNCTION',
  );
  if ((service === undefined) === (options.all === undefined)) {
    const wanted = asked === 'stop-one' ? 'a service' : 'a service, or --all';
    problems.add('service', service && `${service} and --all`, wanted);
  }
  if (asked === 'pause') {
    const { for: span, until } = options;
    if ((span === undefined) === (until === undefined)) {
      problems.add('--for, --until', span && `${span}, ${until}`, 'one of the two');
    }
  }
  if (asked !== 'resume') {
    problems.string('--why', options.why, 'the reason, for whoever finds it so');
  }
  problems.throwIfAny('command');
  return name;
}

/** @returns nothing for all services. */
async function scopeOf(
  service: string | undefined,
  { healer }: RequestTask,
): Promise<string | undefined> {
  if (service === undefined || service.includes('/')) return service;
  if (healer.guarded !== undefined) return findService(await healer.guarded.all(), service);
  const wanted = '<cluster>/<service>, or --path to look the cluster up';
  throw new HealerError('config.invalid', `service: got ${service}, wanted ${wanted}`);
}

function payloadOf(
  asked: Request,
  serviceId: string | undefined,
  { options, around }: RequestTask,
): object {
  const { why, for: span, until, dryRun = false } = options;
  const by = options.by ?? around.user;
  if (asked === 'stop-one')
    return { kind: 'manual', serviceId, requestedBy: by, reason: why, dryRun };
  const scope = serviceId === undefined ? { all: true } : { serviceId };
  const request = { ...scope, by, ...(why === undefined ? {} : { why }) };
  if (asked === 'resume') return { kind: 'resume', ...request };
  return { kind: 'pause', ...request, ...(until === undefined ? { for: span } : { until }) };
}

function effectOn(serviceId: string | undefined): readonly string[] {
  return [
    `This asks the healer to stop the ill task of ${serviceId}, one at the most.`,
    'It looks first, and every guardrail holds as for an alarm: floor, budget, cool-down, storm.',
    'A stopped task is replaced by ECS; until then the service has one task fewer.',
  ];
}

/** @throws {dependency.outcome-unknown} when it is no answer of `remediate`. */
function readAnswer(asked: Request, answer: unknown, { clock }: Surroundings): Answered {
  const { service, verdict, reason, detail, incident, task } = (answer ?? {}) as Readonly<
    Record<string, unknown>
  >;
  if (typeof service !== 'string' || typeof verdict !== 'string' || typeof detail !== 'string') {
    const got = String(JSON.stringify(answer)).slice(0, 80);
    const message = `answer of --function: got ${got}, wanted service, verdict and detail`;
    throw new HealerError('dependency.outcome-unknown', message);
  }
  return {
    kind: 'answer',
    at: clock.now(),
    asked,
    service: service === ALL_SERVICES ? 'all services' : service,
    verdict,
    detail,
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(typeof incident === 'string' ? { incident } : {}),
    ...(typeof task === 'string' ? { task } : {}),
  };
}
