/** What all services share holds one of them: truth tables of the verdict, and what each verdict writes. */
import { describe, expect, test } from 'vitest';
import { type AccountState, emptyAccount } from '../../functions/core/account.ts';
import type { LockState } from '../../functions/core/lock.ts';
import type { AlarmReading } from '../../functions/core/observation.ts';
import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import type { Verdict } from '../../functions/core/verdict.ts';
import { aLock, anAlarm, anAlarmDelivery, anIncident, aTask, aVictim, NOW } from './builders.ts';
import { answerOf, changeOf, type Look, stepOf } from './steps.ts';

const ago = (some: number) => earlier(NOW, minutes(some));
const others = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ serviceId: `shop/s${index + 1}`, at: ago(2) }));

const gathering: AccountState = { ...emptyAccount(), version: 4, opened: others(4) };
const stormy: AccountState = {
  version: 5,
  stops: [],
  opened: others(5),
  storm: { since: ago(2), until: later(NOW, minutes(8)) },
};
const over: AccountState = { ...stormy, opened: [], storm: { since: ago(30), until: NOW } };
const stopsOf = (count: number, minutesAgo: number): AccountState => ({
  ...emptyAccount(),
  version: 9,
  stops: others(count).map((stop) => ({ ...stop, at: ago(minutesAgo) })),
});

const open = { incident: anIncident() };
const given = {
  incident: anIncident({
    state: 'escalated',
    told: true,
    escalated: { reason: 'account-storm', at: ago(2) },
  }),
};
const stopped = {
  incident: anIncident({ state: 'verifying', stopped: 1, stoppedAt: ago(2), told: true }),
  stops: [{ incidentId: 'inc', taskArn: 'arn:gone', at: ago(2) }],
};
const deadClaim = (taskArn: string) => ({
  ...open,
  intent: {
    incidentId: open.incident.id,
    victim: { ...aVictim(), taskArn },
    claimedAt: ago(5),
    claimedBy: 'dead',
  },
});
const pause = { by: 'ana', why: 'load test', until: later(NOW, minutes(30)) };
const quiet: readonly AlarmReading[] = [anAlarm({ state: 'OK', since: ago(1) })];

function lookOf(
  account: AccountState,
  lock: Partial<LockState> = {},
  more: Partial<Look> = {},
): Look {
  return { account, lock: aLock({ version: 3, ...lock }), ...more };
}

function spell(verdict: Verdict): string {
  if (verdict.kind === 'act') return verdict.completing ? 'complete' : 'act';
  return verdict.kind === 'settled' ? verdict.outcome : `${verdict.kind} ${verdict.reason}`;
}

describe('account-storm', () => {
  test.each([
    ['nobody else is ill', lookOf(emptyAccount()), 'act'],
    ['it is the fourth service', lookOf({ ...gathering, opened: others(3) }), 'act'],
    ['it is the fifth service', lookOf(gathering), 'escalate account-storm'],
    ['its incident was counted already', lookOf(gathering, open), 'act'],
    ['it comes later', lookOf(stormy), 'hold account-storm'],
    ['its incident was open before', lookOf(stormy, open), 'hold account-storm'],
    ['a task of it was stopped before', lookOf(stormy, stopped), 'hold account-storm'],
    ['it is the one that told of it', lookOf(stormy, given), 'hold account-storm'],
    ['it is paused', lookOf(gathering, { pause }), 'hold paused'],
    [
      'it is meant to run nothing',
      lookOf(gathering, {}, { scene: { service: { desired: 0 } } }),
      'hold scaled-to-zero',
    ],
    [
      'its claimer died before the stop',
      lookOf(stormy, deadClaim(aTask(2).arn)),
      'hold account-storm',
    ],
    ['its claimer died after the stop', lookOf(stormy, deadClaim('arn:gone')), 'complete'],
    ['its alarm is OK', lookOf(stormy, open, { scene: { alarms: quiet } }), 'hold alarm-cleared'],
    ['it is over', lookOf(over, open), 'act'],
    ['it is over, for the one that told of it', lookOf(over, given), 'act'],
    ['it is over, for a service that is new', lookOf(over), 'act'],
  ])('%s', (_when, look, verdict) => {
    expect(spell(stepOf(look).decision.verdict)).toBe(verdict);
  });

  test.each([
    ['the fifth service cannot be read', gathering, anAlarmDelivery(), 'escalate account-storm'],
    ['a later one cannot be read', stormy, anAlarmDelivery(), 'hold account-storm'],
    ['one that does not ring cannot be read', stormy, anAlarmDelivery('OK'), 'nothing-to-do'],
    ['nobody else is ill', emptyAccount(), anAlarmDelivery(), 'hold unreadable'],
  ])('when %s', (_when, account, delivery, verdict) => {
    const step = stepOf(lookOf(account, {}, { delivery, unreadable: true }));

    expect(spell(step.decision.verdict)).toBe(verdict);
  });

  test('names the services, since when, and until when nothing is stopped', () => {
    const [, told] = changeOf(lookOf(gathering)).entries;

    expect(told).toMatchObject({ kind: 'escalated', reason: 'account-storm', announce: true });
    expect(told?.detail).toBe(
      '5 services opened an incident within 10 min, the first at 2026-11-20T10:01:41.516Z: ' +
        'shop/s1, shop/s2, shop/s3, shop/s4, shop-prod/checkout-api; ' +
        'nothing is stopped in any service before 2026-11-20T10:13:41.516Z, later if more follow',
    );
  });

  test('is told by the fifth service only: the others hold without a word', () => {
    const { entries, account } = changeOf(lookOf(stormy));

    expect(entries.map(({ kind, announce }) => [kind, announce])).toEqual([
      ['opened', false],
      ['held', false],
    ]);
    expect(account).toBeUndefined();
  });

  test('looks again as seldom as when a person has it', () => {
    expect(changeOf(lookOf(stormy)).recheckAt).toBe(later(NOW, minutes(2)));
  });

  test('gives the incident that told of it back when it is over', () => {
    const held = changeOf(lookOf(over, given, { scene: { service: { pending: 1 } } }));

    expect(held.next.incident).toMatchObject({ state: 'holding', hold: { reason: 'replacing' } });
    const still = changeOf(lookOf(stormy, given));
    expect(still.next.incident).toMatchObject({ state: 'escalated' });
  });

  test('lets a recovery be proven meanwhile', () => {
    const well = { ...open.incident, stableSince: ago(2) };
    const scene = { alarms: [anAlarm({ state: 'OK', since: ago(2) })], traffic: [] };

    expect(changeOf(lookOf(stormy, { incident: well }, { scene })).next.incident?.state).toBe(
      'recovered',
    );
  });
});

describe('budget-spent', () => {
  test.each([
    ['four stops of all services', stopsOf(4, 30), 'act'],
    ['five stops of all services', stopsOf(5, 30), 'escalate budget-spent'],
    ['five stops, an hour ago', stopsOf(5, 60), 'act'],
  ])('after %s', (_when, account, verdict) => {
    expect(spell(stepOf(lookOf(account)).decision.verdict)).toBe(verdict);
  });

  test('says that it is the budget of all services', () => {
    expect(stepOf(lookOf(stopsOf(5, 30))).decision.verdict).toMatchObject({
      detail: '5 of 5 stops of all services are used in 1 h',
    });
  });
});

describe('what is written about all services', () => {
  const id = 'shop-prod/checkout-api';

  test('is the opening and the stop, with the claim', () => {
    expect(changeOf(lookOf(emptyAccount())).account).toEqual({
      version: 1,
      opened: [{ serviceId: id, at: NOW }],
      stops: [{ serviceId: id, at: NOW }],
    });
  });

  test('is the stop alone, when the incident was open', () => {
    expect(changeOf(lookOf(gathering, open)).account).toEqual({
      ...gathering,
      version: 5,
      stops: [{ serviceId: id, at: NOW }],
    });
  });

  test('is the opening alone, when it holds; and that of an incident that is re-opened', () => {
    const scene = { service: { pending: 1 } };
    const recovered = anIncident({ state: 'recovered', recoveredAt: ago(5) });
    const fresh = changeOf(lookOf(emptyAccount(), {}, { scene }));
    const again = changeOf(lookOf(emptyAccount(), { incident: recovered }, { scene }));

    for (const { account } of [fresh, again])
      expect(account).toMatchObject({ opened: [{ serviceId: id }], stops: [] });
    expect(again.entries[0]?.kind).toBe('reopened');
  });

  test('is the storm, with the entry that tells of it', () => {
    expect(changeOf(lookOf(gathering)).account).toMatchObject({
      version: 5,
      stops: [],
      storm: { since: ago(2), until: later(NOW, minutes(10)) },
    });
  });

  test.each([
    ['a look at an open incident', lookOf(gathering, open, { scene: { service: { pending: 1 } } })],
    ['an opening while a person asked for quiet', lookOf(gathering, { pause })],
    [
      'an opening of a service that is meant to run nothing',
      lookOf(gathering, {}, { scene: { service: { desired: 0 } } }),
    ],
    [
      'an opening of alarms that are suppressed',
      lookOf(gathering, {}, { scene: { alarms: [anAlarm({ suppressed: true })] } }),
    ],
    [
      'a fifth opening that cannot tell of the storm, because a claim is open',
      lookOf(gathering, { intent: { ...deadClaim('arn:x').intent, claimedAt: NOW } }),
    ],
    ['an escalation of an open incident', lookOf(stopsOf(5, 30), open)],
  ])('is nothing at %s', (_when, look) => {
    expect(changeOf(look).account).toBeUndefined();
  });

  test('is nothing when the stop is confirmed or refused: it was counted when it was claimed', () => {
    const step = stepOf(lookOf(emptyAccount()));
    const { next } = changeOf(lookOf(emptyAccount()));
    const soon = later(NOW, seconds(2));

    expect(answerOf(step, next, soon, 'accepted').account).toBeUndefined();
    expect(answerOf(step, next, soon, { refused: 'no' }).account).toBeUndefined();
  });
});
