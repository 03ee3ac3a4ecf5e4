/** Tables of the sentences that a decision gives: what on-call reads, word for word. */
import { describe, expect, test } from 'vitest';
import type { AccountState } from '../../functions/core/account.ts';
import type { AccountLimits } from '../../functions/core/account-limits.ts';
import { decide } from '../../functions/core/decide.ts';
import type { LockState } from '../../functions/core/lock.ts';
import type { PolicyOverrides } from '../../functions/core/policy.ts';
import {
  aLock,
  anAlarmDelivery,
  anObservation,
  aService,
  NO_STORM,
  NOW,
  type Scene,
} from './builders.ts';

interface Case {
  readonly scene?: Scene;
  readonly lock?: Partial<LockState>;
  readonly account?: Partial<AccountState>;
  readonly limits?: Partial<AccountLimits>;
  readonly policy?: PolicyOverrides;
  readonly deliver?: 'ALARM' | 'OK';
  readonly says: string;
}

function wordsOf({ scene, lock, account, limits, policy, deliver }: Case): string {
  const { verdict } = decide({
    ...NO_STORM,
    account: { ...NO_STORM.account, ...account },
    limits: { ...NO_STORM.limits, ...limits },
    service: aService(policy),
    lock: aLock(lock),
    observation: anObservation(scene),
    delivery: anAlarmDelivery(deliver),
    now: NOW,
  });
  return verdict.kind === 'act' ? verdict.victim.why : verdict.detail;
}

/** Runs one test per row, named by what is said. */
export function says(name: string, cases: readonly Case[]): void {
  describe(name, () => {
    test.each(cases)('$says', (given) => {
      expect(wordsOf(given)).toBe(given.says);
    });
  });
}
