/** What a look may leave out in a storm of all services: nothing that could change the verdict. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccountState } from '../../functions/core/account.ts';
import { advance } from '../../functions/core/advance.ts';
import type { Change } from '../../functions/core/change.ts';
import { type DecisionInput, decide } from '../../functions/core/decide.ts';
import type { Delivery } from '../../functions/core/delivery.ts';
import type { LockState } from '../../functions/core/lock.ts';
import type { Observation } from '../../functions/core/observation.ts';
import { isHeldByStorm, mayHoldByStorm, NO_EVIDENCE } from '../../functions/core/storm-look.ts';
import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import type { Reason } from '../../functions/core/verdict.ts';
import {
  aLock,
  anAlarm,
  anAlarmDelivery,
  anIncident,
  anObservation,
  aService,
  aStoppedTask,
  aTarget,
  aTask,
  aVictim,
  NO_STORM,
  NOW,
  traffic,
} from './builders.ts';

const ago = (some: number) => earlier(NOW, minutes(some));
const others = [1, 2, 3, 4, 5].map((n) => ({ serviceId: `shop/s${n}`, at: ago(2) }));
const STORM: AccountState = {
  version: 5,
  stops: [],
  opened: others,
  storm: { since: ago(2), until: later(NOW, minutes(8)) },
};
const ENDING: AccountState = {
  ...STORM,
  storm: { since: ago(9), until: later(NOW, seconds(9)) },
};
const PAUSE = { by: 'ana', why: 'load test', until: later(NOW, minutes(30)) };
const RECHECK: Delivery = {
  kind: 'recheck',
  serviceId: 'shop-prod/checkout-api',
  incidentId: anIncident().id,
  token: 0,
};
const MANUAL: Delivery = {
  kind: 'manual',
  serviceId: 'shop-prod/checkout-api',
  requestedBy: 'ana',
  reason: 'it fails',
  dryRun: false,
};

function escalated(reason: Reason): Partial<LockState> {
  const called = { state: 'escalated', told: true, escalated: { reason, at: ago(2) } } as const;
  return { incident: anIncident(called) };
}

function lateAlarm(): Delivery {
  const delivery = anAlarmDelivery();
  if (delivery.kind !== 'alarm') throw new Error('no alarm');
  return { ...delivery, alarm: { ...delivery.alarm, changedAt: ago(24 * 60) } };
}

const CLAIM = {
  incident: anIncident(),
  intent: {
    incidentId: anIncident().id,
    victim: aVictim(),
    claimedAt: ago(5),
    claimedBy: 'dead',
  },
};

describe('the storm may be all that decides', () => {
  test.each<[string, boolean, Partial<LockState>, AccountState, Delivery]>([
    ['an alarm rings', true, {}, STORM, anAlarmDelivery()],
    ['an incident is open', true, { incident: anIncident() }, STORM, RECHECK],
    ['a person was called for the storm', true, escalated('account-storm'), STORM, RECHECK],
    ['no storm is on', false, {}, NO_STORM.account, anAlarmDelivery()],
    ['it is about to end', false, {}, ENDING, anAlarmDelivery()],
    ['a claim is to be completed', false, CLAIM, STORM, RECHECK],
    ['the service is paused', false, { pause: PAUSE }, STORM, anAlarmDelivery()],
    ['all services are paused', false, {}, { ...STORM, pause: PAUSE }, anAlarmDelivery()],
    ['a person has it', false, escalated('no-suspect'), STORM, RECHECK],
    ['a person asks', false, escalated('account-storm'), STORM, MANUAL],
    ['an alarm says OK', false, { incident: anIncident() }, STORM, anAlarmDelivery('OK')],
    ['an alarm comes a day late', false, {}, STORM, lateAlarm()],
  ])('%s: %s', (_name, expected, lock, account, delivery) => {
    expect(mayHoldByStorm({ lock: aLock(lock), account, delivery, now: NOW })).toBe(expected);
  });

  test.each<[string, boolean, Partial<Observation>]>([
    ['an alarm rings', true, {}],
    ['none rings', false, { alarms: { kind: 'read', value: [anAlarm({ state: 'OK' })] } }],
    [
      'its actions are suppressed',
      false,
      { alarms: { kind: 'read', value: [anAlarm({ suppressed: true })] } },
    ],
    ['alarms cannot be read', false, { alarms: { kind: 'unreadable', code: 'x', message: 'x' } }],
    ['the service cannot be read', false, { service: { kind: 'absent' } }],
  ])('by what the service shows: %s, %s', (_name, expected, seen) => {
    expect(isHeldByStorm({ ...anObservation(), ...seen })).toBe(expected);
  });

  test('a service that is meant to run nothing is looked at', () => {
    expect(isHeldByStorm(anObservation({ service: { desired: 0 } }))).toBe(false);
  });
});

const FAILED = { kind: 'unreadable', code: 'dependency.unavailable', message: 'down' } as const;
const someTask = fc.record({
  lastStatus: fc.constantFrom('RUNNING', 'PENDING', 'DEACTIVATING'),
  health: fc.constantFrom('HEALTHY', 'UNHEALTHY', 'UNKNOWN'),
  zone: fc.constantFrom('eu-west-1a', 'eu-west-1b'),
  revision: fc.constantFrom('checkout-api:41', 'checkout-api:42'),
  errors: fc.integer({ min: 0, max: 100 }),
  target: fc.constantFrom('healthy', 'unhealthy', 'draining', 'initial'),
});
const someObservation = fc
  .record({
    alarms: fc.array(
      fc.record({ state: fc.constantFrom('ALARM', 'OK'), suppressed: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 2,
      },
    ),
    desired: fc.constantFrom(0, 1, 4),
    tasks: fc.array(someTask, { maxLength: 6 }),
    ended: fc.integer({ min: 0, max: 4 }),
    fails: fc.constantFrom(undefined, 'tasks', 'targets', 'traffic', 'stopped', 'alarms'),
  })
  .map(({ alarms, desired, tasks, ended, fails }) => {
    const numbered = tasks.map((task, index) => ({ ...task, n: index + 1 }));
    const seen = anObservation({
      alarms: alarms.map((alarm, n) => anAlarm({ ...alarm, arn: `${anAlarm().arn}${n || ''}` })),
      service: { desired },
      tasks: numbered.map(({ n, errors: _, target: __, ...task }) => aTask(n, task)),
      targets: numbered.map(({ n, target }) => aTarget(n, { state: target })),
      traffic: numbered.map(({ n, errors }) => traffic(n, 100, errors)),
      stopped: Array.from({ length: ended }, (_, n) => aStoppedTask(n + 20, n + 1)),
    });
    return fails === undefined ? seen : { ...seen, [fails]: FAILED };
  });
const someLock = fc.constantFrom<Partial<LockState>>(
  {},
  { incident: anIncident() },
  { incident: anIncident({ state: 'holding', hold: { reason: 'no-suspect', since: ago(20) } }) },
  {
    incident: anIncident({ state: 'verifying', stopped: 1, stoppedAt: ago(2), told: true }),
    stops: [{ incidentId: 'inc', taskArn: aTask(2).arn, at: ago(2), revision: 'checkout-api:42' }],
    cooldownUntil: later(NOW, minutes(3)),
  },
  { incident: anIncident({ state: 'recovered', recoveredAt: ago(1) }) },
  { incident: anIncident({ state: 'verifying', stopped: 1, provingSince: ago(3) }) },
  escalated('account-storm'),
  escalated('no-suspect'),
  { pause: PAUSE },
  CLAIM,
);

/** What is written, without the numbers of the moment that its entries show. */
function written(input: DecisionInput): unknown {
  const decision = decide(input);
  const change: Change | undefined = advance({ ...input, decision, requestId: 'request' });
  const strip = ({ facts: _, ...entry }: Change['entries'][number]) => entry;
  if (change === undefined) return { verdict: decision.verdict };
  const { next, entries, account, recheckAt } = change;
  const outbox = next.outbox.map(strip);
  return {
    verdict: decision.verdict,
    next: { ...next, outbox },
    entries: entries.map(strip),
    account,
    recheckAt,
  };
}

test('whatever the evidence is, leaving it out changes neither the verdict nor what is written', () => {
  fc.assert(
    fc.property(
      someObservation,
      someLock,
      fc.constantFrom(STORM, ENDING, NO_STORM.account),
      fc.constantFrom(anAlarmDelivery(), RECHECK, anAlarmDelivery('OK'), lateAlarm(), MANUAL),
      (observation, locked, account, delivery) => {
        const lock = aLock(locked);
        fc.pre(mayHoldByStorm({ lock, account, delivery, now: NOW }));
        fc.pre(isHeldByStorm(observation));
        const { limits } = NO_STORM;
        const input = { service: aService(), lock, account, limits, delivery, now: NOW };
        expect(written({ ...input, observation: { ...observation, ...NO_EVIDENCE } })).toEqual(
          written({ ...input, observation }),
        );
      },
    ),
    { numRuns: 300 },
  );
});
