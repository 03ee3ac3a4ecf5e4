/** Does what a drill has written down, and says what came of it. */
import { type DrillEffect, type EffectResult, marked, unmarked } from '../../core/drill/effect.ts';
import type { DrillState } from '../../core/drill/state.ts';
import { describe } from '../../core/errors.ts';
import type { LockState } from '../../core/lock.ts';
import type { EpochMillis } from '../../core/time.ts';
import type { SwitchOutcome } from '../../ports/drill.ts';
import type { DrillDeps, Invocation } from './deps.ts';

/** Races for a lock that one effect may lose. */
const ATTEMPTS_MAX = 5;

/** In order. Without the first mark the second is not asked for; all else is done whatever fails. */
export async function performAll(
  deps: DrillDeps,
  state: DrillState,
  effects: readonly DrillEffect[],
  invocation: Invocation & { readonly issuedAt: EpochMillis },
): Promise<readonly EffectResult[]> {
  const results: EffectResult[] = [];
  for (const effect of effects) {
    const done = await attempt(deps, state, effect, invocation);
    results.push({ effect, at: deps.clock.now(), ...done });
    if (!done.ok && effect.kind === 'mark') break;
  }
  return results;
}

type Done = Pick<EffectResult, 'ok' | 'detail' | 'tries'>;
const OK: Done = { ok: true };

async function attempt(
  deps: DrillDeps,
  state: DrillState,
  effect: DrillEffect,
  invocation: Invocation & { readonly issuedAt: EpochMillis },
): Promise<Done> {
  try {
    return await perform(deps, state, effect, invocation);
  } catch (error) {
    deps.log.failed({ what: `drill ${effect.kind}`, error, service: state.serviceId });
    return { ok: false, detail: `${effect.kind}: ${describe(error)}` };
  }
}

async function perform(
  deps: DrillDeps,
  state: DrillState,
  effect: DrillEffect,
  { issuedAt, ...invocation }: Invocation & { readonly issuedAt: EpochMillis },
): Promise<Done> {
  const { signal } = invocation;
  const url = deps.setting.faultUrls[state.serviceId] ?? '';
  switch (effect.kind) {
    case 'mark':
      return changeLock(deps, effect.scope, invocation, (lock) =>
        marked(lock, effect.mark, deps.clock.now()),
      );
    case 'unmark':
      await changeLock(deps, effect.scope, invocation, (lock) => unmarked(lock, effect.id));
      return OK;
    case 'ring':
      await deps.setter.set(effect.alarmName, effect.is, effect.reason, signal);
      return OK;
    case 'fault-on':
      return doneOf(await deps.faults.on({ ...effect, url, issuedAt }, signal));
    case 'fault-off':
      return doneOf(await deps.faults.off({ ...effect, url, issuedAt }, signal));
    case 'tell':
      await deps.announcer.publishNotice(effect.notice, signal);
      return OK;
  }
}

/** The mark of a drill is told and never decided by, so it may be written over any other change. */
async function changeLock(
  deps: DrillDeps,
  scope: string,
  { requestId, signal }: Invocation,
  change: (lock: LockState) => LockState | undefined,
): Promise<Done> {
  for (let turn = 1; turn <= ATTEMPTS_MAX; turn += 1) {
    const next = change(await deps.locks.read(scope, signal));
    if (next === undefined) return { ok: false, detail: `the mark of ${scope} is another drill's` };
    const writer = `${requestId}/drill/${next.version}/${turn}`;
    if ((await deps.locks.commit(next, [], writer, signal)) === 'committed') return OK;
  }
  return { ok: false, detail: `lock of ${scope} stayed contended` };
}

function doneOf(outcome: SwitchOutcome): Done {
  const { kind, tries } = outcome;
  if (kind === 'taken') return { ok: true, tries };
  const detail = kind === 'refused' ? outcome.message : undefined;
  return { ok: false, tries, ...(detail === undefined ? {} : { detail }) };
}
