import { earlier, minutes, seconds } from '../../functions/core/time.ts';
import { anIncident, aTarget, aTask, NOW, traffic } from './builders.ts';

import { decides, four, quiet, sickTarget } from './decide-table.ts';

decides('replacing', [
  { when: 'a task is missing', scene: { service: { running: 3 } }, verdict: 'hold replacing' },
  { when: 'a task is pending', scene: { service: { pending: 1 } }, verdict: 'hold replacing' },
  {
    when: 'a task is being stopped',
    scene: { tasks: four.map((n) => aTask(n, n === 4 ? { desiredStatus: 'STOPPED' } : {})) },
    verdict: 'hold replacing',
  },
  {
    when: 'a health check fails that ECS sees too',
    scene: { targets: sickTarget, traffic: quiet },
    verdict: 'hold replacing',
  },
  {
    when: 'ECS did nothing about it in its time',
    lock: {
      incident: anIncident({ hold: { reason: 'replacing', since: earlier(NOW, minutes(3)) } }),
    },
    scene: { targets: sickTarget, traffic: quiet },
    verdict: 'act 03',
  },
  {
    when: 'ECS did nothing about an unhealthy container',
    lock: {
      incident: anIncident({ hold: { reason: 'replacing', since: earlier(NOW, minutes(3)) } }),
    },
    scene: {
      tasks: four.map((n) => aTask(n, n === 4 ? { health: 'UNHEALTHY' } : {})),
      traffic: quiet,
    },
    verdict: 'act 04',
  },
]);

decides('starting', [
  {
    when: 'a task is within its grace',
    scene: {
      tasks: four.map((n) => aTask(n, n === 4 ? { startedAt: earlier(NOW, seconds(59)) } : {})),
    },
    verdict: 'hold starting',
  },
  {
    when: 'an unhealthy target is within its grace',
    scene: {
      targets: sickTarget,
      tasks: four.map((n) => aTask(n, n === 3 ? { startedAt: earlier(NOW, seconds(59)) } : {})),
    },
    verdict: 'hold starting',
  },
  {
    when: 'a target is in its first checks',
    scene: { targets: four.map((n) => aTarget(n, n === 4 ? { state: 'initial' } : {})) },
    verdict: 'hold starting',
  },
  {
    when: 'the grace of the service is longer than ours',
    scene: { service: { graceSeconds: 7_200 } },
    verdict: 'hold starting',
  },
]);

decides('unreadable', [
  {
    when: 'a running task has no target',
    scene: { targets: [1, 2, 3].map((n) => aTarget(n)) },
    verdict: 'hold unreadable',
  },
  {
    when: 'the load balancer itself has trouble',
    scene: {
      targets: four.map((n) =>
        aTarget(n, n === 4 ? { state: 'unhealthy', reason: 'Elb.InternalError' } : {}),
      ),
    },
    verdict: 'hold unreadable',
  },
]);

decides('storm', [
  {
    when: 'every task fails alike',
    scene: { traffic: four.map((n) => traffic(n, 100, 90)) },
    verdict: 'escalate storm',
  },
  {
    when: 'three of four fail',
    scene: { traffic: four.map((n) => traffic(n, 100, n === 1 ? 0 : 90)) },
    verdict: 'escalate storm',
  },
  {
    when: 'two of three fail',
    scene: {
      tasks: [1, 2, 3].map((n) => aTask(n)),
      traffic: [1, 2, 3].map((n) => traffic(n, 100, n === 1 ? 0 : 90)),
    },
    verdict: 'escalate storm',
  },
  {
    when: 'two of two fail',
    scene: { tasks: [aTask(1), aTask(2)], traffic: [traffic(1, 100, 90), traffic(2, 100, 90)] },
    verdict: 'escalate storm',
  },
]);

const atWork = (n: number, revision: string) =>
  aTask(n, { revision, zone: `eu-west-1${'ab'[n % 2]}` });
const illAre = (...ill: readonly number[]) =>
  six.map((n) => traffic(n, 100, ill.includes(n) ? 80 : 0));
const six = [1, 2, 3, 4, 5, 6];
const allWell = six.map((n) => aTarget(n));

decides('same-revision', [
  {
    when: 'both tasks of the new revision fail, and no other',
    scene: {
      tasks: six.map((n) => atWork(n, n > 4 ? 'checkout-api:43' : 'checkout-api:42')),
      targets: allWell,
      traffic: illAre(5, 6),
    },
    verdict: 'escalate same-revision',
  },
  {
    when: 'one of two tasks of the new revision fails',
    scene: {
      tasks: six.map((n) => atWork(n, n > 4 ? 'checkout-api:43' : 'checkout-api:42')),
      targets: allWell,
      traffic: illAre(5),
    },
    verdict: 'act 05',
  },
  {
    when: 'the only task of the new revision fails',
    scene: {
      tasks: six.map((n) => atWork(n, n > 5 ? 'checkout-api:43' : 'checkout-api:42')),
      targets: allWell,
      traffic: illAre(6),
    },
    verdict: 'act 06',
  },
]);

decides('one-zone', [
  {
    when: 'all tasks in a zone fail, and no other',
    scene: { tasks: six.map((n) => atWork(n, 'x:1')), targets: allWell, traffic: illAre(1, 3, 5) },
    verdict: 'escalate one-zone',
  },
  {
    when: 'two of three tasks in a zone fail',
    scene: { tasks: six.map((n) => atWork(n, 'x:1')), targets: allWell, traffic: illAre(1, 3) },
    verdict: 'act 01',
  },
  {
    when: 'everybody fails, in every zone',
    scene: { tasks: six.map((n) => atWork(n, 'x:1')), targets: allWell, traffic: illAre(...six) },
    verdict: 'escalate storm',
  },
]);
