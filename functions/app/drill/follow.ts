/**
 * The loop body of a drill: read, look, decide, write down, do, write down what came of it.
 *
 * The next look leaves before the first write, so nobody has to stay alive for the drill to go on, or to be undone.
 */
import { advanceDrill } from '../../core/drill/advance.ts';
import type { EffectResult } from '../../core/drill/effect.ts';
import { recordDrill } from '../../core/drill/record.ts';
import { type DrillState, isOver } from '../../core/drill/state.ts';
import { HealerError } from '../../core/errors.ts';
import type { GuardedService } from '../../core/guarded-service.ts';
import { type DurationMillis, seconds } from '../../core/time.ts';
import type { DrillDeps, Invocation } from './deps.ts';
import { performAll } from './effects.ts';
import { lookAround } from './look.ts';

/** Passes of one invocation; more are left to the next look. */
const PASSES_MAX = 12;
export const LOOK_EVERY = seconds(10);
/** While it only waits: for its turn, or for somebody to be told. */
const WAIT_EVERY = seconds(60);

/** @returns the drill as it stands now. @throws HealerError when the look should come again. */
export async function followDrill(
  deps: DrillDeps,
  service: GuardedService,
  drillId: string,
  invocation: Invocation,
): Promise<DrillState> {
  const { signal } = invocation;
  let isPlanned = false;
  for (let turn = 1; ; turn += 1) {
    const state = await deps.drills.read(service.id, drillId, signal);
    if (state === undefined) {
      throw new HealerError(
        'event.not-guarded',
        `drill: got ${drillId}, wanted one of ${service.id}`,
      );
    }
    if (isOver(state) || turn > PASSES_MAX) return state;
    const named = { ...invocation, requestId: `${invocation.requestId}/${turn}` };
    const pass = await passOnce(deps, service, state, { ...named, isPlanned });
    isPlanned = true;
    if (pass === undefined || !pass.goesOn) return pass?.state ?? state;
  }
}

interface Pass {
  readonly state: DrillState;
  /** Whether there is something to do at once. */
  readonly goesOn: boolean;
}

/** @returns undefined when somebody else is at it. */
async function passOnce(
  deps: DrillDeps,
  service: GuardedService,
  state: DrillState,
  { isPlanned, ...invocation }: Invocation & { readonly isPlanned: boolean },
): Promise<Pass | undefined> {
  const { requestId, signal } = invocation;
  const sight = await lookAround(deps, service, state.definition, state, signal);
  const { next: changed, effects } = advanceDrill(state, sight, deps.setting);
  const token = isPlanned ? state.token : state.token + 1;
  const next = { ...changed, version: state.version + 1, token };
  // First the look: without the write it is superseded, and without the look nobody would come back.
  if (!isPlanned && !isOver(next)) {
    await scheduleLook(deps, next, paceOf(state, effects.length), signal);
  }
  const written = await deps.drills.commit(next, requestId, signal);
  if (written === 'conflict') return undefined;
  if (next.phase !== state.phase) deps.log.advanced(next);
  if (isOver(next)) {
    deps.log.concluded(next);
    return { state: next, goesOn: false };
  }
  const issuedAt = sight.at;
  const results = await performAll(deps, next, effects, { ...invocation, issuedAt });
  if (results.length === 0) {
    return { state: next, goesOn: next.phase !== state.phase || next.step !== state.step };
  }
  return record(deps, next, results, invocation);
}

async function record(
  deps: DrillDeps,
  state: DrillState,
  results: readonly EffectResult[],
  { requestId, signal }: Invocation,
): Promise<Pass | undefined> {
  const recorded = { ...recordDrill(state, results), version: state.version + 1 };
  const written = await deps.drills.commit(recorded, `${requestId}/done`, signal);
  if (written === 'conflict') return undefined;
  return { state: recorded, goesOn: results.every(({ ok }) => ok) };
}

export async function scheduleLook(
  deps: Pick<DrillDeps, 'queue'>,
  state: DrillState,
  delay: DurationMillis,
  signal: AbortSignal,
): Promise<void> {
  const { serviceId, id: drillId, token } = state;
  const look = { kind: 'drill-look', serviceId, drillId, token } as const;
  await deps.queue.scheduleLook(look, delay, signal);
}

function paceOf({ phase }: DrillState, effects: number): DurationMillis {
  return (phase === 'starting' && effects === 0) || phase === 'ending' ? WAIT_EVERY : LOOK_EVERY;
}
