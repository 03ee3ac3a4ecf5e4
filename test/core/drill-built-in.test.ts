/** The drills that run by name: what they do, and what they are held against, as a plan shows it. */
import { expect, test } from 'vitest';
import { GREY, WIRING } from '../../functions/core/drill/built-in.ts';
import { planDrill } from '../../functions/core/drill/plan.ts';
import { aSight, SETTING } from './drill-builders.ts';

const asked = { id: 'x', by: 'ana', request: 'r', allowProduction: false, scheduled: false };

test('the wiring drill rings an alarm, touches no task, and wants nothing stopped', () => {
  const { method, until, rollbacks, timeLimit } = WIRING;

  expect({ method, until, rollbacks, timeLimit }).toEqual({
    method: [
      { do: 'set-alarm-state', name: 'ring the alarm by hand', is: 'ALARM' },
      { do: 'wait-for-incident', name: 'the healer looks, and waits', is: 'holding', seconds: 300 },
      { do: 'set-alarm-state', name: 'take the alarm back', is: 'OK' },
    ],
    until: 'recovered',
    rollbacks: [{ do: 'set-alarm-state', name: 'the alarm is OK again', is: 'OK' }],
    timeLimit: 900,
  });
});

test('the fault drill makes one task ill, and wants that one stopped and no other', () => {
  const plan = planDrill({ ...asked, definition: GREY }, aSight(), SETTING);

  expect(plan).toMatchObject({
    drill: 'grey-5xx',
    title: 'One task fails its requests while its health check stays green',
    hypothesis: 'The ill task, and no other, is stopped; recovery is proven in ten minutes.',
    level: 'fault',
    limits: [
      'detect: most 240',
      'act: most 60',
      'replace: most 120',
      'recover: most 600',
      'stops: exactly 1',
      'stoppedIll: exactly 1',
      'stoppedOther: exactly 0',
      'floorBreaches: exactly 0',
      'falseRecovered: exactly 0',
      'state: exactly recovered',
      'failedAfter: most 0',
      'outcome: exactly by-stop',
      'announced: exactly ACTING, RECOVERED',
      'clearings: least 1',
      'roundTrips: most 4',
      'calls: most 18',
    ],
  });
  expect(GREY).toMatchObject({
    description: 'A poisoned connection pool: only a quarter of the users see anything.',
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
  });
});
