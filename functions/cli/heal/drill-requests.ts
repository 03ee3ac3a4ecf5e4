/** What is asked of the drill function, and its answers. */
import { readFile } from 'node:fs/promises';
import { checkDefinition } from '../../adapters/events/check-definition.ts';
import type { DrillAnswer } from '../../app/drill/drill.ts';
import { BUILT_IN } from '../../core/drill/built-in.ts';
import type { Definition } from '../../core/drill/definition.ts';
import { spellRefusal } from '../../core/drill/refusal.ts';
import { describe, HealerError } from '../../core/errors.ts';
import { Problems } from '../../core/problems.ts';
import type { AskedHealer } from './healer.ts';
import type { Options } from './options.ts';
import type { Show } from './output.ts';
import { findService } from './services.ts';
import type { Surroundings } from './surroundings.ts';

export interface DrillTask {
  readonly healer: AskedHealer;
  readonly options: Options;
  readonly show: Show;
  readonly around: Surroundings;
}

/** One call; the drill itself goes on without anybody who waits. */
const CALL_MAX_MS = 110_000;
const DEFAULT_DRILL = 'wiring';

type Kind = DrillAnswer['kind'];
export type Answer<K extends Kind> = Extract<DrillAnswer, { kind: K }>;

/**
 * @throws {event.not-guarded} when a request that nothing else refuses is refused.
 * @throws {dependency.outcome-unknown} when the answer is none of those that were expected.
 */
export async function askDrill<K extends Kind>(
  { healer, options }: DrillTask,
  request: { readonly kind: string },
  expected: readonly K[],
): Promise<Answer<K>> {
  const problems = new Problems();
  const wanted = 'the name or ARN of drill, here or in DRILL_FUNCTION';
  const name = problems.string('--drill-function', options.drillFunction, wanted);
  problems.throwIfAny('command');
  const signal = AbortSignal.timeout(CALL_MAX_MS);
  const answer = await healer.invoker.ask(name, request, signal);
  const { kind, refusals } = (answer ?? {}) as Partial<Answer<'refused'>>;
  if (expected.some((one) => one === kind)) return answer as Answer<K>;
  if (kind === 'refused') {
    const why = (refusals ?? []).map(spellRefusal).join('; ');
    throw new HealerError('event.not-guarded', why, { details: { function: name } });
  }
  const got = String(JSON.stringify(answer)).slice(0, 80);
  const message = `answer of --drill-function: got ${got}, wanted one of ${expected.join(', ')}`;
  throw new HealerError('dependency.outcome-unknown', message);
}

/** The part of every request that says which service. */
export function about(service: string) {
  return { service };
}

/** @throws {config.invalid} when it is not whole, and there is no list to look it up in. */
export async function serviceOf(
  { healer }: DrillTask,
  service: string | undefined,
): Promise<string> {
  if (service?.includes('/') === true) return service;
  if (service !== undefined && healer.guarded !== undefined) {
    return findService(await healer.guarded.all(), service);
  }
  const got = service ?? 'nothing';
  const wanted = '<cluster>/<service>, or --path to look the cluster up';
  throw new HealerError('config.invalid', `service: got ${got}, wanted ${wanted}`);
}

/** Which drill, as the function is asked for it. @throws {config.invalid} with all that is wrong in the file. */
export async function drillOf({ drill, definition }: Options): Promise<object> {
  if (drill !== undefined && definition !== undefined) {
    const message = `--definition: got ${definition}, wanted nothing, because --drill is set`;
    throw new HealerError('config.invalid', message);
  }
  if (definition !== undefined) return { definition: await readDefinition(definition) };
  return { drill: findBuiltIn(drill ?? DEFAULT_DRILL).name };
}

export function findBuiltIn(name: string): Definition {
  const found = BUILT_IN.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = BUILT_IN.map((one) => one.name).join(', ');
  throw new HealerError('config.invalid', `drill: got ${name}, wanted one of ${known}`);
}

export async function readDefinition(file: string): Promise<Definition> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const message = `--definition: got ${file}, wanted a file with JSON: ${describe(error)}`;
    throw new HealerError('config.invalid', message, { cause: error });
  }
  const name = (value as { name?: unknown } | null)?.name;
  const problems = checkDefinition(value, typeof name === 'string' ? name : '');
  if (problems.length === 0) return value as Definition;
  throw new HealerError('config.invalid', `--definition: ${file}: ${problems.join('; ')}`);
}
