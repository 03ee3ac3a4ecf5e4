import { earlier, minutes, seconds } from '../../functions/core/time.ts';
import { anAlarm, anIncident, aTask, NOW } from './builders.ts';

import { aStop, decides, four, old, open, sickTarget } from './decide-table.ts';

decides('the end of an incident', [
  {
    when: 'alarm OK and all healthy, but only now',
    lock: open,
    scene: { alarms: [anAlarm({ state: 'OK', since: earlier(NOW, minutes(2)) })] },
    verdict: 'hold alarm-cleared',
  },
  {
    when: 'both held for the hold time',
    lock: { incident: anIncident({ stableSince: earlier(NOW, minutes(1)) }) },
    scene: { alarms: [anAlarm({ state: 'OK', since: earlier(NOW, minutes(2)) })] },
    verdict: 'settled recovered',
  },
  {
    when: 'the alarm turned OK only just now',
    lock: { incident: anIncident({ stableSince: earlier(NOW, minutes(1)) }) },
    scene: { alarms: [anAlarm({ state: 'OK', since: earlier(NOW, seconds(10)) })] },
    verdict: 'hold alarm-cleared',
  },
  {
    when: 'an alarm that rang has no data',
    lock: { incident: anIncident({ stableSince: earlier(NOW, minutes(9)) }) },
    scene: { alarms: [anAlarm({ state: 'INSUFFICIENT_DATA', since: earlier(NOW, minutes(5)) })] },
    verdict: 'hold alarm-cleared',
  },
  {
    when: 'the replacement is not healthy',
    lock: { incident: anIncident({ stableSince: earlier(NOW, minutes(9)) }) },
    scene: {
      alarms: [anAlarm({ state: 'OK', since: earlier(NOW, minutes(5)) })],
      targets: sickTarget,
    },
    verdict: 'hold alarm-cleared',
  },
  {
    when: 'the stopped task still runs',
    lock: {
      incident: anIncident({ stableSince: earlier(NOW, minutes(9)), stopped: 1 }),
      stops: [{ ...aStop(5), taskArn: aTask(2).arn }],
    },
    scene: { alarms: [anAlarm({ state: 'OK', since: earlier(NOW, minutes(5)) })] },
    verdict: 'hold alarm-cleared',
  },
  {
    when: 'a task started since',
    lock: { incident: anIncident({ stableSince: earlier(NOW, minutes(9)) }) },
    scene: {
      alarms: [anAlarm({ state: 'OK', since: earlier(NOW, minutes(5)) })],
      tasks: four.map((n) => aTask(n, n === 4 ? { startedAt: earlier(NOW, seconds(30)) } : {})),
    },
    verdict: 'hold alarm-cleared',
  },
  {
    when: 'the alarm has just turned OK after a long wait for something else',
    lock: old,
    scene: {
      alarms: [anAlarm({ state: 'OK', since: earlier(NOW, minutes(5)) })],
      targets: sickTarget,
    },
    verdict: 'hold alarm-cleared',
  },
  {
    when: 'it never gets well',
    lock: {
      incident: anIncident({ hold: { reason: 'alarm-cleared', since: earlier(NOW, minutes(15)) } }),
    },
    scene: {
      alarms: [anAlarm({ state: 'OK', since: earlier(NOW, minutes(5)) })],
      targets: sickTarget,
    },
    verdict: 'escalate alarm-cleared',
  },
]);

decides('with a human on it', [
  {
    when: 'the alarm still rings',
    lock: {
      incident: anIncident({
        state: 'escalated',
        escalated: { reason: 'storm', at: earlier(NOW, minutes(1)) },
      }),
    },
    verdict: 'hold storm',
  },
  {
    when: 'it is over',
    lock: { incident: anIncident({ state: 'escalated', stableSince: earlier(NOW, minutes(1)) }) },
    scene: { alarms: [anAlarm({ state: 'OK', since: earlier(NOW, minutes(2)) })] },
    verdict: 'settled recovered',
  },
]);
