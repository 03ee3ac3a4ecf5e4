/** Takes whatever arrives at the drill function: what people ask, what the calendar asks, and its own looks. */
import { listNames, shortenInput } from '../../core/bad-input.ts';
import { type DrillJournal, journalOf } from '../../core/drill/journal.ts';
import { type DrillPlan, type NewDrill, newDrill, planDrill } from '../../core/drill/plan.ts';
import type { Refusal } from '../../core/drill/refusal.ts';
import { summaryOf } from '../../core/drill/result.ts';
import { type DrillPhase, type DrillState, isOver } from '../../core/drill/state.ts';
import { HealerError } from '../../core/errors.ts';
import type { GuardedService } from '../../core/guarded-service.ts';
import { drillId } from '../../core/incident.ts';
import { iso } from '../../core/time.ts';
import type { DrillArrival, DrillLook } from '../../ports/drill.ts';
import type { DrillDeps, Invocation } from './deps.ts';
import { followDrill, LOOK_EVERY, scheduleLook } from './follow.ts';
import { entriesOf, lookAround } from './look.ts';

/** How a drill stands, for a person. */
export interface DrillStatus {
  readonly drillId: string;
  readonly service: string;
  readonly environment: string;
  readonly drill: string;
  readonly level: DrillState['level'];
  readonly by: string;
  readonly phase: DrillPhase;
  /** The step of the method that is at hand. */
  readonly step?: string;
  readonly startedAt: string;
  readonly endsBy: string;
  readonly target?: string;
  readonly abort?: string;
  readonly verdict?: NonNullable<DrillState['verdict']>;
  readonly summary?: string;
  readonly rows?: NonNullable<DrillState['rows']>;
}

/** What a direct invocation gets back. Refusals are answers, never errors. */
export type DrillAnswer =
  | DrillPlan
  | { readonly kind: 'started'; readonly status: DrillStatus }
  | {
      readonly kind: 'refused';
      readonly refusals: readonly Refusal[];
      readonly plan?: DrillPlan;
    }
  | { readonly kind: 'stopping'; readonly status: DrillStatus }
  | { readonly kind: 'not-running'; readonly service: string }
  | {
      readonly kind: 'status';
      readonly service: string;
      /** Newest first; only the one that was asked for, if one was. */
      readonly drills: readonly DrillStatus[];
      /** Of the one that was asked for. */
      readonly journal?: DrillJournal;
    }
  | { readonly kind: 'looked'; readonly status?: DrillStatus };

/** What SQS takes as "these again, please". */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export async function drill(
  deps: DrillDeps,
  event: unknown,
  invocation: Invocation,
): Promise<DrillAnswer | BatchAnswer> {
  const inbound = deps.open(event);
  if (inbound.kind === 'direct') return answer(deps, inbound.arrival, invocation);
  const failures = await Promise.all(
    inbound.records.map(async ({ id, open }) => {
      try {
        await answer(deps, open(), { ...invocation, requestId: `${id}@${invocation.requestId}` });
        return [];
      } catch (error) {
        deps.log.failed({ what: `message ${id}`, error });
        return [{ itemIdentifier: id }];
      }
    }),
  );
  return { batchItemFailures: failures.flat() };
}

async function answer(
  deps: DrillDeps,
  arrival: DrillArrival,
  invocation: Invocation,
): Promise<DrillAnswer> {
  const services = await deps.guarded.all();
  const service = services.find(({ id }) => id === arrival.serviceId);
  if (service === undefined) return notGuarded(deps, arrival, services);
  switch (arrival.kind) {
    case 'drill-plan':
      return plan(deps, service, { ...arrival, scheduled: false }, invocation);
    case 'drill-run':
      return run(deps, service, arrival, invocation);
    case 'drill-stop':
      return stop(deps, service, arrival, invocation);
    case 'drill-status':
      return tellStatus(deps, service, arrival.drillId, invocation);
    case 'drill-look':
      return look(deps, service, arrival, invocation);
  }
}

function notGuarded(
  deps: DrillDeps,
  { serviceId, kind }: DrillArrival,
  services: readonly GuardedService[],
): DrillAnswer {
  const wanted = `one of: ${listNames(services.map(({ id }) => id))}`;
  const message = `${kind} of ${shortenInput(serviceId)}: got no guarded service, wanted ${wanted}`;
  // Nobody reads the answer to the calendar, or to a queue.
  deps.log.failed({ what: kind, error: new HealerError('event.not-guarded', message) });
  return { kind: 'refused', refusals: [{ code: 'not-guarded', got: serviceId, wanted }] };
}

type Asked = Extract<DrillArrival, { kind: 'drill-run' | 'drill-plan' }> & {
  readonly scheduled: boolean;
};

function asNew(deps: DrillDeps, asked: Asked, { requestId }: Invocation): NewDrill {
  const { definition, by, allowProduction, scheduled, serviceId } = asked;
  const id = drillId(deps.clock.now(), `${serviceId}/${requestId}`);
  return { id, definition, by, allowProduction, scheduled, request: requestId };
}

async function plan(
  deps: DrillDeps,
  service: GuardedService,
  asked: Asked,
  invocation: Invocation,
): Promise<DrillPlan> {
  const { definition } = asked;
  const sight = await lookAround(deps, service, definition, undefined, invocation.signal);
  return planDrill(asNew(deps, asked, invocation), sight, deps.setting);
}

async function run(
  deps: DrillDeps,
  service: GuardedService,
  asked: Asked,
  invocation: Invocation,
): Promise<DrillAnswer> {
  const { signal, requestId } = invocation;
  const same = await current(deps, service, signal);
  if (same?.request === requestId) return { kind: 'started', status: statusOf(same) };
  // One whose looks got lost is still to be ended.
  const isLost = same !== undefined && deps.clock.now() > same.endsBy;
  if (isLost) await followDrill(deps, service, same.id, invocation);
  if (!asked.scheduled) {
    const planned = await plan(deps, service, asked, invocation);
    if (!planned.mayRun) return { kind: 'refused', refusals: planned.refusals, plan: planned };
  }
  const fresh = newDrill(asNew(deps, asked, invocation), service, deps.clock.now());
  const first = { ...fresh, version: 1, token: 1 };
  await scheduleLook(deps, first, LOOK_EVERY, signal);
  await deps.drills.commit(first, requestId, signal);
  deps.log.advanced(first);
  const state = await followDrill(deps, service, first.id, invocation);
  return { kind: 'started', status: statusOf(state) };
}

/** The drill whose mark the service has, if it is not over: a newer one may only wait for its turn. */
async function running(
  deps: DrillDeps,
  service: GuardedService,
  signal: AbortSignal,
): Promise<DrillState | undefined> {
  const { drill: mark } = await deps.locks.read(service.id, signal);
  const marked =
    mark === undefined ? undefined : await deps.drills.read(service.id, mark.id, signal);
  return marked !== undefined && !isOver(marked) ? marked : current(deps, service, signal);
}

/** The newest drill of the service that is not over. */
async function current(
  deps: DrillDeps,
  service: GuardedService,
  signal: AbortSignal,
): Promise<DrillState | undefined> {
  const drills = await deps.drills.latest(service.id, RECENT, signal);
  return drills.find((state) => !isOver(state));
}

const RECENT = 5;
/** Races that a request to stop may lose against the drill's own looks. */
const ATTEMPTS_MAX = 12;

async function stop(
  deps: DrillDeps,
  service: GuardedService,
  { by, why }: Extract<DrillArrival, { kind: 'drill-stop' }>,
  invocation: Invocation,
): Promise<DrillAnswer> {
  const { requestId, signal } = invocation;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const state = await running(deps, service, signal);
    if (state === undefined) return { kind: 'not-running', service: service.id };
    const asked = state.stop ?? { by, why, at: deps.clock.now() };
    const next = { ...state, stop: asked, version: state.version + 1 };
    const written = await deps.drills.commit(next, `${requestId}/stop/${attempt}`, signal);
    if (written === 'conflict') continue;
    const stopped = await followDrill(deps, service, state.id, invocation);
    return { kind: 'stopping', status: statusOf(stopped) };
  }
  throw new HealerError('store.contended', `drill of ${service.id} stayed contended`, {
    retryable: true,
    details: { attempts: ATTEMPTS_MAX },
  });
}

async function tellStatus(
  deps: DrillDeps,
  service: GuardedService,
  id: string | undefined,
  { signal }: Invocation,
): Promise<DrillAnswer> {
  const answered = { kind: 'status', service: service.id } as const;
  if (id === undefined) {
    const drills = await deps.drills.latest(service.id, RECENT, signal);
    return { ...answered, drills: drills.map(statusOf) };
  }
  const state = await deps.drills.read(service.id, id, signal);
  if (state === undefined) return { ...answered, drills: [] };
  const lock = await deps.locks.read(service.id, signal);
  const entries = await entriesOf(deps, { ...state, phase: 'ended' }, lock, signal);
  return { ...answered, drills: [statusOf(state)], journal: journalOf(state, entries) };
}

/** Only the newest look of a drill counts, so that looks never multiply. */
async function look(
  deps: DrillDeps,
  service: GuardedService,
  { drillId: id, token }: DrillLook,
  invocation: Invocation,
): Promise<DrillAnswer> {
  const state = await deps.drills.read(service.id, id, invocation.signal);
  if (state === undefined || isOver(state) || token < state.token) return { kind: 'looked' };
  return {
    kind: 'looked',
    status: statusOf(await followDrill(deps, service, id, invocation)),
  };
}

function statusOf(state: DrillState): DrillStatus {
  const { definition, abort, verdict, rows, target, phase } = state;
  const step = phase === 'method' ? definition.method[state.step]?.name : undefined;
  return {
    drillId: state.id,
    service: state.serviceId,
    environment: state.environment,
    drill: definition.name,
    level: state.level,
    by: state.by,
    phase,
    ...(step === undefined ? {} : { step }),
    startedAt: iso(state.startedAt),
    endsBy: iso(state.endsBy),
    ...(target === undefined ? {} : { target: target.taskId }),
    ...(abort === undefined ? {} : { abort: `${abort.code}: ${abort.detail}` }),
    ...(verdict === undefined ? {} : { verdict, summary: summaryOf(state) }),
    ...(rows === undefined ? {} : { rows }),
  };
}
