import type { TaskReading } from '../../functions/core/observation.ts';
import { earlier, epochMillis, later, minutes, seconds } from '../../functions/core/time.ts';
import { anIncident, aTarget, aTask, NOW, traffic } from './builders.ts';

import { aStop, decides, four, quiet, sickTarget, unhealthy } from './decide-table.ts';

decides('no-suspect', [
  { when: 'nobody stands out yet', scene: { traffic: quiet }, verdict: 'hold no-suspect' },
  {
    when: 'patience was spent on something else',
    lock: {
      incident: anIncident({
        openedAt: earlier(NOW, minutes(9)),
        hold: { reason: 'deployment-in-progress', since: earlier(NOW, minutes(9)) },
      }),
    },
    scene: { traffic: quiet },
    verdict: 'hold no-suspect',
  },
  {
    when: 'nobody stood out in time',
    lock: {
      incident: anIncident({ hold: { reason: 'no-suspect', since: earlier(NOW, minutes(3)) } }),
    },
    scene: { traffic: quiet },
    verdict: 'escalate no-suspect',
  },
  {
    when: 'two are equally ill: one after the other, by id',
    scene: { traffic: four.map((n) => traffic(n, 100, n > 2 ? 80 : 0)) },
    verdict: 'act 03',
  },
  {
    when: 'the next is too close to be called well',
    scene: { traffic: four.map((n) => traffic(n, 400, [0, 3, 60, 36, 2][n] ?? 0)) },
    verdict: 'hold no-suspect',
  },
  {
    when: 'the sample is too small',
    scene: { traffic: four.map((n) => traffic(n, 19, n === 2 ? 19 : 0)) },
    verdict: 'hold no-suspect',
  },
  {
    when: 'there are no logs and all targets are healthy',
    scene: { traffic: [] },
    verdict: 'hold no-suspect',
  },
]);

decides('cooling-down', [
  {
    when: 'the service rests',
    lock: { cooldownUntil: later(NOW, seconds(1)) },
    verdict: 'hold cooling-down',
  },
  { when: 'it has rested', lock: { cooldownUntil: NOW }, verdict: 'act 02' },
]);

decides('budget-spent', [
  {
    when: 'three stops in the hour',
    lock: { stops: [aStop(50), aStop(40), aStop(30)] },
    verdict: 'escalate budget-spent',
  },
  {
    when: 'one of them is older than the window',
    lock: { stops: [aStop(60), aStop(40), aStop(30)] },
    verdict: 'act 02',
  },
  { when: 'no stop is allowed at all', policy: { budget: 0 }, verdict: 'escalate budget-spent' },
]);

const ten = {
  tasks: Array.from({ length: 10 }, (_, n) => aTask(n + 1)),
  targets: Array.from({ length: 10 }, (_, n) => (n === 4 ? unhealthy(5) : aTarget(n + 1))),
  traffic: [],
};
const ecsHadItsTime = {
  incident: anIncident({ hold: { reason: 'replacing', since: earlier(NOW, minutes(3)) } }),
};

decides('at-floor', [
  {
    when: 'a service of one task',
    scene: { tasks: [aTask(2)], targets: [unhealthy(2)], traffic: [] },
    lock: {
      incident: anIncident({ hold: { reason: 'replacing', since: earlier(NOW, minutes(3)) } }),
    },
    verdict: 'escalate at-floor',
  },
  { when: 'none may be missing', policy: { maxUnavailable: 0 }, verdict: 'escalate at-floor' },
  {
    when: 'two of two, one ill',
    scene: { tasks: [aTask(1), aTask(2)], traffic: [traffic(1, 100, 1), traffic(2, 100, 80)] },
    verdict: 'act 02',
  },
  {
    when: 'another is ill already',
    scene: { targets: sickTarget },
    lock: {
      incident: anIncident({ hold: { reason: 'replacing', since: earlier(NOW, minutes(4)) } }),
    },
    verdict: 'act 03',
  },
  {
    when: 'it is out of rotation already, and so is another',
    policy: { stormShare: 1 },
    scene: { targets: four.map((n) => (n === 3 || n === 4 ? unhealthy(n) : aTarget(n))) },
    lock: {
      incident: anIncident({ hold: { reason: 'replacing', since: earlier(NOW, minutes(4)) } }),
    },
    verdict: 'act 03',
  },
  {
    when: 'another of ten is out of rotation, and none may be missing',
    policy: { maxUnavailable: 0 },
    scene: ten,
    lock: ecsHadItsTime,
    verdict: 'act 05',
  },
]);

decides('observe-only', [
  { when: 'everything else agrees', policy: { mode: 'observe' }, verdict: 'hold observe-only' },
  {
    when: 'something else objects first',
    policy: { mode: 'observe', budget: 0 },
    verdict: 'escalate budget-spent',
  },
  {
    when: 'it has lasted for long',
    policy: { mode: 'observe' },
    lock: { incident: anIncident({ openedAt: earlier(NOW, minutes(30)) }) },
    verdict: 'hold observe-only',
  },
]);

const withTwo = (overrides: Partial<TaskReading>) =>
  four.map((n) => aTask(n, n === 2 ? overrides : {}));

decides('protected', [
  {
    when: 'the ill task has protection on',
    scene: { tasks: withTwo({ protectedUntil: later(NOW, minutes(5)) }) },
    verdict: 'hold protected',
  },
  {
    when: 'its protection has no end',
    scene: { tasks: withTwo({ protectedUntil: epochMillis(8_640_000_000_000_000) }) },
    verdict: 'hold protected',
  },
  {
    when: 'its protection ended this instant',
    scene: { tasks: withTwo({ protectedUntil: NOW }) },
    verdict: 'act 02',
  },
  {
    when: 'another task has protection on',
    scene: {
      tasks: four.map((n) => aTask(n, n === 3 ? { protectedUntil: later(NOW, minutes(5)) } : {})),
    },
    verdict: 'act 02',
  },
]);
