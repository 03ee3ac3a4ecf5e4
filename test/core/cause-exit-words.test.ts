/** What is said of tasks that end by themselves, and of which of them. */
import { describe, expect, test } from 'vitest';
import { exitAtStart, outOfMemory } from '../../functions/core/cause-exit.ts';
import type { StoppedTaskReading } from '../../functions/core/observation.ts';
import { earlier, minutes, seconds } from '../../functions/core/time.ts';
import { aStoppedTask, aTarget, aTask, NOW, traffic } from './builders.ts';
import { aFailedStart, allGone, anExit, cause, inputOf, said } from './cause-scenes.ts';

const KILLED = { containerReason: 'OutOfMemoryError: Container killed due to memory usage' };
const calm = [1, 2, 3, 4].map((n) => traffic(n, 100, 0));

function neverRan(n: number): StoppedTaskReading {
  const { startedAt: _never, ...task } = anExit(n, 1, 78);
  return task;
}

/** One that lived for so many seconds. */
function lived(n: number, life: number, exitCode = 78): StoppedTaskReading {
  const task = anExit(n, 1, exitCode);
  return { ...task, startedAt: earlier(task.stoppedAt, seconds(life)) };
}

describe('memory', () => {
  test('is told of one task in the singular', () => {
    expect(cause(allGone([anExit(11, 1, 137, KILLED)]))?.sentence).toBe(
      '1 task of checkout-api:42 was killed for using more memory than allowed, 4.0 s after the start.',
    );
  });

  test('of one task is no cause in a fleet that is full and well', () => {
    expect(
      outOfMemory(inputOf({ stopped: [anExit(11, 1, 137, KILLED)], traffic: calm })),
    ).toBeUndefined();
  });

  test('of one task is no cause while others are ill', () => {
    const targets = [1, 2, 3, 4].map((n) => aTarget(n, n === 2 ? { state: 'unhealthy' } : {}));
    const scene = { stopped: [anExit(11, 1, 137, KILLED)], targets, traffic: calm };

    expect(outOfMemory(inputOf({ ...scene, service: { desired: 5 } }))).toBeUndefined();
  });

  test('is no exit at the start', () => {
    expect(exitAtStart(inputOf(allGone([anExit(11, 1, 137, KILLED)])))).toBeUndefined();
  });
});

describe('an exit at the start', () => {
  const named = (...ends: readonly StoppedTaskReading[]) => exitAtStart(inputOf(allGone(ends)));

  test.each([
    ['1 task of checkout-api:42 exited with code 78 before it ran.', [neverRan(11)]],
    ['2 tasks of checkout-api:42 exited with code 78 before they ran.', [11, 12].map(neverRan)],
    [
      '2 tasks of checkout-api:42 exited with code 1 or 78, 4.0 s to 9.0 s after the start.',
      [lived(11, 4), lived(12, 9, 1)],
    ],
    ['1 task of checkout-api:42 exited with code 78, 1 min after the start.', [lived(11, 60)]],
  ])('%s', (sentence, ends) => {
    expect(named(...ends)).toMatchObject({
      sentence,
      fix: 'Read the log of one of these tasks, or roll back to the revision before.',
    });
  });

  test.each([
    ['past its grace', lived(11, 61)],
    ['whose code is not known', withoutCode()],
    ['that was stopped for its checks', aStoppedTask(11, 1, { exitCode: 137 })],
    ['that never was one', aFailedStart(11, 1, 'CannotStartContainerError: x')],
  ])('is not one %s', (_name, end) => {
    expect(named(end)).toBeUndefined();
  });

  function withoutCode(): StoppedTaskReading {
    const { exitCode: _unknown, ...task } = anExit(11, 1, 1);
    return task;
  }

  test('has passed once its revision came up', () => {
    const tasks = [aTask(1, { startedAt: earlier(NOW, seconds(30)) })];
    const scene = { tasks, targets: [aTarget(1)], service: { desired: 2 } };
    const since = (minutesAgo: number) => ({ ...scene, stopped: [anExit(11, minutesAgo, 1)] });

    expect(exitAtStart(inputOf(since(2)))).toBeUndefined();
    expect(exitAtStart(inputOf(since(0)))?.code).toBe('exit-at-start');
  });

  test('is told by the newest of them that said anything', () => {
    const scene = allGone([anExit(11, 1, 1), anExit(12, 2, 1), anExit(13, 3, 1)]);
    const lines = [said(12, 'TypeError: x is not a function'), said(13, 'TypeError: old')];

    expect(cause(scene, lines)).toMatchObject({
      sentence:
        '3 tasks of checkout-api:42 exited with code 1, 4.0 s after the start; its last words: ' +
        'TypeError: x is not a function.',
      evidence: ['TypeError: old', 'TypeError: x is not a function'],
      fix: 'Mend what the last log line says, or roll back to the revision before.',
    });
  });
});

describe('last words', () => {
  const one = allGone([anExit(11, 1, 1)]);
  const TOLD = 'Essential container in task exited (exit code 1)';

  test.each([
    ['the last complaint', ['Error: boom', 'info bye'], 'Error: boom'],
    ['the last line, where none complains', ['one', 'two', 'three'], 'three'],
    ['what stands above its stack', ['TypeError: x', '    at main.js:3'], 'TypeError: x'],
    ['what only begins like a frame', ['one', 'attempt 3'], 'attempt 3'],
    ['what stands above frames of Python', ['one', '  File "main.py", line 3'], 'one'],
    ['what stands above frames of Java', ['one', '\t... 12 more'], 'one'],
    ['what stands above the version of Node.js', ['one', 'Node.js v24.1.0'], 'one'],
    ['what stands above carets', ['one', '      ^^^^  '], 'one'],
    ['what begins with a caret', ['one', '^C was pressed'], '^C was pressed'],
    ['what stands above an empty line', ['one', ' '], 'one'],
    ['what stands above a line that nobody can see', ['one', '\u0000\u202e'], 'one'],
    ['its end as ECS tells it, when nobody can see any', ['\u0000'], TOLD],
  ])('are %s', (_name, lines, words) => {
    expect(cause(one, [said(11, ...lines)])?.evidence).toEqual([words]);
  });
});

describe('what is missing', () => {
  const one = allGone([anExit(11, 1, 1)]);
  const START = '1 task of checkout-api:42 exited with code 1, 4.0 s after the start';
  const back = 'or roll back to the revision before.';

  test.each([
    ['DB_HOST is not set', 'DB_HOST is missing', `Set DB_HOST in the task definition, ${back}`],
    [
      'A_1 is not set, B_2 is not set, C_3 is not set, D_4 is not set',
      'A_1, B_2 and C_3 are missing',
      `Set A_1, B_2 and C_3 in the task definition, ${back}`,
    ],
    [
      'No such file or directory: /etc/app.conf',
      '/etc/app.conf is missing',
      'Put /etc/app.conf into the image, or mount it.',
    ],
    [
      "ENOENT: no such file, open '/etc/app.conf', and DB_HOST is not set",
      '/etc/app.conf and DB_HOST are missing',
      `Provide /etc/app.conf and DB_HOST, ${back}`,
    ],
    [
      'EMAIL_HOST is not set',
      'EMAIL_HOST is missing',
      `Set EMAIL_HOST in the task definition, ${back}`,
    ],
  ])('is named, and how to mend it: %s', (line, missing, fix) => {
    expect(cause(one, [said(11, line)])).toEqual({
      code: 'exit-at-start',
      sentence: `${START}: ${missing}.`,
      evidence: [line],
      fix,
    });
  });

  test.each(['JSON is missing', 'ENOTDIR not found', 'HTTPS not found', 'ERR_CODE not found'])(
    'is no word in capitals: %s',
    (line) => {
      expect(cause(one, [said(11, line)])?.sentence).toBe(`${START}; its last words: ${line}.`);
    },
  );
});

test('of many the smaller half may have run out of memory', () => {
  const killed = { ...anExit(11, 1, 137, KILLED), startedAt: earlier(NOW, minutes(9)) };
  const scene = allGone([killed, anExit(12, 1, 1)]);

  expect(cause(scene)?.sentence).toBe(
    '1 task of checkout-api:42 exited with code 1, 4.0 s after the start.',
  );
});
