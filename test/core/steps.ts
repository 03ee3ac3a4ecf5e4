/** Steps of an incident as the shell makes them: look, decide, advance, and, when a stop was claimed, its answer. */
import type { AccountState } from '../../functions/core/account.ts';
import { advance, advanceRefused, advanceStopped } from '../../functions/core/advance.ts';
import type { Change, Step } from '../../functions/core/change.ts';
import { decide } from '../../functions/core/decide.ts';
import type { Delivery } from '../../functions/core/delivery.ts';
import type { GuardedService } from '../../functions/core/guarded-service.ts';
import type { LockState } from '../../functions/core/lock.ts';
import type { EpochMillis } from '../../functions/core/time.ts';
import { anAlarmDelivery, anObservation, aService, NO_STORM, NOW, type Scene } from './builders.ts';

export interface Look {
  readonly lock: LockState;
  readonly at?: EpochMillis;
  readonly scene?: Scene;
  readonly service?: GuardedService;
  readonly delivery?: Delivery;
  readonly account?: AccountState;
  /** The service could not be read at all. */
  readonly unreadable?: boolean;
}

const UNREADABLE = {
  kind: 'unreadable',
  code: 'dependency.unavailable',
  message: 'ecs is down',
} as const;

/** The step that one look at a scene leads to. */
export function stepOf(look: Look): Step {
  const { lock, at = NOW, scene = {}, service, delivery, account = NO_STORM.account } = look;
  const observation = anObservation({ ...scene, at });
  const input = {
    service: service ?? aService(),
    lock,
    account,
    limits: NO_STORM.limits,
    observation: look.unreadable === true ? { ...observation, service: UNREADABLE } : observation,
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
