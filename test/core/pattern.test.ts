/** What ill tasks have in common: a revision, a zone, or nothing. */
import { describe, expect, test } from 'vitest';
import type { TaskView } from '../../functions/core/evidence.ts';
import { findPattern } from '../../functions/core/pattern.ts';
import { aTask } from './builders.ts';

/** Each as `revision zone`, ill with a `!`, and without a zone as `-`. */
function patternOf(...tasks: readonly string[]) {
  const views = tasks.map((text, index): TaskView => {
    const { zone: _own, ...task } = aTask(index + 1);
    const [revision = '', zone = ''] = text.replace('!', '').split(' ');
    const placed = zone === '-' ? task : { ...task, zone };
    return { task: { ...placed, revision }, targets: [], condition: 'healthy' };
  });
  const ill = views.filter((_view, index) => tasks[index]?.endsWith('!'));
  return findPattern(
    views,
    ill.map(({ task }) => task.id),
  );
}

const many = (count: number, text: string) => Array.from({ length: count }, () => text);
const SCATTERED = { kind: 'scattered' };
const REVISION = { kind: 'one-revision', revision: 'new' };
const ZONE = { kind: 'one-zone', zone: 'a' };

describe('what ill tasks have in common', () => {
  test.each<readonly [string, readonly string[], object]>([
    ['nobody is ill', ['old a', 'new b'], SCATTERED],
    ['one of a revision is ill', ['new a!', 'old b', 'old c'], SCATTERED],
    ['all of a revision are ill', ['new a!', 'new b!', 'old a', 'old b'], REVISION],
    ['all of a zone are ill', ['old a!', 'old a!', 'old b', 'old c'], ZONE],
    ['all of both', ['new a!', 'new a!', 'old b', 'old c'], REVISION],
    ['everybody is ill', ['new a!', 'new a!', 'new a!'], SCATTERED],
    ['nobody has a zone', ['old -!', 'old -!', 'old b', 'old c'], SCATTERED],
    ['all but one of five', [...many(4, 'new a!'), 'new b', ...many(5, 'old c')], REVISION],
    ['all but two of six', [...many(4, 'new a!'), ...many(2, 'new a'), 'old a'], SCATTERED],
    [
      'one in five of the others too',
      [...many(2, 'new b!'), 'old c!', ...many(4, 'old d')],
      REVISION,
    ],
    [
      'one in four of the others too',
      [...many(2, 'new b!'), 'old c!', ...many(3, 'old d')],
      SCATTERED,
    ],
    [
      'two in ten of the others too',
      [...many(9, 'new b!'), 'old c!', 'old e!', ...many(8, 'old d')],
      REVISION,
    ],
  ])('%s', (_what, tasks, wanted) => {
    expect(patternOf(...tasks)).toEqual(wanted);
  });
});
