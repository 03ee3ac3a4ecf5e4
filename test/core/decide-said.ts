/** What a decision says, in one line: `escalate too-old: why`. */
import { type Decision, decide } from '../../functions/core/decide.ts';
import type { Delivery } from '../../functions/core/delivery.ts';
import type { Incident } from '../../functions/core/incident.ts';
import type { LockState } from '../../functions/core/lock.ts';
import type { Observation } from '../../functions/core/observation.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import type { Verdict } from '../../functions/core/verdict.ts';
import {
  aLock,
  anAlarmDelivery,
  anIncident,
  anObservation,
  aService,
  NO_STORM,
  NOW,
  type Scene,
} from './builders.ts';

export interface Given {
  readonly scene?: Scene;
  readonly seen?: Partial<Observation>;
  readonly lock?: Partial<LockState>;
  readonly incident?: Partial<Incident>;
  readonly delivery?: Delivery;
}

export function decided({ scene, seen, lock, incident, delivery }: Given): Decision {
  const open = incident === undefined ? {} : { incident: anIncident(incident) };
  return decide({
    ...NO_STORM,
    service: aService(),
    lock: aLock({ ...open, ...lock }),
    observation: { ...anObservation(scene), ...seen },
    delivery: delivery ?? anAlarmDelivery(),
    now: NOW,
  });
}

/** `escalate too-old: why`. */
export function spell(verdict: Verdict): string {
  if (verdict.kind === 'act') return `act ${verdict.victim.taskId.slice(0, 2)}`;
  const what = verdict.kind === 'settled' ? verdict.outcome : verdict.kind;
  const reason = 'reason' in verdict ? verdict.reason : verdict.effect;
  return `${what} ${reason}: ${verdict.detail}`;
}
export const said = (given: Given): string => spell(decided(given).verdict);

const ALARM = anAlarmDelivery() as Extract<Delivery, { kind: 'alarm' }>;
export const CHANGED_AT = earlier(NOW, minutes(7 * 60));
export const LATE: Delivery = { kind: 'alarm', alarm: { ...ALARM.alarm, changedAt: CHANGED_AT } };
export const SUPPRESSED: Delivery = {
  kind: 'alarm',
  alarm: { ...ALARM.alarm, suppressedBy: 'shop-maintenance' },
};
export const ASKED: Delivery = {
  kind: 'manual',
  serviceId: 'shop-prod/checkout-api',
  requestedBy: 'ana',
  reason: 'one more',
  dryRun: false,
  request: 'click-1',
};
