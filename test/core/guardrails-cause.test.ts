/** What no stop can help: tasks that do not start, tasks that die, targets that are gone. */
import { earlier, minutes, seconds } from '../../functions/core/time.ts';
import { aStoppedTask, aTarget, aTask, NOW, traffic } from './builders.ts';
import { decides, four } from './decide-table.ts';

const cannotPull = {
  stopCode: 'TaskFailedToStart',
  stoppedReason:
    'CannotPullContainerError: pull image manifest has been retried 1 time(s): not found',
};
const { startedAt: _never, ...neverStarted } = aStoppedTask(12, 2, cannotPull);
const exited = {
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
};
const olderBy = (n: number) => aTask(n, { startedAt: earlier(NOW, minutes(60)) });

decides('cannot-start', [
  {
    when: 'two tasks could not pull their image, though others serve on',
    scene: { stopped: [aStoppedTask(11, 1, cannotPull), neverStarted], service: { desired: 5 } },
    verdict: 'escalate cannot-start',
  },
  {
    when: 'one could not',
    scene: { stopped: [neverStarted], service: { desired: 5 } },
    verdict: 'hold replacing',
  },
  {
    when: 'they were of two revisions',
    scene: { stopped: [neverStarted, aStoppedTask(11, 1, { ...cannotPull, revision: 'x:2' })] },
    verdict: 'act 02',
  },
  {
    when: 'health checks killed two soon after their grace',
    scene: { stopped: [aStoppedTask(11, 1), aStoppedTask(12, 2)] },
    verdict: 'escalate cannot-start',
  },
  {
    when: 'a third one came up meanwhile',
    scene: {
      tasks: four.map((n) =>
        n === 4 ? aTask(4, { startedAt: earlier(NOW, seconds(90)) }) : olderBy(n),
      ),
      stopped: [aStoppedTask(11, 4), aStoppedTask(12, 5)],
    },
    verdict: 'act 02',
  },
  {
    when: 'two exited within their grace',
    scene: {
      stopped: [11, 12].map((n) =>
        aStoppedTask(n, 1, {
          ...exited,
          startedAt: earlier(NOW, seconds(70)),
          exitCode: 1,
        }),
      ),
    },
    verdict: 'escalate cannot-start',
  },
  {
    when: 'two ended well within their grace',
    scene: {
      stopped: [11, 12].map((n) =>
        aStoppedTask(n, 1, {
          ...exited,
          startedAt: earlier(NOW, seconds(70)),
          exitCode: 0,
        }),
      ),
    },
    verdict: 'act 02',
  },
  {
    when: 'they were of a release that is rolled back',
    scene: {
      stopped: [11, 12].map((n) =>
        aStoppedTask(n, 1, { ...cannotPull, revision: 'checkout-api:43' }),
      ),
    },
    verdict: 'act 02',
  },
  {
    when: 'that was longer ago than it matters',
    scene: { stopped: [aStoppedTask(11, 15), aStoppedTask(12, 15)] },
    verdict: 'act 02',
  },
  {
    when: 'a person stopped two before they ran',
    scene: {
      stopped: [11, 12].map((n) => {
        const { startedAt: _, ...task } = aStoppedTask(n, 1, { stopCode: 'UserInitiated' });
        return task;
      }),
    },
    verdict: 'act 02',
  },
  {
    when: 'the scheduler scaled in',
    scene: {
      stopped: [11, 12].map((n) =>
        aStoppedTask(n, 1, {
          stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)',
        }),
      ),
    },
    verdict: 'act 02',
  },
]);

const lived = { startedAt: earlier(NOW, minutes(50)) };
const outOfMemory = {
  ...exited,
  ...lived,
  exitCode: 137,
  containerReason: 'OutOfMemoryError: Container killed due to memory usage',
};

const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
const hundred = {
  tasks: numbers.map((n) => aTask(n)),
  targets: numbers.map((n) => aTarget(n)),
  traffic: numbers.map((n) => traffic(n, 100, n === 2 ? 80 : 0)),
};

decides('crash-loop', [
  {
    when: 'two tasks of one revision ran out of memory',
    scene: { stopped: [aStoppedTask(11, 1, outOfMemory), aStoppedTask(12, 9, outOfMemory)] },
    verdict: 'escalate crash-loop',
  },
  {
    when: 'two ended when their grace was just over',
    scene: {
      stopped: [11, 12].map((n) => aStoppedTask(n, 1, { ...exited, exitCode: 1 })),
    },
    verdict: 'escalate crash-loop',
  },
  {
    when: 'two of a hundred did: some task always dies',
    scene: {
      ...hundred,
      stopped: [aStoppedTask(211, 1, outOfMemory), aStoppedTask(212, 9, outOfMemory)],
    },
    verdict: 'act 02',
  },
  {
    when: 'five of a hundred did',
    scene: {
      ...hundred,
      stopped: [1, 2, 3, 4, 5].map((ago) => aStoppedTask(210 + ago, ago, outOfMemory)),
    },
    verdict: 'escalate crash-loop',
  },
  {
    when: 'one did, and ECS has replaced it',
    scene: { stopped: [aStoppedTask(11, 1, outOfMemory)] },
    verdict: 'act 02',
  },
  {
    when: 'health checks killed two that had served for long',
    scene: { stopped: [aStoppedTask(11, 1, lived), aStoppedTask(12, 2, lived)] },
    verdict: 'act 02',
  },
]);

decides('no-targets', [
  { when: 'no task is registered', scene: { targets: [] }, verdict: 'escalate no-targets' },
  {
    when: 'all that is registered is on its way out',
    scene: { targets: four.map((n) => aTarget(n, { state: 'draining' })) },
    verdict: 'escalate no-targets',
  },
  {
    when: 'the tasks are still new',
    scene: {
      targets: [],
      tasks: four.map((n) => aTask(n, { startedAt: earlier(NOW, seconds(30)) })),
    },
    verdict: 'hold starting',
  },
]);
