/** Why a drill may not start now, in the words that a person gets. */
import { describe, expect, test } from 'vitest';
import { isNotSteady, spellRefusal } from '../../functions/core/drill/refusal.ts';
import {
  type DrillRequest,
  type DrillSetting,
  refusalsOf,
} from '../../functions/core/drill/refusals.ts';
import type { DrillSight } from '../../functions/core/drill/sight.ts';
import { earlier, later, minutes } from '../../functions/core/time.ts';
import { aLock, anAlarm, anIncident, aTask, NOW } from './builders.ts';
import { aRequest, aSight, DRILL_ID, FAULT, plus, SETTING, UNREAD } from './drill-builders.ts';

function refused(
  request: DrillRequest,
  sight: DrillSight = aSight(),
  setting: DrillSetting = SETTING,
): readonly string[] {
  return refusalsOf(sight, request, setting, DRILL_ID).map(spellRefusal);
}

const others = (count: number, ago = 5) => ({
  ...aSight().account,
  opened: Array.from({ length: count }, (_, n) => ({
    serviceId: `shop-prod/s${n}`,
    at: earlier(NOW, minutes(ago)),
  })),
});

const pauseOf = (by: string) => ({ by, why: 'quiet', until: later(NOW, minutes(5)) });

describe('a service that is not as it should be', () => {
  test.each<readonly [string, DrillSight, readonly string[]]>([
    [
      'another drill',
      aSight({
        shared: aLock({ drill: { id: 'other', by: 'ben', since: NOW, until: plus(60) } }),
      }),
      [
        'another-drill: got other by ben until 2026-11-20T10:04:41.516Z, wanted no other drill of this account',
      ],
    ],
    [
      'a drill that is over',
      aSight({ shared: aLock({ drill: { id: 'other', by: 'ben', since: NOW, until: NOW } }) }),
      [],
    ],
    [
      'a source that cannot be read',
      aSight({ fleet: UNREAD }),
      [
        'unreadable: got fleet: dependency.unavailable: Rate exceeded, wanted every source to be read',
      ],
    ],
    [
      'an alarm that cannot be read',
      aSight({ alarms: UNREAD, watched: UNREAD }),
      [
        'unreadable: got alarms: dependency.unavailable: Rate exceeded; watched: ' +
          'dependency.unavailable: Rate exceeded, wanted every source to be read',
      ],
    ],
    [
      'tasks that cannot be read',
      aSight({ tasks: UNREAD }),
      [
        'unreadable: got tasks: dependency.unavailable: Rate exceeded, wanted every source to be read',
      ],
    ],
    [
      'an open incident',
      aSight({ lock: aLock({ incident: anIncident() }) }),
      ['incident-open: got inc-20261120-100241-0001 holding, wanted no open incident'],
    ],
    [
      'an incident that is over',
      aSight({ lock: aLock({ incident: anIncident({ state: 'recovered' }) }) }),
      [],
    ],
    [
      'an alarm without data',
      aSight({ alarms: [anAlarm({ state: 'INSUFFICIENT_DATA' })] }),
      ['alarm-not-ok: got checkout-api-5xx-rate INSUFFICIENT_DATA, wanted OK'],
    ],
    [
      'a stop condition',
      aSight({
        watched: [
          anAlarm({ name: 'payments-down' }),
          anAlarm({ name: 'stock-down', state: 'INSUFFICIENT_DATA' }),
        ],
      }),
      ['stop-condition: got payments-down ALARM, wanted OK'],
    ],
    [
      'a pause',
      aSight({ lock: aLock({ pause: pauseOf('cat') }) }),
      ['paused: got by cat until 2026-11-20T10:08:41.516Z, wanted no pause'],
    ],
    [
      'a pause of all',
      aSight({ account: { ...others(0), pause: pauseOf('dan') } }),
      ['paused: got by dan until 2026-11-20T10:08:41.516Z, wanted no pause'],
    ],
    [
      'a storm',
      aSight({ account: { ...others(0), storm: { since: NOW, until: plus(60) } } }),
      ['storm: got until 2026-11-20T10:04:41.516Z, wanted no storm'],
    ],
    [
      'no desired tasks',
      aSight({ scene: { service: { desired: 0 } } }),
      ['scaled-to-zero: got 0 desired tasks, wanted one or more'],
    ],
    [
      'a task too few',
      aSight({ scene: { service: { desired: 5 } } }),
      ['too-few-healthy: got 4 healthy, wanted 5 (5 desired)'],
    ],
    [
      'a deployment',
      aSight({
        scene: {
          service: {
            deployments: [
              {
                id: 'ecs-svc/2',
                status: 'PRIMARY',
                rolloutState: 'IN_PROGRESS',
                taskDefinition: 'x:1',
              },
            ],
          },
        },
      }),
      ['deployment: got ecs-svc/2, wanted no deployment'],
    ],
    ['two other services', aSight({ account: others(2) }), []],
    [
      'three other services',
      aSight({ account: others(3) }),
      [
        'others-ill: got incidents of shop-prod/s0, shop-prod/s1, shop-prod/s2, wanted 2 or fewer in 10 minutes',
      ],
    ],
    ['three other services, long ago', aSight({ account: others(3, 11) }), []],
  ])('%s', (_name, sight, refusals) => {
    expect(refused(aRequest(), sight)).toEqual(refusals);
  });

  test('is not made ill while another is, nor with a task alone', () => {
    const fault = aRequest({ level: 'fault', method: [FAULT] });

    expect(refused(fault, aSight({ account: others(2) }))).toEqual([
      'others-ill: got incidents of shop-prod/s0, shop-prod/s1, wanted none in 10 minutes',
    ]);
    expect(refused(fault, aSight({ scene: { tasks: [aTask(1)] } }))).toEqual([
      'too-few-tasks: got 1 healthy, wanted 2 or more for a fault',
    ]);
    expect(refused(aRequest(), aSight({ scene: { tasks: [aTask(1)] } }))).toEqual([]);
    expect(refused(fault, aSight({ scene: { tasks: [aTask(1), aTask(2)] } }))).toEqual([]);
  });

  test('has as many tasks as the definition wants', () => {
    const request = aRequest({ stopConditions: { healthyBelow: 5 } });

    expect(refused(request)).toEqual(['too-few-healthy: got 4 healthy, wanted 5 (4 desired)']);
  });

  test('is told from what is refused for ever', () => {
    const codes = ['others-ill', 'unreadable', 'another-drill', 'too-wide'] as const;

    expect(codes.map((code) => isNotSteady({ code, got: '', wanted: '' }))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
