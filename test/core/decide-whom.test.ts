/** What a decision makes of a silent alarm and of an old claim, whom it names, and how long it holds. */
import { describe, expect, test } from 'vitest';

import type { LockState } from '../../functions/core/lock.ts';

import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';

import {
  anAlarm,
  anAlarmDelivery,
  anIncident,
  aTarget,
  aTask,
  aVictim,
  NOW,
  type Scene,
  traffic,
} from './builders.ts';
import { decided, said } from './decide-said.ts';
import { aStop, four, sickTarget } from './decide-table.ts';

const ILL = "80.0 % of its 100 requests failed, 1.0 % of its peers'";
describe('when no alarm is heard', () => {
  const OK = anAlarm({ state: 'OK' });

  test('each is named', () => {
    const alarms = [OK, anAlarm({ name: 'checkout-api-slow', state: 'INSUFFICIENT_DATA' })];
    expect(said({ scene: { alarms } })).toBe(
      'nothing-to-do alarm-cleared: checkout-api-5xx-rate is OK, checkout-api-slow is INSUFFICIENT_DATA',
    );
  });

  test('one that is suppressed is none of a delivery that says OK', () => {
    const scene = { alarms: [anAlarm({ suppressed: true })] };
    expect(said({ scene, delivery: anAlarmDelivery('OK') })).toMatch(
      /^nothing-to-do alarm-suppressed: /,
    );
    expect(said({ scene, incident: {}, delivery: anAlarmDelivery('OK') })).toMatch(
      /^hold alarm-suppressed: /,
    );
  });

  test('nothing is proven by a service that runs nothing', () => {
    const scene = { alarms: [OK], service: { desired: 0 } };
    expect(said({ scene, incident: {} })).toMatch(/^hold scaled-to-zero: no alarm rings, for /);
  });
});

describe('a claim whose claimer is dead', () => {
  const intent = {
    incidentId: anIncident().id,
    victim: aVictim(4),
    claimedAt: earlier(NOW, minutes(9)),
    claimedBy: 'r1',
  };
  const completed = (scene: Scene) => decided({ scene, incident: {}, lock: { intent } }).verdict;

  test.each<[string, Scene]>([
    [
      'is on its way out',
      { tasks: four.map((n) => aTask(n, n === 4 ? { desiredStatus: 'STOPPED' } : {})) },
    ],
    ['is gone', { tasks: [1, 2, 3].map((n) => aTask(n)) }],
  ])('is confirmed when its task %s, whatever else holds', (_how, scene) => {
    const silent = { ...scene, alarms: [anAlarm({ state: 'OK' })] };
    expect(completed(silent)).toEqual({ kind: 'act', victim: intent.victim, completing: true });
  });

  test('is not while its task runs and nothing rings', () => {
    expect(completed({ alarms: [anAlarm({ state: 'OK' })] }).kind).not.toBe('act');
  });
});

describe('the victim', () => {
  const victimOf = (scene: Scene, lock: Partial<LockState> = {}) => {
    const { verdict } = decided({ scene, lock });
    return verdict.kind === 'act' ? verdict.victim : undefined;
  };

  test('is named with all that a message needs', () => {
    const told = { ...traffic(2, 100, 80), traceIds: ['1-5759e988-bd862e3fe1be46a994272793'] };
    expect(victimOf({ traffic: four.map((n) => (n === 2 ? told : traffic(n, 100, 1))) })).toEqual({
      taskArn: aTask(2).arn,
      taskId: aTask(2).id,
      revision: 'checkout-api:42',
      zone: 'eu-west-1c',
      startedAt: earlier(NOW, minutes(60)),
      why: ILL,
      before: {
        victim: { requests: 100, errors: 80 },
        others: { requests: 300, errors: 3 },
        ill: 1,
      },
      lastErrors: ['500 pool exhausted'],
      traceIds: ['1-5759e988-bd862e3fe1be46a994272793'],
    });
  });

  test('needs neither requests nor a zone', () => {
    const { zone: _unknown, ...task } = aTask(3);
    const tasks = four.map((n) => (n === 3 ? task : aTask(n)));
    const hold = { reason: 'replacing', since: earlier(NOW, minutes(4)) } as const;
    const lock = { incident: anIncident({ hold }) };
    const victim = victimOf({ tasks, targets: sickTarget, traffic: [] }, lock);

    expect(victim).toMatchObject({ taskId: task.id, lastErrors: [], traceIds: [] });
    expect(victim).not.toHaveProperty('zone');
  });
});

describe('an incident that lasts', () => {
  const since = (held: number, waited: number) => ({
    hold: { reason: 'cooling-down', since: earlier(NOW, minutes(held)) } as const,
    waitingSince: earlier(NOW, minutes(waited)),
  });
  const lock = { cooldownUntil: later(NOW, seconds(10)) };

  test.each<[string, number, number, string]>([
    ['has its time, however long one reason held', 40, 14, 'hold cooling-down'],
    ['is given to a person at its end', 1, 15, 'escalate cooling-down'],
  ])('%s', (_what, held, waited, verdict) => {
    expect(said({ incident: since(held, waited), lock }).startsWith(verdict)).toBe(true);
  });

  const rollout = [
    { id: 'd2', status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: 'a:2' },
  ];
  const deploying = { service: { deployments: rollout } };
  const deployingFor = (ago: number) => ({
    hold: { reason: 'deployment-in-progress', since: earlier(NOW, minutes(ago)) } as const,
    waitingSince: earlier(NOW, minutes(50)),
  });

  test('says what of it lasts', () => {
    expect(said({ incident: since(1, 15), lock })).toBe(
      'escalate cooling-down: no further stop before 2026-11-20T10:03:51.516Z; not over in time',
    );
    expect(said({ incident: deployingFor(30), scene: deploying })).toBe(
      'escalate deployment-in-progress: deployment d2 is in progress (ECS); paused, stuck or slow',
    );
    expect(said({ incident: deployingFor(29), scene: deploying })).toMatch(/^hold deployment-/);
  });

  test('is proven over in its own time', () => {
    const scene = {
      alarms: [anAlarm({ state: 'OK' })],
      targets: four.slice(1).map((n) => aTarget(n)),
    };
    const proving = (ago: number) => ({ provingSince: earlier(NOW, minutes(ago)) });
    expect(said({ incident: proving(14), scene, lock: { stops: [aStop(20)] } })).toMatch(
      /^hold alarm-cleared: not yet/,
    );
    expect(said({ incident: proving(15), scene })).toMatch(
      /^escalate alarm-cleared: .*; not over in time$/,
    );
  });
});
