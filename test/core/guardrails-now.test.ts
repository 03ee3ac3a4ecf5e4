import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import { anAlarm, anIncident, aVictim, NOW, traffic } from './builders.ts';

import { aStop, decides, four } from './decide-table.ts';

decides('alarm-suppressed', [
  {
    when: "the alarm's actions are suppressed",
    scene: { alarms: [anAlarm({ suppressed: true })] },
    verdict: 'hold alarm-suppressed',
  },
  {
    when: 'another alarm rings unsuppressed',
    scene: { alarms: [anAlarm({ suppressed: true }), anAlarm({ arn: 'b' })] },
    verdict: 'act 02',
  },
]);

decides('paused', [
  {
    when: 'paused until later',
    lock: { pause: { by: 'ana', why: 'load test', until: later(NOW, minutes(5)) } },
    verdict: 'hold paused',
  },
  {
    when: 'the pause ended this instant',
    lock: { pause: { by: 'ana', why: 'load test', until: NOW } },
    verdict: 'act 02',
  },
  {
    when: 'paused with a claim open',
    lock: {
      pause: { by: 'ana', why: '', until: later(NOW, minutes(5)) },
      intent: {
        incidentId: 'i',
        victim: aVictim(3),
        claimedAt: earlier(NOW, minutes(9)),
        claimedBy: 'r',
      },
    },
    verdict: 'hold paused',
  },
]);

decides('lock-held', [
  {
    when: 'a young claim is open',
    lock: {
      intent: {
        incidentId: 'i',
        victim: aVictim(3),
        claimedAt: earlier(NOW, seconds(89)),
        claimedBy: 'r',
      },
    },
    verdict: 'hold lock-held',
  },
  {
    when: 'the claimer is certainly dead',
    scene: { traffic: four.map((n) => traffic(n, 100, n === 3 ? 80 : 0)) },
    lock: {
      intent: {
        incidentId: 'i',
        victim: aVictim(3),
        claimedAt: earlier(NOW, seconds(90)),
        claimedBy: 'r',
      },
    },
    verdict: 'complete 03',
  },
]);

decides('scaled-to-zero', [
  {
    when: 'desired count is 0',
    scene: { tasks: [], targets: [], traffic: [] },
    verdict: 'hold scaled-to-zero',
  },
]);

decides('deployment-in-progress', [
  {
    when: 'two deployments',
    scene: {
      service: {
        deployments: [
          { id: 'a', status: 'PRIMARY', taskDefinition: 'x:2' },
          { id: 'b', status: 'ACTIVE', taskDefinition: 'x:1' },
        ],
      },
    },
    verdict: 'hold deployment-in-progress',
  },
  {
    when: 'the primary rolls',
    scene: {
      service: {
        deployments: [
          { id: 'a', status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: 'x:2' },
        ],
      },
    },
    verdict: 'hold deployment-in-progress',
  },
  {
    when: 'CODE_DEPLOY with one task set and no deployments',
    scene: {
      service: {
        controller: 'CODE_DEPLOY',
        deployments: [],
        taskSets: [{ id: 's', status: 'PRIMARY', taskDefinition: 'x:1' }],
      },
    },
    verdict: 'act 02',
  },
  {
    when: 'CODE_DEPLOY with two task sets',
    scene: {
      service: {
        controller: 'CODE_DEPLOY',
        deployments: [],
        taskSets: [
          { id: 's', status: 'PRIMARY', taskDefinition: 'x:1' },
          { id: 't', status: 'ACTIVE', taskDefinition: 'x:2' },
        ],
      },
    },
    verdict: 'hold deployment-in-progress',
  },
  {
    when: 'it lasts too long: paused, or stuck',
    lock: {
      incident: anIncident({
        hold: { reason: 'deployment-in-progress', since: earlier(NOW, minutes(30)) },
      }),
    },
    scene: {
      service: {
        deployments: [
          { id: 'a', status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: 'x:2' },
        ],
      },
    },
    verdict: 'escalate deployment-in-progress',
  },
]);

decides('settling', [
  { when: 'our stop is a minute old', lock: { stops: [aStop(1)] }, verdict: 'hold settling' },
  {
    when: 'it had its time, and the service rests',
    lock: { stops: [aStop(4)], cooldownUntil: later(NOW, minutes(1)) },
    verdict: 'hold cooling-down',
  },
]);
