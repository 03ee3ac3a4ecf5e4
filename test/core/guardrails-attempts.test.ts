/** What our own stops have shown: releases that keep failing, attempts that did not help, and the one that did. */
import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import { anIncident, aTarget, aTask, NOW, traffic } from './builders.ts';
import { decides, four } from './decide-table.ts';

const stopsOf = (revision: string, ...minutesAgo: readonly number[]) =>
  minutesAgo.map((ago) => ({
    incidentId: `inc-${ago}`,
    taskArn: 'arn:gone',
    at: earlier(NOW, minutes(ago)),
    revision,
    effect: 'by-stop' as const,
  }));

decides('same-revision, over time', [
  {
    when: 'three tasks of this revision were stopped today',
    lock: { stops: stopsOf('checkout-api:42', 900, 500, 100) },
    verdict: 'escalate same-revision',
  },
  {
    when: 'two were',
    lock: { stops: stopsOf('checkout-api:42', 500, 100) },
    verdict: 'act 02',
  },
  {
    when: 'the three were of the release before',
    lock: { stops: stopsOf('checkout-api:41', 900, 500, 100) },
    verdict: 'act 02',
  },
  {
    when: 'the first is longer ago than a day',
    lock: { stops: stopsOf('checkout-api:42', 1_440, 500, 100) },
    verdict: 'act 02',
  },
]);

const rolling = {
  deployments: [
    { id: 'b', status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: 'checkout-api:43' },
    { id: 'a', status: 'ACTIVE', rolloutState: 'COMPLETED', taskDefinition: 'checkout-api:42' },
  ],
};
const withNew = four.map((n) => aTask(n, n > 2 ? { revision: 'checkout-api:43' } : {}));
const newFail = four.map((n) => traffic(n, 100, n > 2 ? 90 : 0));

decides('same-revision, while it rolls out', [
  {
    when: 'all new tasks fail requests, the old ones none',
    scene: { service: rolling, tasks: withNew, traffic: newFail },
    verdict: 'escalate same-revision',
  },
  {
    when: 'one of two new tasks fails',
    scene: {
      service: rolling,
      tasks: withNew,
      traffic: four.map((n) => traffic(n, 100, n > 3 ? 90 : 0)),
    },
    verdict: 'hold deployment-in-progress',
  },
  {
    when: 'all new tasks fail their health checks: ECS sees that too',
    scene: {
      service: rolling,
      tasks: withNew,
      targets: four.map((n) =>
        aTarget(n, n > 2 ? { state: 'unhealthy', reason: 'Target.Timeout' } : {}),
      ),
      traffic: four.map((n) => traffic(n, 100, 0)),
    },
    verdict: 'hold deployment-in-progress',
  },
  {
    when: 'CODE_DEPLOY does it, whose alarms roll back',
    scene: {
      service: { controller: 'CODE_DEPLOY', deployments: [], taskSets: rolling.deployments },
      tasks: withNew,
      traffic: newFail,
    },
    verdict: 'hold deployment-in-progress',
  },
]);

const failed = (...minutesAgo: readonly number[]) =>
  stopsOf('checkout-api:42', ...minutesAgo).map(({ effect: _, ...stop }) => ({
    ...stop,
    effect: 'no-change' as const,
  }));

decides('attempts-failed', [
  {
    when: 'two stops did not help',
    lock: { stops: failed(30, 20), incident: anIncident() },
    verdict: 'escalate attempts-failed',
  },
  { when: 'one did not', lock: { stops: failed(20) }, verdict: 'act 02' },
  {
    when: 'more are allowed',
    policy: { attempts: 3 },
    lock: { stops: failed(30, 20) },
    verdict: 'act 02',
  },
  {
    when: 'one did not, and the replacement of the next is ill',
    lock: { stops: [...failed(40), ...stopsOf('checkout-api:42', 20)] },
    scene: {
      tasks: four.map((n) => aTask(n, n === 2 ? { startedAt: earlier(NOW, minutes(19)) } : {})),
    },
    verdict: 'escalate attempts-failed',
  },
]);

decides('a service of one task', [
  {
    when: 'it fails, and policy says hold',
    scene: { tasks: [aTask(2)], targets: [aTarget(2)], traffic: [traffic(2, 100, 80)] },
    verdict: 'escalate at-floor',
  },
  {
    when: 'it fails, and policy says stop',
    policy: { singleTask: 'stop' },
    scene: { tasks: [aTask(2)], targets: [aTarget(2)], traffic: [traffic(2, 100, 80)] },
    verdict: 'act 02',
  },
  {
    when: 'it is one of two by now',
    policy: { singleTask: 'stop' },
    scene: {
      tasks: [aTask(2), aTask(3)],
      service: { desired: 1 },
      traffic: [traffic(2, 100, 80), traffic(3, 100, 80)],
    },
    verdict: 'escalate storm',
  },
]);

const stoppedOne = {
  stops: [
    {
      incidentId: 'inc',
      taskArn: 'arn:gone',
      at: earlier(NOW, seconds(50)),
      revision: 'checkout-api:42',
      before: {
        victim: { requests: 100, errors: 80 },
        others: { requests: 400, errors: 0 },
        ill: 2,
      },
    },
  ],
  cooldownUntil: later(NOW, minutes(4)),
};
const six = [1, 2, 3, 4, 5, 6];
const withNewcomer = (requests: number, errors: number) => ({
  tasks: six.map((n) => aTask(n, n === 6 ? { startedAt: earlier(NOW, seconds(20)) } : {})),
  targets: six.map((n) => aTarget(n)),
  traffic: six.map((n) =>
    n === 6 ? traffic(6, requests, errors) : traffic(n, 100, n === 2 ? 80 : 0),
  ),
});

decides('the second of two ill tasks', [
  {
    when: 'the first stop has visibly helped',
    lock: stoppedOne,
    scene: withNewcomer(30, 0),
    verdict: 'act 02',
  },
  {
    when: 'the newcomer has not served enough to tell',
    lock: stoppedOne,
    scene: withNewcomer(19, 0),
    verdict: 'hold settling',
  },
  {
    when: 'one of two newcomers has not served enough to tell',
    lock: stoppedOne,
    scene: {
      ...withNewcomer(30, 0),
      tasks: six.map((n) => aTask(n, n > 4 ? { startedAt: earlier(NOW, seconds(20)) } : {})),
      traffic: six.map((n) => traffic(n, n === 5 ? 19 : 100, n === 2 ? 80 : 0)),
    },
    verdict: 'hold settling',
  },
  {
    when: 'nobody has come yet: the stopped one is still there',
    lock: stoppedOne,
    scene: { ...withNewcomer(100, 0), tasks: six.map((n) => aTask(n)) },
    verdict: 'hold settling',
  },
  {
    when: 'another task fails its first checks',
    lock: stoppedOne,
    scene: {
      ...withNewcomer(30, 0),
      targets: six.map((n) => aTarget(n, n === 4 ? { state: 'initial' } : {})),
    },
    verdict: 'hold settling',
  },
  {
    when: 'there is no second one, and the alarm still rings',
    lock: stoppedOne,
    scene: { ...withNewcomer(30, 0), traffic: six.map((n) => traffic(n, 100, 0)) },
    verdict: 'hold settling',
  },
  {
    when: 'the newcomer is ill too',
    lock: stoppedOne,
    scene: withNewcomer(30, 25),
    verdict: 'hold settling',
  },
  {
    when: 'a place is still empty',
    lock: stoppedOne,
    scene: { ...withNewcomer(30, 0), service: { running: 5, pending: 1 } },
    verdict: 'hold settling',
  },
]);
