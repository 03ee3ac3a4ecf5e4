/** Steps of an incident as the shell makes them: look, decide, advance, and, when a stop was claimed, its answer. */
import { advance, advanceRefused, advanceStopped } from '../../functions/core/advance.ts';
import type { Change, Step } from '../../functions/core/change.ts';
import { decide } from '../../functions/core/decide.ts';
import type { Delivery } from '../../functions/core/delivery.ts';
import type { GuardedService } from '../../functions/core/guarded-service.ts';
import type { LockState } from '../../functions/core/lock.ts';
import type { EpochMillis } from '../../functions/core/time.ts';
import { anAlarmDelivery, anObservation, aService, NOW, type Scene } from './builders.ts';

export interface Look {
  readonly lock: LockState;
  readonly at?: EpochMillis;
  readonly scene?: Scene;
  readonly service?: GuardedService;
  readonly delivery?: Delivery;
}

/** The step that one look at a scene leads to. */
export function stepOf({ lock, at = NOW, scene = {}, service, delivery }: Look): Step {
  const input = {
    service: service ?? aService(),
    lock,
    observation: anObservation({ ...scene, at }),
    delivery: delivery ?? anAlarmDelivery(),
    now: at,
  };
  return { ...input, decision: decide(input), requestId: '3f9c0000-0000-4000-8000-000000000000' };
}

/** As {@link stepOf}, and the change it makes; a look that changes nothing is an error of the test. */
export function changeOf(look: Look): Change {
  const change = advance(stepOf(look));
  if (change === undefined) throw new Error('the step changes nothing');
  return change;
}

/** ECS's answer to the stop that `step` claimed, a moment later. */
export function answerOf(
  step: Step,
  lock: LockState,
  now: EpochMillis,
  answer: 'accepted' | { readonly refused: string },
): Change {
  const current = { ...step, lock, now };
  return answer === 'accepted' ? advanceStopped(current) : advanceRefused(current, answer.refused);
}
