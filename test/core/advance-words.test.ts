/** What a verdict makes of an incident, and what its entries say: of holds, of calls and of a refused stop. */
import { describe, expect, test } from 'vitest';
import { acknowledge } from '../../functions/core/acknowledge.ts';
import { advance, advanceRefused, advanceStopped } from '../../functions/core/advance.ts';
import type { Change, Step } from '../../functions/core/change.ts';
import type { Delivery } from '../../functions/core/delivery.ts';
import type { Incident } from '../../functions/core/incident.ts';
import type { LockState } from '../../functions/core/lock.ts';
import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import { REASONS, type Reason, type Verdict } from '../../functions/core/verdict.ts';
import { aLock, anIncident, aService, aTask, aVictim, NO_STORM, NOW, traffic } from './builders.ts';
import { aStop, four } from './decide-table.ts';
import { type Look, stepOf } from './steps.ts';

const CAUSE = { code: 'port', sentence: 'It listens nowhere.', evidence: [], fix: 'Open it.' };
const cause = CAUSE as unknown as NonNullable<Extract<Verdict, { kind: 'hold' }>['cause']>;
const ASKED: Delivery = {
  kind: 'manual',
  serviceId: 'shop-prod/checkout-api',
  requestedBy: 'ana',
  reason: 'one more',
  dryRun: false,
  request: 'click-1',
};
const ago = (count: number) => earlier(NOW, minutes(count));

function withVerdict(look: Look, verdict: Verdict): Step {
  const step = stepOf(look);
  return { ...step, decision: { ...step.decision, verdict } };
}

function changed(step: Step): Change & { readonly incident: Incident } {
  const change = advance(step);
  if (change?.next.incident === undefined) throw new Error('nothing changed');
  return { ...change, incident: change.next.incident };
}

const holding = (reason: Reason, lock: Partial<LockState> = {}, extra: object = {}, look = {}) =>
  changed(
    withVerdict(
      { lock: aLock(lock), ...look },
      { kind: 'hold', reason, until: later(NOW, seconds(20)), detail: 'why', ...extra },
    ),
  );
const calling = (lock: Partial<LockState> = {}, extra: object = {}) =>
  changed(
    withVerdict(
      { lock: aLock(lock) },
      { kind: 'escalate', reason: 'storm', detail: 'why', ...extra },
    ),
  );

describe('a hold', () => {
  test.each(REASONS)('for %s is told at once, or is quiet', (reason) => {
    const quiet = ['alarm-cleared', 'alarm-suppressed', 'too-old', 'settling', 'lock-held'];
    const others = ['downstream', 'account-storm', 'no-suspect', 'starting'];
    const { entries, incident } = holding(reason);
    const isTold = ![...quiet, ...others].includes(reason);

    expect(entries.map(({ kind }) => kind)).toEqual(['opened', 'held']);
    expect(entries.at(-1)?.announce).toBe(isTold);
    expect(incident.told).toBe(isTold);
  });

  test.each<[Reason, boolean]>([
    ['cooling-down', true],
    ['no-suspect', true],
    ['alarm-cleared', false],
    ['paused', false],
    ['settling', false],
  ])('for %s counts as waiting: %s', (reason, isWaiting) => {
    const before = anIncident({ waitingSince: ago(5) });
    expect(holding(reason).incident.waitingSince).toBe(isWaiting ? NOW : undefined);
    const kept = holding(reason, { incident: before }).incident.waitingSince;
    expect(kept).toBe(isWaiting ? ago(5) : undefined);
  });

  test('is as old as its reason', () => {
    const incident = anIncident({ hold: { reason: 'storm', since: ago(5) } });
    expect(holding('storm', { incident }).incident.hold?.since).toBe(ago(5));
    expect(holding('storm', { incident }).entries).toEqual([]);
    expect(holding('at-floor', { incident }).incident.hold?.since).toBe(NOW);
  });

  const pause = { by: 'ana', why: 'load test', until: later(NOW, minutes(5)) };
  const all = { ...NO_STORM.account, pause };
  test.each<[string, Reason, Partial<LockState>, object, string | undefined]>([
    ['by a pause of its own', 'paused', { pause }, {}, 'shop-prod/checkout-api'],
    ['by a pause of all', 'paused', {}, { account: all }, '*'],
    ['for another reason', 'cooling-down', { pause }, {}, undefined],
  ])('%s says which pause to end', (_how, reason, lock, look, scope) => {
    const entry = holding(reason, lock, {}, look).entries.at(-1);
    expect(entry?.pauseScope).toBe(scope);
    expect(Object.hasOwn(entry ?? {}, 'pauseScope')).toBe(scope !== undefined);
  });

  test('says until when, and in which environment and cluster', () => {
    expect(holding('cooling-down').entries.at(-1)).toMatchObject({
      detail: 'why',
      reason: 'cooling-down',
      until: later(NOW, seconds(20)),
      environment: 'prod',
      where: {
        clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop-prod',
        logGroup: '/ecs/checkout-api',
      },
      facts: { desired: 4, running: 4, logs: { source: 'FilterLogEvents', calls: 1, usd: 0 } },
    });
  });

  test('of an incident with a person explains its cause, once', () => {
    const escalated = { reason: 'storm', at: ago(1) } as const;
    const hold = { reason: 'storm', since: ago(1) } as const;
    const incident = anIncident({ state: 'escalated', escalated, hold });
    const { entries, incident: next } = holding('storm', { incident }, { cause });

    expect(entries).toMatchObject([
      { kind: 'explained', announce: true, reason: 'storm', detail: CAUSE.sentence, cause: CAUSE },
    ]);
    expect(next.explained).toBe(true);
    expect(holding('storm', { incident: next }, { cause }).entries).toEqual([]);
    expect(holding('storm', { incident: anIncident({ hold }) }, { cause }).entries).toEqual([]);
    expect(holding('storm', { incident }).incident.explained).toBeUndefined();
  });
});

describe('a call for a person', () => {
  test('says whether the cause is known', () => {
    const known = calling({}, { cause });
    expect(known.incident).toMatchObject({ state: 'escalated', explained: true, told: true });
    expect(known.entries.at(-1)).toMatchObject({ kind: 'escalated', announce: true, cause: CAUSE });
    expect(calling().incident.explained).toBe(false);
    expect(calling().entries.at(-1)).not.toHaveProperty('cause');
  });

  test('says what the last stop of this incident did, and of no other', () => {
    const incident = anIncident();
    const own = { ...aStop(5), incidentId: incident.id, effect: 'helped' } as const;
    const other = { ...aStop(4), incidentId: 'inc-0', effect: 'worse' } as const;

    expect(calling({ incident, stops: [own, other] }).entries[0]?.outcome).toBe('helped');
    expect(calling({ incident, stops: [other] }).entries[0]).not.toHaveProperty('outcome');
  });
});

describe('the next look', () => {
  const inAll = (lock: Partial<LockState>, verdict: Verdict) =>
    (changed(withVerdict({ lock: aLock(lock) }, verdict)).recheckAt ?? NOW) - NOW;
  const hold = (reason: Reason, after = 600): Verdict => ({
    kind: 'hold',
    reason,
    until: later(NOW, seconds(after)),
    detail: '',
  });
  const call: Verdict = { kind: 'escalate', reason: 'storm', detail: '' };
  const had = (at: number): Partial<LockState> => ({
    incident: anIncident({ state: 'escalated', escalated: { reason: 'storm', at: ago(at) } }),
  });

  test.each<[string, number, Partial<LockState>, Verdict]>([
    ['as usual', 30, {}, hold('cooling-down')],
    ['sooner, when a hold ends sooner', 20, {}, hold('cooling-down', 20)],
    ['as usual, when it ends now', 30, {}, hold('cooling-down', 0)],
    ['later in a pause', 120, {}, hold('paused')],
    ['later where nothing is to run', 120, {}, hold('scaled-to-zero')],
    ['later in a storm of all', 120, {}, hold('account-storm')],
    ['as usual while the cause is looked for', 30, {}, call],
    ['as usual after the call for a storm of all', 30, {}, { ...call, reason: 'account-storm' }],
    ['later once the cause is told', 120, {}, { ...call, cause }],
    ['later while a person has it', 120, had(9), hold('storm')],
    ['as usual when something else holds it', 30, had(9), hold('alarm-cleared')],
  ])('comes %s: after %i s', (_when, after, lock, verdict) => {
    expect(inAll(lock, verdict)).toBe(seconds(after));
  });
});

describe('a claimed stop', () => {
  const tally = { requests: 100, errors: 1 };
  const before = { victim: tally, others: tally, ill: 1 };
  const intent = (claimedBy = 'r1') => ({
    incidentId: anIncident().id,
    victim: aVictim(2),
    claimedAt: NOW,
    claimedBy,
  });
  const claimed = (incident: Partial<Incident> = {}, delivery?: Delivery): Step => ({
    ...stepOf({ lock: aLock({ incident: anIncident(incident) }) }),
    lock: aLock({ incident: anIncident({ state: 'acting', ...incident }), intent: intent() }),
    ...(delivery === undefined ? {} : { delivery }),
  });

  test('that was accepted is told with its reason, and looked after', () => {
    const { next, entries, recheckAt } = advanceStopped(claimed());

    expect(next.incident).toMatchObject({
      state: 'verifying',
      stopped: 1,
      stoppedAt: NOW,
      told: true,
    });
    expect(next).not.toHaveProperty('intent');
    expect(entries).toMatchObject([
      { kind: 'stopped', announce: true, detail: aVictim(2).why, victim: aVictim(2) },
    ]);
    expect(recheckAt).toBeUndefined();
  });

  const known = { escalated: { reason: 'stop-refused', at: ago(5) } } as const;
  test.each<[string, string, Partial<Incident>, Delivery | undefined, string | undefined]>([
    ['calls a person', 'stop-refused', {}, undefined, undefined],
    ['calls who asked, when it is news', 'stop-refused', {}, ASKED, undefined],
    ['calls again when nobody asked', 'stop-refused', known, undefined, undefined],
    ['is only told to who asked and knows', 'held', known, ASKED, 'ana'],
  ])('that was refused %s', (_what, kind, incident, delivery, by) => {
    const { next, entries } = advanceRefused(claimed(incident, delivery), 'no permission');

    expect(entries).toMatchObject([
      { kind, announce: true, reason: 'stop-refused', detail: 'no permission', victim: aVictim(2) },
    ]);
    expect(entries[0]?.requestedBy).toBe(by);
    expect(next).not.toHaveProperty('intent');
    expect(next.incident).toMatchObject({
      state: 'escalated',
      escalated: { reason: 'stop-refused', at: NOW },
      told: true,
    });
  });

  test('judges the stop before it, and none before that', () => {
    const stops = [aStop(200), aStop(190), { ...aStop(20), before: { ...before, ill: 2 } }];
    const { next } = changed(stepOf({ lock: aLock({ stops }) }));

    expect(next.intent?.victim.taskArn).toBe(aTask(2).arn);
    expect(next.stops.map(({ effect }) => effect)).toEqual([undefined, undefined, 'helped']);
  });
});

test('an incident that opens is named by its service and its request', () => {
  const quiet = { traffic: four.map((n) => traffic(n, 100, 0)) };
  const step = stepOf({ lock: aLock(), scene: quiet });
  const idOf = (part: Partial<Step>) => changed({ ...step, ...part }).incident.id;
  const other = { service: { ...step.service, id: 'shop-prod/cart' } };

  expect(idOf({ requestId: 'b' })).not.toBe(idOf({ requestId: 'a' }));
  expect(idOf({ ...other, requestId: 'a' })).not.toBe(idOf({ requestId: 'a' }));
});

describe('what is written', () => {
  const pause = { by: 'ana', why: 'load test', until: later(NOW, minutes(5)) };
  const { logGroup: _none, ...silent } = aService();

  test.each<[string, Look]>([
    ['a claim', { lock: aLock() }],
    ['a hold', { lock: aLock({ pause }) }],
    ['a call', { lock: aLock(), scene: { targets: [] } }],
    ['a proof', { lock: aLock({ incident: anIncident() }), scene: { alarms: [] } }],
    ['a service without logs', { lock: aLock({ pause }), service: silent }],
    ['a service that cannot be read', { lock: aLock(), unreadable: true }],
  ])('of %s has no field without a value', (_what, look) => {
    const change = advance(stepOf(look));
    expect(change).toStrictEqual(JSON.parse(JSON.stringify(change)));
  });

  test('of somebody who has it counts stops, and knows no more of the moment', () => {
    const lock = aLock({ incident: anIncident(), stops: [aStop(5)] });
    const { serviceId } = lock;
    const delivery = {
      kind: 'acknowledge',
      serviceId,
      incidentId: anIncident().id,
      by: 'ana',
    } as const;
    const { change } = acknowledge({ service: aService(), lock, delivery, now: NOW });

    expect(change?.entry.facts).toEqual({ alarms: [], stopsUsed: 1, stopsAllowed: 3 });
    expect(change).toStrictEqual(JSON.parse(JSON.stringify(change)));
  });
});
