import { expect, test } from 'vitest';
import { run } from '../../drill/spawned.ts';
import { nameOf, TROUBLES } from './trouble.ts';

const FAULTS = 'lab/faults/main.ts';
/** It loads the whole lab first. */
const START = { timeout: 60_000 };

test.for<readonly [readonly string[], readonly string[]]>([
  [
    ['--only', 'ecs-down', 'nothing-like-it'],
    ['--only', 'got nothing-like-it', 'wanted a part of a name that --list shows'],
  ],
  [
    ['--chat', 'pigeon'],
    ['--chat', 'got pigeon', 'wanted bot or webhook'],
  ],
  [
    ['--factor', '0'],
    ['--factor', 'got 0', 'wanted a number from 1 to 60'],
  ],
  [['now'], ['too many arguments']],
])('%j is refused', START, async ([args, words]) => {
  await using faults = run(FAULTS, ...args);

  expect(await faults.exited).toMatchObject({ exitCode: 2 });
  for (const word of words) expect(faults.stderr.join('\n')).toContain(word);
});

test('the list names every trouble, each once', START, async () => {
  await using faults = run(FAULTS, '--list');

  expect(await faults.exited).toMatchObject({ exitCode: 0 });
  expect(faults.stdout).toEqual(TROUBLES.map(nameOf));
  expect(new Set(faults.stdout).size).toBe(TROUBLES.length);
});
