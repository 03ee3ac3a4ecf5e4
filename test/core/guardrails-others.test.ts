/** What others say or do: other hands on the fleet, the service behind it, the load balancer's own comparison. */
import { earlier, minutes } from '../../functions/core/time.ts';
import { aStoppedTask, aTarget, aTask, NOW, TARGET_GROUP, taskId } from './builders.ts';
import { decides, four, quiet } from './decide-table.ts';

const shifted = (n: number) => aTarget(n, { zonalShift: true });
const since = (minutesAgo: number, message: string) => ({
  at: earlier(NOW, minutes(minutesAgo)),
  message,
});

decides('other-actor', [
  {
    when: 'ECS balances the zones',
    scene: {
      service: {
        events: [
          since(2, '(service x) is not AZ balanced with 3 tasks in a. AZ Rebalancing in progress.'),
        ],
      },
    },
    verdict: 'hold other-actor',
  },
  {
    when: 'it has balanced them',
    scene: {
      service: {
        events: [
          since(1, '(service x) is AZ balanced with 2 tasks in a.'),
          since(2, '(service x) is not AZ balanced'),
        ],
      },
    },
    verdict: 'act 02',
  },
  {
    when: 'it began to balance them half an hour ago and never told the end',
    scene: {
      service: { events: [since(31, '(service x) is not AZ balanced with 3 tasks in a.')] },
    },
    verdict: 'act 02',
  },
  {
    when: "a zonal shift is on for the suspect's zone",
    scene: { targets: four.map((n) => (n === 2 ? shifted(2) : aTarget(n))) },
    verdict: 'hold other-actor',
  },
  {
    when: 'a zonal shift is on for another zone',
    scene: { targets: four.map((n) => (n === 1 ? shifted(1) : aTarget(n))) },
    verdict: 'act 02',
  },
  {
    when: 'the desired count was raised',
    scene: { service: { desired: 6, running: 4, pending: 2 } },
    verdict: 'hold other-actor',
  },
  {
    when: 'a task died, and ECS replaces it',
    scene: {
      tasks: four.map((n) => aTask(n)),
      stopped: [aStoppedTask(11, 1, { stopCode: 'EssentialContainerExited', exitCode: 137 })],
      service: { desired: 5, running: 4, pending: 1 },
    },
    verdict: 'hold replacing',
  },
]);

decides('downstream', [
  {
    when: 'a service that it calls has an alarm on',
    scene: { downstream: [{ serviceId: 'shop-prod/catalog-api', ringing: ['catalog-5xx'] }] },
    verdict: 'hold downstream',
  },
  {
    when: 'the services that it calls are well',
    scene: { downstream: [{ serviceId: 'shop-prod/catalog-api', ringing: [] }] },
    verdict: 'act 02',
  },
]);

const anomalous = (n: number) => aTarget(n, { anomaly: { anomalous: true, mitigated: false } });

decides('what the load balancer finds odd', [
  {
    when: 'one target, and the logs are silent',
    scene: {
      traffic: [],
      basis: 'none',
      targets: four.map((n) => (n === 3 ? anomalous(3) : aTarget(n))),
    },
    verdict: 'act 03',
  },
  {
    when: 'two targets, and the logs are silent',
    scene: {
      traffic: [],
      basis: 'none',
      targets: four.map((n) => (n > 2 ? anomalous(n) : aTarget(n))),
    },
    verdict: 'hold no-suspect',
  },
  {
    when: 'one target, and the logs say that it is well',
    scene: { traffic: quiet, targets: four.map((n) => (n === 3 ? anomalous(3) : aTarget(n))) },
    verdict: 'hold no-suspect',
  },
  {
    when: 'one target, and the logs blame another',
    scene: { targets: four.map((n) => (n === 3 ? anomalous(3) : aTarget(n))) },
    verdict: `act ${taskId(2).slice(0, 2)}`,
  },
]);

const OTHER_GROUP = TARGET_GROUP.replace('checkout', 'checkout-green');
const inBoth = (state: string) => [
  ...four.map((n) => aTarget(n)),
  ...four.map((n) => aTarget(n, { targetGroupArn: OTHER_GROUP, state })),
];

decides('a task in both target groups of blue/green', [
  {
    when: 'the other group is out of use',
    scene: { targets: inBoth('unused') },
    verdict: 'act 02',
  },
  {
    when: 'the other group is draining',
    scene: { targets: inBoth('draining') },
    verdict: 'act 02',
  },
  {
    when: 'only the other group has it, and serves',
    scene: {
      targets: four.map((n) => aTarget(n, n > 2 ? { targetGroupArn: OTHER_GROUP } : {})),
    },
    verdict: 'act 02',
  },
]);
