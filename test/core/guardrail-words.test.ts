import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import { aStoppedTask, aTarget, aTask, NOW, traffic } from './builders.ts';
import { aStop, four, sickTarget } from './decide-table.ts';
import { says } from './decide-words.ts';

const exited = {
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  startedAt: earlier(NOW, minutes(50)),
};

const cannotPull = {
  stopCode: 'TaskFailedToStart',
  stoppedReason: 'CannotPullContainerError: not found',
};

const others = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    serviceId: `shop-prod/s${n + 1}`,
    at: earlier(NOW, seconds(60 - n)),
  }));

const deploying = (n: number) => ({
  id: `ecs-svc/${n}`,
  status: n === 2 ? 'PRIMARY' : 'ACTIVE',
  rolloutState: n === 2 ? 'IN_PROGRESS' : 'COMPLETED',
  taskDefinition: `checkout-api:4${n}`,
});

const young = (n: number) => aTask(n, { startedAt: earlier(NOW, seconds(20)) });

const failing = (ids: readonly number[]) =>
  four.map((n) => traffic(n, 100, ids.includes(n) ? 80 : 0));

says('what holds for the moment', [
  {
    lock: { pause: { by: 'ana', why: 'load test', until: later(NOW, minutes(5)) } },
    says: 'paused by ana until 2026-11-20T10:08:41.516Z: load test',
  },
  {
    account: { pause: { by: 'ben', why: 'game day', until: later(NOW, minutes(5)) } },
    says: 'all services are paused by ben until 2026-11-20T10:08:41.516Z: game day',
  },
  { scene: { service: { desired: 0 } }, says: 'desired count is 0' },
  {
    scene: { service: { deployments: [deploying(2), deploying(1)] } },
    says: 'deployment ecs-svc/2 is in progress (ECS)',
  },
  {
    scene: {
      downstream: [
        { serviceId: 'shop-prod/stock', ringing: ['stock-5xx', 'stock-slow'] },
        { serviceId: 'shop-prod/mail', ringing: [] },
        { serviceId: 'shop-prod/cards', ringing: ['cards-5xx'] },
      ],
    },
    says: 'it depends on shop-prod/stock (stock-5xx, stock-slow) and shop-prod/cards (cards-5xx), which is ill too',
  },
  {
    scene: {
      service: {
        events: [
          { at: earlier(NOW, minutes(2)), message: '(service checkout-api) is not AZ balanced' },
        ],
      },
    },
    says: 'ECS is balancing the zones since 2026-11-20T10:01:41.516Z',
  },
  {
    scene: { targets: four.map((n) => aTarget(n, n === 2 ? { zonalShift: true } : {})) },
    says: 'a zonal shift is on for eu-west-1c of task 02020202',
  },
  {
    scene: { service: { desired: 6 } },
    says: 'the desired count was raised: 4 of 6 tasks run, and none has gone',
  },
  { lock: { stops: [aStop(1)] }, says: 'our stop of 2026-11-20T10:02:41.516Z is not judged yet' },
  {
    scene: { targets: sickTarget },
    says:
      'ECS sees it too and replaces it: task 03030303, target 10.0.0.3:8080 is unhealthy ' +
      '(Target.Timeout: Request timed out)',
  },
  {
    scene: { targets: sickTarget, stopped: [aStoppedTask(9, 2, exited)], service: { desired: 5 } },
    says:
      '4 of 5 tasks run, 0 pending, 0 on the way; task 03030303: target 10.0.0.3:8080 is ' +
      'unhealthy (Target.Timeout: Request timed out)',
  },
  {
    scene: { tasks: [young(1), young(2), aTask(3), aTask(4)] },
    says: '2 starting: 01010101 within its start-up grace, 02020202 within its start-up grace',
  },
  {
    scene: { targets: four.map((n) => aTarget(n, n === 4 ? { state: 'initial' } : {})) },
    says: '1 starting: 04040404 first load-balancer checks in progress',
  },
  {
    scene: { targets: [aTarget(1), aTarget(2), aTarget(3, { state: 'unused' })] },
    says: 'cannot tell how a task is: 03030303 target is unused, 04040404 not registered with the load balancer',
  },
]);

says('what a person must see', [
  {
    scene: {
      stopped: [11, 12].map((n) => aStoppedTask(n, 1, cannotPull)),
      service: { desired: 5 },
    },
    says: '2 tasks of checkout-api:42 failed to start within 15 min: CannotPullContainerError: not found',
  },
  {
    scene: { stopped: [11, 12].map((n) => aStoppedTask(n, 1, exited)) },
    says: '2 tasks of checkout-api:42 ended by themselves within 15 min: exit code unknown',
  },
  {
    scene: { stopped: [11, 12].map((n) => aStoppedTask(n, 1, { ...exited, exitCode: 3 })) },
    says: '2 tasks of checkout-api:42 ended by themselves within 15 min: exit code 3',
  },
  {
    scene: {
      stopped: [11, 12].map((n) =>
        aStoppedTask(n, 1, { ...exited, exitCode: 137, containerReason: 'OutOfMemoryError' }),
      ),
    },
    says: '2 tasks of checkout-api:42 ended by themselves within 15 min: OutOfMemoryError',
  },
  { scene: { targets: [] }, says: 'none of 4 running tasks is registered with the load balancer' },
  {
    scene: {
      tasks: four.map((n) => aTask(n, n > 2 ? { revision: 'checkout-api:43' } : {})),
      traffic: failing([3, 4]),
    },
    says: 'all 2 tasks of checkout-api:43 are ill and all others are well: roll back',
  },
  {
    scene: {
      tasks: four.map((n) => aTask(n, { zone: n > 2 ? 'eu-west-1b' : 'eu-west-1a' })),
      traffic: failing([3, 4]),
    },
    says: 'all 2 tasks in eu-west-1b are ill and all others are well: shift the zone',
  },
  {
    scene: { traffic: failing([1, 2, 3]) },
    says: '3 of 4 tasks are ill (limit 2), 60.0 % of all requests fail: stopping one would not help',
  },
  {
    lock: {
      stops: [600, 400, 200].map((ago) => ({ ...aStop(ago), revision: 'checkout-api:42' })),
    },
    says:
      '3 tasks of checkout-api:42 were stopped within 24 h and task 02020202 is ill again: it is ' +
      'the release, roll back',
  },
  {
    lock: {
      stops: [
        { ...aStop(30), effect: 'no-change' },
        { ...aStop(20), effect: 'worse' },
      ],
    },
    policy: { budget: 9 },
    says: '2 of 2 attempts did not help (no-change, worse) within 1 h',
  },
  {
    lock: { stops: [aStop(50), aStop(40), aStop(30)] },
    policy: { attempts: 9 },
    says: '3 of 3 stops are used in the window',
  },
  { account: { stops: others(5) }, says: '5 of 5 stops of all services are used in 1 h' },
  {
    account: { opened: others(4) },
    says:
      '5 services opened an incident within 10 min, the first at 2026-11-20T10:02:41.516Z: ' +
      'shop-prod/s1, shop-prod/s2, shop-prod/s3, shop-prod/s4, shop-prod/checkout-api; nothing ' +
      'is stopped in any service before 2026-11-20T10:13:41.516Z, later if more follow',
  },
  {
    account: { opened: others(9) },
    limits: { stormServices: 8 },
    says:
      '8 services opened an incident within 10 min, the first at 2026-11-20T10:02:43.516Z: ' +
      'shop-prod/s6, shop-prod/s7, shop-prod/s8, shop-prod/s9, shop-prod/checkout-api and 3 ' +
      'more; nothing is stopped in any service before 2026-11-20T10:13:41.516Z, later if more follow',
  },
  {
    account: { storm: { since: earlier(NOW, minutes(2)), until: later(NOW, minutes(8)) } },
    says: 'many services fail at once since 2026-11-20T10:01:41.516Z: no stop before 2026-11-20T10:11:41.516Z',
  },
  { policy: { maxUnavailable: 0 }, says: '3 healthy tasks would remain, 4 must' },
]);
