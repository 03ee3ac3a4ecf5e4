/** The drills that run by name in AWS, and that the lab rehearses like any other. */
import type { Definition } from './definition.ts';

/**
 * Alarm, rule, queue, function, table and topic, without harm: nothing is wrong with any task, so
 * the healer must look, hold, and stop nothing.
 */
export const WIRING: Definition = {
  name: 'wiring',
  title: 'An alarm is rung by hand while every task is well',
  description:
    'From the alarm to the record: each part is reached and permitted; no task is touched.',
  hypothesis: 'An incident opens within two minutes, nothing is stopped, and it ends by itself.',
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
    { measure: 'open', at: 'most', value: 120 },
    { measure: 'recover', at: 'most', value: 600 },
    { measure: 'stops', at: 'exactly', value: 0 },
    { measure: 'stoppedOther', at: 'exactly', value: 0 },
    { measure: 'floorBreaches', at: 'exactly', value: 0 },
    { measure: 'falseRecovered', at: 'exactly', value: 0 },
    { measure: 'incidents', at: 'exactly', value: 1 },
    { measure: 'entries', at: 'least', value: 2 },
    { measure: 'state', at: 'exactly', value: 'recovered' },
  ],
  timeLimit: 900,
};

export const GREY: Definition = {
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
    { measure: 'detect', at: 'most', value: 240 },
    { measure: 'act', at: 'most', value: 60 },
    { measure: 'replace', at: 'most', value: 120 },
    { measure: 'recover', at: 'most', value: 600 },
    { measure: 'stops', at: 'exactly', value: 1 },
    { measure: 'stoppedIll', at: 'exactly', value: 1 },
    { measure: 'stoppedOther', at: 'exactly', value: 0 },
    { measure: 'floorBreaches', at: 'exactly', value: 0 },
    { measure: 'falseRecovered', at: 'exactly', value: 0 },
    { measure: 'state', at: 'exactly', value: 'recovered' },
    { measure: 'failedAfter', at: 'most', value: 0 },
    { measure: 'outcome', at: 'exactly', value: 'by-stop' },
    { measure: 'announced', at: 'exactly', value: 'ACTING, RECOVERED' },
    { measure: 'clearings', at: 'least', value: 1 },
    { measure: 'roundTrips', at: 'most', value: 4 },
    { measure: 'calls', at: 'most', value: 18 },
  ],
  timeLimit: 1200,
};

export const BUILT_IN: readonly Definition[] = [GREY, WIRING];
