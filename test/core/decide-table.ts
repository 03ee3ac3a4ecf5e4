/** Truth tables of the decision: what is seen, what the lock says, and the one verdict that follows. */
import { describe, expect, test } from 'vitest';
import { decide } from '../../functions/core/decide.ts';
import type { LockState } from '../../functions/core/lock.ts';
import type { PolicyOverrides } from '../../functions/core/policy.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import type { Verdict } from '../../functions/core/verdict.ts';
import {
  aLock,
  anAlarmDelivery,
  anIncident,
  anObservation,
  aService,
  aTarget,
  NO_STORM,
  NOW,
  type Scene,
  traffic,
} from './builders.ts';

export interface Case {
  readonly when: string;
  readonly scene?: Scene;
  readonly lock?: Partial<LockState>;
  readonly policy?: PolicyOverrides;
  readonly deliver?: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';
  readonly verdict: string;
}

function verdictOf({ scene, lock, policy, deliver }: Omit<Case, 'when' | 'verdict'>): Verdict {
  const service = aService(policy);
  const observation = anObservation(scene);
  const delivery = anAlarmDelivery(deliver);
  const input = { service, lock: aLock(lock), ...NO_STORM, observation, delivery, now: NOW };
  return decide(input).verdict;
}

/** `act 02`, `hold paused`, `escalate storm`, `settled recovered`. */
function spellVerdict(verdict: Verdict): string {
  if (verdict.kind === 'act')
    return `${verdict.completing ? 'complete' : 'act'} ${verdict.victim.taskId.slice(0, 2)}`;
  if (verdict.kind === 'settled') return `settled ${verdict.outcome}`;
  return `${verdict.kind} ${verdict.reason}`;
}

export const open = { incident: anIncident() };
export const old = {
  incident: anIncident({
    openedAt: earlier(NOW, minutes(16)),
    waitingSince: earlier(NOW, minutes(16)),
  }),
};
export const four = [1, 2, 3, 4];
export const unhealthy = (n: number) =>
  aTarget(n, { state: 'unhealthy', reason: 'Target.Timeout', description: 'Request timed out' });
export const sickTarget = four.map((n) => (n === 3 ? unhealthy(3) : aTarget(n)));
export const quiet = four.map((n) => traffic(n, 100, 0));
export const aStop = (minutesAgo: number) => ({
  incidentId: 'inc',
  taskArn: 'arn:gone',
  at: earlier(NOW, minutes(minutesAgo)),
});

/** Runs one test per row, named by what is seen and what follows. */
export function decides(name: string, cases: readonly Case[]): void {
  describe(name, () => {
    test.each(cases)('$when: $verdict', ({ when: _when, verdict, ...given }) => {
      expect(spellVerdict(verdictOf(given))).toBe(verdict);
    });
  });
}
