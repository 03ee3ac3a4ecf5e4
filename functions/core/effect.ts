/** What a stop did: the measured difference between the fleet before it and after it. */
import { type Diagnosis, isMeasured, isWell, type TaskView } from './evidence.ts';
import type { Incident } from './incident.ts';
import { type LockState, type StopRecord, stopsInWindow } from './lock.ts';
import type { CompleteObservation } from './observation.ts';
import { chanceOfErrors, share, type Tally } from './outlier.ts';
import type { Policy } from './policy.ts';
import type { EpochMillis } from './time.ts';
import type { Baseline } from './verdict.ts';

/**
 * - `by-stop`: well, and the untouched tasks were well all along: the stop did it
 * - `anyway`: well, but the untouched tasks recovered too, nothing was stopped, or a person had it meanwhile
 * - `helped`: not well yet, but fewer tasks are ill
 * - `replacement-ill`: a task that came after the stop is ill
 * - `no-change`: as bad as before
 * - `worse`: more is ill than before
 */
export type Effect = 'by-stop' | 'anyway' | 'helped' | 'replacement-ill' | 'no-change' | 'worse';

/** Everything that is not an improvement counts as a failed attempt. */
const FAILED: readonly Effect[] = ['replacement-ill', 'no-change', 'worse'];

export interface EffectInput {
  readonly lock: LockState;
  readonly diagnosis: Diagnosis;
  readonly service: { readonly policy: Policy };
  readonly now: EpochMillis;
}

/** What is measured before a stop: the victim, and the tasks that are well as control group. */
export function baselineOf(diagnosis: Diagnosis, victim: TaskView): Baseline {
  const { illIds, views } = diagnosis;
  const others = views.filter((view) => view !== victim && !illIds.includes(view.task.id));
  return { victim: tallyOf([victim]), others: tallyOf(others), ill: Math.max(1, illIds.length) };
}

/** The stops of the budget window that did not help, each with its effect; the last one is judged as things are now. */
export function failedStops(
  input: EffectInput,
): readonly (StopRecord & { readonly effect: Effect })[] {
  const { lock, service, now } = input;
  const stops = stopsInWindow(lock, service.policy, now);
  return stops.flatMap((stop, index) => {
    const effect = index === stops.length - 1 ? judgeStop(stop, input) : stop.effect;
    return effect !== undefined && FAILED.includes(effect) ? [{ ...stop, effect }] : [];
  });
}

/**
 * What the last stop did, as long as an alarm still rings, or rings again: a task of the same revision that came after
 * it and is ill undoes an earlier judgement, for the trouble has only moved.
 */
export function judgeStop(
  { at, before, effect, revision }: StopRecord,
  { diagnosis }: Pick<EffectInput, 'diagnosis'>,
): Effect {
  const ill = diagnosis.views.filter(({ task }) => diagnosis.illIds.includes(task.id));
  const cameAfter = ({ task }: TaskView): boolean =>
    task.startedAt !== undefined && task.startedAt > at && task.revision === revision;
  if (ill.some(cameAfter)) return 'replacement-ill';
  if (effect !== undefined) return effect;
  const illBefore = before?.ill ?? 1;
  if (ill.length > illBefore) return 'worse';
  return ill.length < illBefore ? 'helped' : 'no-change';
}

/**
 * Whether the last stop has shown already that it helped: fewer tasks are ill, every place is filled, and whoever came
 * after it has served enough to be called well. Then the next ill task need not wait for the time that doubt is given;
 * where there is none, an alarm that still rings has its time to be OK.
 */
export function hasHelped(
  input: EffectInput & { readonly observation: CompleteObservation },
): boolean {
  const { lock, diagnosis, observation, service, now } = input;
  const last = stopsInWindow(lock, service.policy, now).at(-1);
  if (last === undefined || diagnosis.suspects.length === 0) return false;
  if (judgeStop(last, input) !== 'helped') return false;
  const { desired, running, pending } = observation.service;
  const newcomers = diagnosis.views.filter(
    ({ task }) => task.startedAt === undefined || task.startedAt > last.at,
  );
  return (
    running === desired &&
    pending === 0 &&
    diagnosis.views.length === desired &&
    diagnosis.views.every(isWell) &&
    newcomers.length > 0 &&
    newcomers.every((view) => isMeasured(view, service.policy))
  );
}

/** How sure it must be that the control group itself changed, and how much: by half, from a share that hurts. */
const CONTROL = { chance: 0.01, share: 0.02, fall: 0.5 } as const;

/**
 * Why the service is well again, asked once it is.
 *
 * The tasks that nobody touched are the control group: had the trouble gone by itself, they would have become better
 * too.
 */
export function judgeRecoveryEffect(
  { id, state, openedAt }: Pick<Incident, 'id' | 'state' | 'openedAt'>,
  { lock, diagnosis }: Pick<EffectInput, 'lock' | 'diagnosis'>,
): 'by-stop' | 'anyway' {
  const first = lock.stops.find((stop) => stop.incidentId === id && stop.at >= openedAt);
  // A person who was called has most likely done something, so it is not ours to claim.
  if (first === undefined || state === 'escalated') return 'anyway';
  const before = first.before?.others;
  if (before === undefined) return 'by-stop';
  const untouched = diagnosis.views.filter(
    ({ task }) => task.startedAt !== undefined && task.startedAt <= first.at,
  );
  const after = tallyOf(untouched);
  const fell = share(before) >= CONTROL.share && share(after) <= share(before) * CONTROL.fall;
  return fell && chanceOfErrors(before, after) < CONTROL.chance ? 'anyway' : 'by-stop';
}

function tallyOf(views: readonly TaskView[]): Tally {
  return views.reduce(
    (sum, { traffic }) => ({
      requests: sum.requests + (traffic?.requests ?? 0),
      errors: sum.errors + (traffic?.errors ?? 0),
    }),
    { requests: 0, errors: 0 },
  );
}
