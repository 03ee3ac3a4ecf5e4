/** What stands in the tables of drills, whole: people read it, and other parts go by it. */
import { describe, expect, test } from 'vitest';
import { BUILT_IN, GREY, WIRING } from '../../functions/core/drill/built-in.ts';
import { isWaiting } from '../../functions/core/drill/definition.ts';
import { newDrill } from '../../functions/core/drill/plan.ts';
import { episodeOf, isOver } from '../../functions/core/drill/state.ts';
import { aLock, anIncident, aService, NOW } from './builders.ts';
import { aDrill, aRequest, plus } from './drill-builders.ts';

const exactly = (measure: string, value: number | string) => ({ measure, at: 'exactly', value });
const most = (measure: string, value: number) => ({ measure, at: 'most', value });
const least = (measure: string, value: number) => ({ measure, at: 'least', value });

describe('the drills that run by name', () => {
  test('are two', () => {
    expect(BUILT_IN).toEqual([GREY, WIRING]);
  });

  test('the wiring drill is held against these limits', () => {
    expect(WIRING).toEqual({
      name: 'wiring',
      title: 'An alarm is rung by hand while every task is well',
      description:
        'From the alarm to the record: each part is reached and permitted; no task is touched.',
      hypothesis:
        'An incident opens within two minutes, nothing is stopped, and it ends by itself.',
      level: 'wiring',
      method: [
        { do: 'set-alarm-state', name: 'ring the alarm by hand', is: 'ALARM' },
        {
          do: 'wait-for-incident',
          name: 'the healer looks, and waits',
          is: 'holding',
          seconds: 300,
        },
        { do: 'set-alarm-state', name: 'take the alarm back', is: 'OK' },
      ],
      until: 'recovered',
      rollbacks: [{ do: 'set-alarm-state', name: 'the alarm is OK again', is: 'OK' }],
      tolerances: [
        most('open', 120),
        most('recover', 600),
        exactly('stops', 0),
        exactly('stoppedOther', 0),
        exactly('floorBreaches', 0),
        exactly('falseRecovered', 0),
        exactly('incidents', 1),
        least('entries', 2),
        exactly('state', 'recovered'),
      ],
      timeLimit: 900,
    });
  });

  test('the fault drill is held against these limits', () => {
    expect(GREY).toEqual({
      name: 'grey-5xx',
      title: 'One task fails its requests while its health check stays green',
      description: 'A poisoned connection pool: only a quarter of the users see anything.',
      hypothesis: 'The ill task, and no other, is stopped; recovery is proven in ten minutes.',
      level: 'fault',
      method: [
        {
          do: 'fault',
          name: 'make one running task answer 500 to 80 % of its requests, /health stays 200',
          on: { tasks: [2] },
          fault: { kind: 'grey', errorShare: 0.8 },
        },
      ],
      until: 'recovered',
      rollbacks: [{ do: 'clear-faults', name: 'mend the tasks that still run', on: { all: true } }],
      tolerances: [
        most('detect', 240),
        most('act', 60),
        most('replace', 120),
        most('recover', 600),
        exactly('stops', 1),
        exactly('stoppedIll', 1),
        exactly('stoppedOther', 0),
        exactly('floorBreaches', 0),
        exactly('falseRecovered', 0),
        exactly('state', 'recovered'),
        most('failedAfter', 0),
        exactly('outcome', 'by-stop'),
        exactly('announced', 'ACTING, RECOVERED'),
        least('clearings', 1),
        most('roundTrips', 4),
        most('calls', 18),
      ],
      timeLimit: 1200,
    });
  });
});

describe('a drill', () => {
  test('begins with nothing done and nobody told', () => {
    const { definition } = aRequest();
    const asked = { ...aRequest(), id: 'drill-1', by: 'ana', request: 'r' };

    expect(newDrill(asked, aService({}, { environment: 'staging' }), NOW)).toEqual({
      ...asked,
      definition,
      serviceId: 'shop-prod/checkout-api',
      environment: 'staging',
      version: 0,
      token: 0,
      level: 'wiring',
      askedAt: NOW,
      startedAt: NOW,
      endsBy: plus(900 + 300 + 60 + 900),
      phase: 'starting',
      phaseSince: NOW,
      step: 0,
      stepSince: NOW,
      told: { start: false, end: false },
      run: [],
      rollbacks: [],
      samples: [],
      incidents: [],
    });
  });

  test('is over when it has ended, and not while it ends', () => {
    const phases = ['starting', 'method', 'following', 'rolling-back', 'ending', 'ended'] as const;

    expect(phases.filter((phase) => isOver(aDrill({ phase })))).toEqual(['ended']);
  });

  test('has the incident that opened with it, and no older one', () => {
    const opened = (at: number) => aLock({ incident: anIncident({ openedAt: plus(at) }) });

    expect(episodeOf(aDrill(), opened(0))?.openedAt).toBe(plus(0));
    expect(episodeOf(aDrill(), opened(-1))).toBeUndefined();
  });

  test('waits in some steps, and does something in others', () => {
    expect(isWaiting({ do: 'wait', seconds: 1 })).toBe(true);
    expect(isWaiting({ do: 'wait-for-minute' })).toBe(true);
    expect(isWaiting({ do: 'scale', desired: 1 })).toBe(false);
    expect(isWaiting({ do: 'set-alarm-state', is: 'OK' })).toBe(false);
  });
});
