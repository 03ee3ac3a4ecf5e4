import { earlier, later, minutes } from '../../functions/core/time.ts';
import { anAlarm, anIncident, aTarget, aTask, aVictim, NOW, traffic } from './builders.ts';
import { decides, four, unhealthy } from './decide-table.ts';

const deadClaim = {
  incident: anIncident(),
  intent: {
    incidentId: 'i',
    victim: aVictim(3),
    claimedAt: earlier(NOW, minutes(5)),
    claimedBy: 'r',
  },
};
const grey = (ill: number) => four.map((n) => traffic(n, 100, n === ill ? 80 : 0));
const protectedThird = four.map((n) =>
  aTask(n, n === 3 ? { protectedUntil: later(NOW, minutes(9)) } : {}),
);
const ODD = { anomaly: { anomalous: true, mitigated: false } };
const sickButThree = four.map((n) => (n === 3 ? aTarget(3) : unhealthy(n)));

decides('a claim whose claimer is dead', [
  {
    when: 'its task still runs, is still ill, and is needed no less',
    lock: deadClaim,
    scene: { traffic: grey(3) },
    verdict: 'complete 03',
  },
  { when: 'nobody is ill any more', lock: deadClaim, verdict: 'hold no-suspect' },
  {
    when: 'nobody has been ill for so long that a person should hear of it',
    lock: {
      ...deadClaim,
      incident: anIncident({ hold: { reason: 'no-suspect', since: earlier(NOW, minutes(3)) } }),
    },
    verdict: 'escalate no-suspect',
  },
  {
    when: 'its task got well while another fell ill',
    lock: deadClaim,
    scene: { traffic: grey(2) },
    verdict: 'hold no-suspect',
  },
  {
    when: 'so many fail that none stands out, its task among them',
    lock: deadClaim,
    scene: { traffic: four.map((n) => traffic(n, 100, 80)) },
    verdict: 'complete 03',
  },
  {
    when: 'only the load balancer still finds it odd, while another fails its checks',
    lock: {
      ...deadClaim,
      incident: anIncident({ hold: { reason: 'replacing', since: earlier(NOW, minutes(4)) } }),
    },
    scene: {
      targets: [aTarget(1), unhealthy(2), aTarget(3, ODD), aTarget(4)],
      traffic: [1, 2, 4].map((n) => traffic(n, 100, 0)),
    },
    policy: { maxUnavailable: 2 },
    verdict: 'complete 03',
  },
  {
    when: 'its task is protected by now',
    lock: deadClaim,
    scene: { traffic: grey(3), tasks: protectedThird },
    verdict: 'hold protected',
  },
  {
    when: 'its task is gone: the stop was accepted',
    lock: deadClaim,
    scene: { tasks: [1, 2, 4].map((n) => aTask(n)), service: { desired: 4 } },
    verdict: 'complete 03',
  },
  {
    when: 'its task is gone and the alarm is OK',
    lock: deadClaim,
    scene: { tasks: [1, 2, 4].map((n) => aTask(n)), alarms: [anAlarm({ state: 'OK' })] },
    verdict: 'complete 03',
  },
  {
    when: 'the alarm is OK by itself',
    lock: deadClaim,
    scene: { alarms: [anAlarm({ state: 'OK' })] },
    verdict: 'hold alarm-cleared',
  },
  {
    when: 'its task is the only one in rotation by now',
    lock: {
      ...deadClaim,
      incident: anIncident({ hold: { reason: 'replacing', since: earlier(NOW, minutes(4)) } }),
    },
    scene: { targets: sickButThree, traffic: grey(3) },
    verdict: 'hold at-floor',
  },
  {
    when: 'a deployment has begun',
    lock: deadClaim,
    scene: {
      service: {
        deployments: [
          { id: 'a', status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: 'x:2' },
        ],
      },
    },
    verdict: 'hold deployment-in-progress',
  },
]);
