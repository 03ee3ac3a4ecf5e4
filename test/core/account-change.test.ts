/** What the change of one service writes about all of them. */
import { describe, expect, test } from 'vitest';
import { type AccountState, emptyAccount } from '../../functions/core/account.ts';
import { accountAfter } from '../../functions/core/account-change.ts';
import type { EntryKind } from '../../functions/core/entry.ts';
import { earlier, later, minutes } from '../../functions/core/time.ts';
import type { Reason, Verdict } from '../../functions/core/verdict.ts';
import {
  aLock,
  anAlarmDelivery,
  anObservation,
  aService,
  aVictim,
  NO_STORM,
  NOW,
} from './builders.ts';

const SERVICE = 'shop-prod/checkout-api';
const ACT: Verdict = { kind: 'act', victim: aVictim(), completing: false };
const hold = (reason: Reason): Verdict => ({ kind: 'hold', reason, until: NOW, detail: '' });
const ago = (count: number) => earlier(NOW, minutes(count));

function changed(verdict: Verdict, kinds: readonly EntryKind[], account = emptyAccount()) {
  const input = {
    ...NO_STORM,
    account,
    service: aService(),
    lock: aLock(),
    observation: anObservation(),
    delivery: anAlarmDelivery(),
    now: NOW,
    decision: { verdict },
  };
  return accountAfter(input, kinds);
}

describe('an incident of one service', () => {
  const OPENED = { version: 1, stops: [], opened: [{ serviceId: SERVICE, at: NOW }] };

  test.each<readonly [string, Verdict, readonly EntryKind[], AccountState | undefined]>([
    ['opens', hold('replacing'), ['opened', 'held'], OPENED],
    ['opens again', hold('replacing'), ['reopened', 'held'], OPENED],
    ['goes on', hold('replacing'), ['held'], undefined],
    ['opens, and is paused', hold('paused'), ['opened'], undefined],
    ['opens, and is scaled to zero', hold('scaled-to-zero'), ['opened'], undefined],
    ['opens, and its alarm is suppressed', hold('alarm-suppressed'), ['opened'], undefined],
    [
      'opens and has its stop claimed',
      ACT,
      ['opened', 'claimed'],
      { ...OPENED, stops: [{ serviceId: SERVICE, at: NOW }] },
    ],
    [
      'has its stop claimed',
      ACT,
      ['claimed'],
      { version: 1, stops: [{ serviceId: SERVICE, at: NOW }], opened: [] },
    ],
  ])('that %s', (_what, verdict, kinds, wanted) => {
    expect(changed(verdict, kinds)).toEqual(wanted);
  });

  test('is written on top of what was there', () => {
    expect(changed(ACT, ['opened'], { ...emptyAccount(), version: 7 })?.version).toBe(8);
  });
});

describe('the fifth service that opens', () => {
  const opened = [1, 2, 3, 4].map((n) => ({ serviceId: `s${n}`, at: ago(n) }));
  const four = { ...emptyAccount(), opened };
  const storm = { since: ago(4), until: later(NOW, minutes(10)) };

  test('begins the storm in the write that tells of it', () => {
    expect(changed(hold('account-storm'), ['opened'], four)?.storm).toEqual(storm);
  });

  test.each([ACT, hold('replacing')])('begins none in any other: %j', (verdict) => {
    expect(changed(verdict, ['opened'], four)).toBeUndefined();
  });

  test('makes one that is on last longer, whatever is told of it', () => {
    const on = { ...four, storm: { since: ago(9), until: later(NOW, minutes(2)) } };

    expect(changed(hold('replacing'), ['opened'], on)?.storm).toEqual({
      since: ago(9),
      until: later(NOW, minutes(10)),
    });
  });
});
