/**
 * A look at a service, as far as its verdict needs one.
 *
 * Everything is read at once, since a stop must not wait. Only when a storm of all services is expected is it asked for
 * first, which takes a round trip longer: where it decides, the tasks are not looked at.
 */
import { type AccountState, stormAt } from '../core/account.ts';
import type { Delivery } from '../core/delivery.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import type { LockState } from '../core/lock.ts';
import type { Observation } from '../core/observation.ts';
import { isHeldByStorm, mayHoldByStorm, NO_EVIDENCE } from '../core/storm-look.ts';
import type { IncidentStore } from '../ports/incident-store.ts';
import { type ObserveDeps, observe, observeEvidence, observeState } from './observe.ts';

export interface LookDeps extends ObserveDeps {
  readonly store: IncidentStore;
}

/** For whom, and why. */
export interface LookRequest {
  readonly service: GuardedService;
  readonly delivery: Delivery;
  readonly signal: AbortSignal;
}

/** What a decision stands on besides the world. */
export interface Shared {
  readonly lock: LockState;
  readonly account: AccountState;
}

/** All that it stands on. */
export interface Seen extends Shared {
  readonly observation: Observation;
}

/** @param reading - of lock and account, under way. */
export async function look(
  deps: LookDeps,
  request: LookRequest,
  reading: Promise<Shared>,
): Promise<Seen> {
  const { service, delivery, signal } = request;
  if (!isStormExpected(deps, delivery)) {
    const [shared, observation] = await Promise.all([reading, observe(deps, service, signal)]);
    return { ...shared, observation };
  }
  const shared = await reading;
  const at = deps.clock.now();
  if (!mayHoldByStorm({ ...shared, delivery, now: at })) {
    return { ...shared, observation: await observe(deps, service, signal) };
  }
  const state = await observeState(deps, service, signal);
  return lookOn(deps, request, { ...shared, observation: { at, ...state, ...NO_EVIDENCE } });
}

/** Reads what was left out, where it is needed by now. */
export async function lookOn(deps: LookDeps, request: LookRequest, seen: Seen): Promise<Seen> {
  const { service, delivery, signal } = request;
  const { observation } = seen;
  if (observation.tasks.kind !== 'unread') return seen;
  const now = deps.clock.now();
  if (mayHoldByStorm({ ...seen, delivery, now }) && isHeldByStorm(observation)) return seen;
  const evidence = await observeEvidence(deps, service, observation.at, signal);
  return { ...seen, observation: { ...observation, ...evidence } };
}

/** A re-check has read lock and account already; an alarm goes by what this process has seen last. */
function isStormExpected({ store, clock }: LookDeps, delivery: Delivery): boolean {
  if (delivery.kind === 'recheck') return true;
  const last = store.lastAccount?.();
  return last !== undefined && stormAt(last, clock.now()) !== undefined;
}
