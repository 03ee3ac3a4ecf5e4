/** What is said of an ill task, of one that is left alone, and of a recovery. */
import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import {
  anAlarm,
  anIncident,
  aTarget,
  aTask,
  aVictim,
  NOW,
  slowTraffic,
  traffic,
} from './builders.ts';
import { aStop, four, quiet, sickTarget, unhealthy } from './decide-table.ts';
import { says } from './decide-words.ts';

const _exited = {
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  startedAt: earlier(NOW, minutes(50)),
};

const openSince = (reason: 'replacing' | 'no-suspect', ago: number) => ({
  incident: anIncident({ hold: { reason, since: earlier(NOW, minutes(ago)) } }),
});

const deploying = (n: number) => ({
  id: `ecs-svc/${n}`,
  status: n === 2 ? 'PRIMARY' : 'ACTIVE',
  rolloutState: n === 2 ? 'IN_PROGRESS' : 'COMPLETED',
  taskDefinition: `checkout-api:4${n}`,
});

/** Whoever claimed it is dead, and another task is ill unless a scene says otherwise. */
const FOURTH_CLAIMED = {
  intent: {
    incidentId: 'inc-1',
    victim: { ...aVictim(4), why: 'it failed most' },
    claimedAt: earlier(NOW, minutes(9)),
    claimedBy: 'request-1',
  },
};

says('a task that is ill', [
  { says: "80.0 % of its 100 requests failed, 1.0 % of its peers'" },
  {
    scene: { traffic: four.map((n) => slowTraffic(n, 100, n === 3 ? 70 : 2)) },
    says: "70.0 % of its 100 requests took over 1000 ms, 2.0 % of its peers'",
  },
  {
    scene: { basis: 'level' },
    says: "80.0 % of its 100 log lines are errors, 1.0 % of its peers'",
  },
  {
    scene: { targets: sickTarget },
    lock: openSince('replacing', 4),
    says: 'target 10.0.0.3:8080 is unhealthy (Target.Timeout: Request timed out)',
  },
  {
    scene: { tasks: four.map((n) => aTask(n, { health: n === 3 ? 'UNHEALTHY' : 'HEALTHY' })) },
    lock: openSince('replacing', 4),
    says: 'container health check fails',
  },
  {
    scene: {
      traffic: [],
      targets: four.map((n) =>
        aTarget(n, n === 3 ? { anomaly: { anomalous: true, mitigated: true } } : {}),
      ),
    },
    says: "the load balancer finds its answers anomalous against its peers', and routes around it meanwhile",
  },
  {
    scene: {
      traffic: [],
      targets: four.map((n) =>
        aTarget(n, n === 3 ? { anomaly: { anomalous: true, mitigated: false } } : {}),
      ),
    },
    says: "the load balancer finds its answers anomalous against its peers'",
  },
  {
    scene: { tasks: [aTask(1)], targets: [aTarget(1)], traffic: [traffic(1, 100, 60)] },
    policy: { singleTask: 'stop' },
    says: '60.0 % of its 100 requests failed, and it has no peers',
  },
]);

says('whom nothing is done to', [
  { scene: { traffic: quiet }, says: 'no task stands out: 0 of 400 requests failed over 4 tasks' },
  {
    scene: { traffic: quiet, basis: 'none' },
    says:
      'no task stands out: 0 of 400 requests failed over 4 tasks; cannot see grey failures: its ' +
      'log lines carry neither a status nor a level',
  },
  {
    scene: { traffic: four.map((n) => traffic(n, 400, [0, 3, 60, 36, 2][n] ?? 0)) },
    says: 'the worst share is 15.0 %, the next 9.0 %: too close to single one out',
  },
  {
    scene: {
      tasks: four.map((n) => aTask(n, n === 2 ? { protectedUntil: later(NOW, minutes(9)) } : {})),
    },
    says:
      'task 02020202 is protected until 2026-11-20T10:12:41.516Z: 80.0 % of its 100 requests ' +
      "failed, 1.0 % of its peers'",
  },
  {
    lock: { cooldownUntil: later(NOW, minutes(2)) },
    says: 'no further stop before 2026-11-20T10:05:41.516Z',
  },
  {
    policy: { mode: 'observe' },
    says: "would stop task 02020202: 80.0 % of its 100 requests failed, 1.0 % of its peers'",
  },
  {
    lock: FOURTH_CLAIMED,
    says: 'task 04040404 was to be stopped, and is not ill any more',
  },
  {
    lock: FOURTH_CLAIMED,
    scene: {
      tasks: four.map((n) => aTask(n, n === 4 ? { protectedUntil: later(NOW, minutes(9)) } : {})),
      traffic: four.map((n) => traffic(n, 100, n === 4 ? 80 : 1)),
    },
    says: 'task 04040404 is protected until 2026-11-20T10:12:41.516Z: it failed most',
  },
  {
    policy: { mode: 'observe' },
    lock: FOURTH_CLAIMED,
    scene: { traffic: four.map((n) => traffic(n, 100, n === 4 ? 80 : 1)) },
    says: 'would stop task 04040404: it failed most',
  },
  {
    lock: {
      intent: {
        incidentId: 'inc-1',
        victim: aVictim(4),
        claimedAt: earlier(NOW, seconds(9)),
        claimedBy: 'request-1',
      },
    },
    says: 'task 04040404 is claimed by request-1 until 2026-11-20T10:05:02.516Z',
  },
]);

says('an alarm that is quiet', [
  {
    scene: { alarms: [anAlarm({ state: 'OK' })] },
    deliver: 'OK',
    says: 'checkout-api-5xx-rate is OK',
  },
  { deliver: 'OK', says: 'this delivery says OK while another alarm rings' },
  {
    scene: { alarms: [anAlarm({ suppressed: true })] },
    says: 'checkout-api-5xx-rate is ALARM, its actions suppressed',
  },
  {
    lock: { incident: anIncident() },
    scene: { alarms: [anAlarm({ state: 'OK' })], service: { desired: 0 } },
    says: 'no alarm rings, for nothing is meant to run',
  },
  {
    lock: {
      incident: anIncident({
        state: 'escalated',
        escalated: { reason: 'storm', at: earlier(NOW, minutes(9)) },
      }),
    },
    says: 'a human has it; still followed',
  },
]);

says('a recovery', [
  {
    lock: { incident: anIncident() },
    scene: { alarms: [anAlarm({ state: 'INSUFFICIENT_DATA' })] },
    says: 'not yet: checkout-api-5xx-rate is INSUFFICIENT_DATA',
  },
  {
    lock: { incident: anIncident(), stops: [{ ...aStop(2), taskArn: aTask(3).arn }] },
    scene: { alarms: [anAlarm({ state: 'OK' })] },
    says: 'not yet: the stopped task 03030303 still runs',
  },
  {
    lock: { incident: anIncident() },
    scene: {
      alarms: [anAlarm({ state: 'OK' })],
      targets: four.map((n) => (n === 3 ? unhealthy(3) : aTarget(n))),
    },
    says: 'not yet: task 03030303: target 10.0.0.3:8080 is unhealthy (Target.Timeout: Request timed out)',
  },
  {
    lock: { incident: anIncident() },
    scene: { alarms: [anAlarm({ state: 'OK' })], service: { running: 3, pending: 1 } },
    says: 'not yet: 3 of 4 tasks run, 1 pending',
  },
  {
    lock: { incident: anIncident() },
    scene: { alarms: [anAlarm({ state: 'OK' })], service: { deployments: [deploying(2)] } },
    says: 'not yet: a deployment is in progress',
  },
  {
    lock: { incident: anIncident() },
    scene: { alarms: [anAlarm({ state: 'OK', since: earlier(NOW, seconds(20)) })] },
    says: 'all well for 0 ms, must hold for 1 min',
  },
  {
    lock: { incident: anIncident({ stableSince: earlier(NOW, seconds(80)) }) },
    scene: { alarms: [anAlarm({ state: 'OK', since: earlier(NOW, seconds(90)) })] },
    says: 'alarms OK and 4 of 4 tasks healthy for 1 min 20 s (needed 1 min); nothing was stopped',
  },
]);
