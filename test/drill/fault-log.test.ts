import { describe, expect, test } from 'vitest';
import type { Deployment, TaskRecord } from '../lab/ecs/model.ts';
import { FaultLog, type Fleet } from './fault-log.ts';

const V1 = aDeployment('v1');
const V2 = aDeployment('v2');

function aDeployment(arn: string): Deployment {
  return { id: `ecs-svc/${arn}`, taskDefinition: { arn } } as Deployment;
}

/** Times are milliseconds. */
function aTask(arn: string, overrides: Partial<TaskRecord> = {}): TaskRecord {
  return {
    arn,
    deployment: V1,
    createdAt: new Date(1),
    desiredStatus: 'RUNNING',
    ...overrides,
  } as TaskRecord;
}

function leaves(task: TaskRecord, at: number): void {
  task.desiredStatus = 'STOPPED';
  task.stoppingAt = new Date(at);
}

function aFleet(tasks: readonly TaskRecord[], deployments: readonly Deployment[] = [V1]): Fleet {
  return { tasks, deployments };
}

describe('a task that is made ill', () => {
  test.for<readonly [string, (log: FaultLog, task: TaskRecord) => void, number | undefined]>([
    ['is ill for ever', () => {}, undefined],
    ['is ill until it is mended', (log, task) => log.mend([task], 50), 50],
    ['is ill until it leaves', (_log, task) => leaves(task, 60), 60],
    [
      'that left before it was mended was ill until then',
      (log, task) => {
        leaves(task, 40);
        log.mend([task], 50);
      },
      40,
    ],
    ['is not mended with another', (log) => log.mend([aTask('other')], 50), undefined],
  ])('%s', ([, happens, end]) => {
    const task = aTask('a');
    const log = new FaultLog();

    log.makeIll([task], 10);
    happens(log, task);

    const span = end === undefined ? { from: 10 } : { from: 10, to: end };
    expect(log.spans(aFleet([task]))).toEqual([span]);
    expect(log.illTasks(aFleet([task]))).toEqual(new Set(['a']));
  });

  test('for some time is well after it, and not ill for longer by being mended late', () => {
    const task = aTask('a');
    const log = new FaultLog();

    log.makeIll([task], 10, 30);
    log.mend([task], 50);

    expect(log.spans(aFleet([task]))).toEqual([{ from: 10, to: 30 }]);
  });
});

test('a task that is made ill again after it was mended is ill twice', () => {
  const task = aTask('a');
  const log = new FaultLog();

  log.makeIll([task], 10);
  log.mend([task], 20);
  log.makeIll([task], 30);
  expect(log.spans(aFleet([task]))).toEqual([{ from: 10, to: 20 }, { from: 30 }]);
  log.mend([task], 40);

  expect(log.spans(aFleet([task]))).toEqual([
    { from: 10, to: 20 },
    { from: 30, to: 40 },
  ]);
});

describe('tasks that come up ill', () => {
  test('are the next ones, and no more than asked for', () => {
    const before = aTask('before');
    const log = new FaultLog();

    log.expectIll([before], 2);

    const next = ['a', 'b', 'c'].map((arn) => aTask(arn, { createdAt: new Date(70) }));
    const fleet = aFleet([before, ...next]);
    expect(log.illTasks(fleet)).toEqual(new Set(['a', 'b']));
    expect(log.spans(fleet)).toEqual([{ from: 70 }, { from: 70 }]);
  });

  test('are ill until they are mended', () => {
    const log = new FaultLog();
    const next = aTask('a', { createdAt: new Date(70) });

    log.expectIll([], 1);
    log.mend([next], 80);

    expect(log.spans(aFleet([next]))).toEqual([{ from: 70, to: 80 }]);
  });
});

describe('a bad release', () => {
  const bad = (): readonly TaskRecord[] => ['a', 'b'].map((arn) => aTask(arn, { deployment: V2 }));

  test('makes every task of its revision ill', () => {
    const log = new FaultLog();

    log.release(V2, 10);

    expect(log.illTasks(aFleet([aTask('old'), ...bad()]))).toEqual(new Set(['a', 'b']));
  });

  test('is on while it is deployed, though none of its tasks ever starts', () => {
    const log = new FaultLog();

    log.release(V2, 10);

    expect(log.spans(aFleet([], [V2, V1]))).toEqual([{ from: 10 }]);
  });

  test('is on while one of its tasks runs', () => {
    const log = new FaultLog();
    const [a, b] = bad();
    if (a === undefined || b === undefined) throw new Error('two tasks');
    leaves(a, 80);

    log.release(V2, 10);

    expect(log.spans(aFleet([a, b]))).toEqual([{ from: 10 }]);
    leaves(b, 90);
    expect(log.spans(aFleet([a, b]))).toEqual([{ from: 10, to: 90 }]);
  });
});

describe('a broken condition', () => {
  test('is on until it is restored', () => {
    const log = new FaultLog();

    log.breakDown('dependency', 10);
    log.breakDown('network', 20);
    log.restore('dependency', 30);

    expect(log.spans(aFleet([]))).toEqual([{ from: 10, to: 30 }, { from: 20 }]);
  });

  test('that is broken again begins anew', () => {
    const log = new FaultLog();

    log.breakDown('dependency', 10);
    log.breakDown('dependency', 20);

    expect(log.spans(aFleet([]))).toEqual([{ from: 10, to: 20 }, { from: 20 }]);
  });

  test('that never was broken cannot be restored', () => {
    const log = new FaultLog();

    log.restore('dependency', 10);

    expect(log.spans(aFleet([]))).toEqual([]);
  });
});
