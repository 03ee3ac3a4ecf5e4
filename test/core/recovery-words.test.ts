/** What the end of an incident is told by, what stays of it, and what a drill or a late message leaves on it. */
import { describe, expect, test } from 'vitest';
import { advance } from '../../functions/core/advance.ts';
import type { Change } from '../../functions/core/change.ts';
import { decide } from '../../functions/core/decide.ts';
import { diagnose } from '../../functions/core/evidence.ts';
import type { Incident } from '../../functions/core/incident.ts';
import type { LockState } from '../../functions/core/lock.ts';
import { complete, type Observation, type TaskReading } from '../../functions/core/observation.ts';
import { judgeRecovery, stableSinceAt } from '../../functions/core/recovery.ts';
import { answeredWith, requestFor } from '../../functions/core/request.ts';
import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import type { Verdict } from '../../functions/core/verdict.ts';
import {
  aLock,
  anAlarm,
  anAlarmDelivery,
  anIncident,
  anObservation,
  aService,
  aStoppedTask,
  aTask,
  NOW,
  type Scene,
} from './builders.ts';
import { aStop, four } from './decide-table.ts';
import { stepOf } from './steps.ts';

const ago = (count: number) => earlier(NOW, minutes(count));
const OK = anAlarm({ state: 'OK', since: ago(5) });

function inputOf(scene: Scene, incident: Partial<Incident> = {}, lock: Partial<LockState> = {}) {
  const observation = complete(anObservation({ alarms: [OK], ...scene }));
  if ('unreadable' in observation) throw new Error('incomplete');
  const service = aService();
  const diagnosis = diagnose(observation, service.policy);
  const open = anIncident({ stableSince: ago(3), ...incident });
  return { incident: open, lock: aLock(lock), service, observation, diagnosis, now: NOW };
}
function judged(...given: Parameters<typeof inputOf>): string {
  const verdict = judgeRecovery(inputOf(...given));
  return verdict.kind === 'act' ? verdict.kind : verdict.detail;
}

describe('a recovery is not proven', () => {
  const { startedAt: _never, ...gone } = aTask(5, {
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
  });
  const alarmOf = (name: string, state: 'ALARM' | 'INSUFFICIENT_DATA') =>
    anAlarm({ arn: name, name, state });
  const crashed = [1, 2].map((n) =>
    aStoppedTask(20 + n, n, {
      stopCode: 'EssentialContainerExited',
      exitCode: 1,
      startedAt: ago(40),
    }),
  );
  const unstarted = [1, 2].map((n) =>
    aStoppedTask(20 + n, n, { stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPull' }),
  );

  test.each<[string, Scene]>([
    ['other is ALARM', { alarms: [OK, alarmOf('other', 'ALARM')] }],
    ['3 of 4 tasks run, 0 pending', { service: { running: 3 } }],
    ['4 of 4 tasks run, 1 pending', { service: { pending: 1 } }],
    ['4 of 5 tasks healthy', { service: { desired: 5, running: 5 } }],
    [
      '2 tasks of checkout-api:42 ended by themselves within 15 min: exit code 1',
      { stopped: crashed },
    ],
    [
      '2 tasks of checkout-api:42 failed to start within 15 min: CannotPull',
      { stopped: unstarted },
    ],
  ])('while %s', (flaw, scene) => {
    expect(judged(scene)).toBe(`not yet: ${flaw}`);
    expect(stableSinceAt(inputOf(scene))).toBeUndefined();
  });

  test('by an alarm that never rang in it', () => {
    const alarms = [OK, alarmOf('other', 'INSUFFICIENT_DATA')];
    expect(judged({ alarms })).toMatch(/^alarms OK and 4 of 4 tasks healthy for 3 min /);
  });

  test('later because of a task that ended and never ran', () => {
    const tasks: readonly TaskReading[] = [...four.map((n) => aTask(n)), gone];
    const scene = { tasks, service: { desired: 4, running: 4 } };
    expect(stableSinceAt(inputOf(scene))).toBe(ago(3));
  });

  test('sooner than its own alarms are OK, whatever the others do', () => {
    const other = anAlarm({ arn: 'other', state: 'OK', since: ago(1) });
    expect(stableSinceAt(inputOf({ alarms: [OK, other] }))).toBe(ago(3));
    expect(stableSinceAt(inputOf({ alarms: [OK, other] }, { rang: ['other'] }))).toBe(ago(1));
  });
});

test.each<[string, Partial<Incident>, Partial<LockState>]>([
  ['nothing was stopped', {}, {}],
  [
    'the untouched tasks were well all along, so the stop did it',
    { stopped: 1, openedAt: ago(9) },
    { stops: [{ ...aStop(5), incidentId: anIncident().id }] },
  ],
  ['it cannot be put down to a stop of ours', { stopped: 1 }, {}],
])('a recovery says why: %s', (why, incident, lock) => {
  const proof = 'alarms OK and 4 of 4 tasks healthy for 3 min (needed 1 min)';
  expect(judged({}, incident, lock)).toBe(`${proof}; ${why}`);
});

const RECOVERED: Verdict = {
  kind: 'settled',
  outcome: 'recovered',
  detail: 'well',
  effect: 'by-stop',
  stableSince: ago(2),
};

function over(incident: Partial<Incident>, lock: Partial<LockState> = {}): Change {
  const step = stepOf({ lock: aLock({ incident: anIncident(incident), ...lock }) });
  const change = advance({ ...step, decision: { ...step.decision, verdict: RECOVERED } });
  if (change === undefined) throw new Error('nothing changed');
  return change;
}

describe('an incident that is over', () => {
  test.each<[string, Partial<Incident>, boolean, true | undefined]>([
    ['was told: so is its end', { told: true, shown: true }, true, undefined],
    ['was shown: its end is shown', { shown: true }, false, true],
    ['was not heard of: nor is its end', {}, false, undefined],
  ])('%s', (_how, incident, announce, quiet) => {
    const { entries, next, recheckAt } = over(incident);

    expect(entries).toMatchObject([
      { kind: 'recovered', detail: 'well', outcome: 'by-stop', announce },
    ]);
    expect(entries[0]?.quiet).toBe(quiet);
    expect(next.incident).toMatchObject({ state: 'recovered', recoveredAt: NOW, told: false });
    expect(recheckAt).toBeUndefined();
  });

  test('has judged its own stops, and keeps what was judged before', () => {
    const { id } = anIncident();
    const stops = [
      { ...aStop(30), incidentId: 'inc-0' },
      { ...aStop(20), incidentId: id, effect: 'helped' as const },
      { ...aStop(10), incidentId: id },
    ];
    expect(over({}, { stops }).next.stops.map(({ effect }) => effect)).toEqual([
      undefined,
      'helped',
      'by-stop',
    ]);
  });

  test.each<[string, Partial<Incident>, object]>([
    ['without a stop', {}, { recover: minutes(2) }],
    [
      'after a stop',
      { stoppedAt: ago(1), openedAt: ago(2) },
      { act: minutes(1), recover: minutes(2), replace: expect.any(Number) },
    ],
    [
      'after a stop of an earlier episode',
      { stoppedAt: ago(9), openedAt: ago(2) },
      { recover: minutes(2) },
    ],
  ])('says how long it took: %s', (_how, incident, ledger) => {
    expect(over({ alarmSince: ago(2), ...incident }).entries[0]?.ledger).toEqual(ledger);
  });
});

describe('an incident that opens', () => {
  const drill = { id: 'drill-1', by: 'ana', since: ago(5), until: later(NOW, minutes(5)) };
  const opened = (lock: Partial<LockState>) => {
    const change = advance(stepOf({ lock: aLock(lock) }));
    return { incident: change?.next.incident, entries: change?.entries ?? [] };
  };
  const lastOne = (part: Partial<Incident>) =>
    anIncident({ state: 'recovered', recoveredAt: ago(5), ...part });

  test('in a drill says so, as long as the drill is on', () => {
    const { incident, entries } = opened({ drill });
    expect(incident?.drill).toBe('drill-1');
    expect(entries.map((entry) => entry.drill)).toEqual(['drill-1', 'drill-1']);
    const past = opened({ drill: { ...drill, until: NOW } });
    expect(past.incident).not.toHaveProperty('drill');
    expect(past.entries[0]).not.toHaveProperty('drill');
  });

  test('before a drill is no part of it', () => {
    const step = stepOf({ lock: aLock({ drill, incident: anIncident() }) });
    expect(advance(step)?.entries[0]).not.toHaveProperty('drill');
  });

  test.each<[string, Partial<LockState>, number]>([
    ['soon after the last is the same again', { incident: lastOne({}) }, 1],
    ['a quarter of an hour after it too', { incident: lastOne({ recoveredAt: ago(15) }) }, 1],
    ['later is a new one', { incident: lastOne({ recoveredAt: ago(16) }) }, 0],
    ['after a drill is a new one', { incident: lastOne({ drill: 'drill-0' }) }, 0],
    ['in a drill is a new one', { incident: lastOne({}), drill }, 0],
    ['in the same drill is the same again', { incident: lastOne({ drill: 'drill-1' }), drill }, 1],
  ])('%s', (_when, lock, reopened) => {
    const { incident, entries } = opened(lock);
    expect(incident?.reopened).toBe(reopened);
    expect(entries[0]?.kind).toBe(reopened === 1 ? 'reopened' : 'opened');
    expect(incident?.id === anIncident().id).toBe(reopened === 1);
  });

  test('while nobody can say what rings names no alarm', () => {
    const down = { kind: 'unreadable', code: 'dependency.unavailable', message: '' } as const;
    const step = stepOf({ lock: aLock() });
    const observation: Observation = { ...step.observation, alarms: down };
    const incident = advance({ ...step, observation, decision: decide({ ...step, observation }) })
      ?.next.incident;
    expect(incident).toMatchObject({ rang: [], alarmSince: NOW, state: 'holding' });
  });
});

describe('a request', () => {
  const incident = anIncident({ state: 'escalated', escalated: { reason: 'storm', at: ago(9) } });
  const about = { kind: 'manual', serviceId: 'shop-prod/checkout-api', reason: '' } as const;
  const delivery = { ...about, requestedBy: 'ana', dryRun: false };
  const asked = (part: object) =>
    requestFor({ delivery: { ...delivery, ...part }, lock: { incident } });

  test.each<[string, object, object | undefined]>([
    ['of a person who was called', { request: 'r1' }, { request: 'r1', by: 'ana' }],
    ['without a name', {}, undefined],
    ['that only looks', { request: 'r1', dryRun: true }, undefined],
    ['about another incident', { request: 'r1', incidentId: 'inc-0' }, undefined],
  ])('%s', (_which, part, wanted) => {
    expect(asked(part)).toEqual(wanted);
  });

  test('is none when an alarm comes', () => {
    expect(requestFor({ delivery: anAlarmDelivery(), lock: { incident } })).toBeUndefined();
  });

  test('is remembered, among the last ten', () => {
    const answered = Array.from({ length: 10 }, (_, n) => `r${n}`);
    const next = answeredWith({ ...incident, answered }, { request: 'r10', by: 'ana' });
    expect(next.answered).toEqual([...answered.slice(1), 'r10']);
    expect(answeredWith({ ...incident, answered }, undefined)).toEqual({ answered });
    expect(answeredWith(incident, undefined)).toEqual({});
    expect(asked({ request: 'r1' })).toBeDefined();
  });
});

test('a proof that has begun says how long it must hold', () => {
  expect(judged({}, { stableSince: earlier(NOW, seconds(20)) })).toBe(
    'all well for 20 s, must hold for 1 min',
  );
});
