import { expect, test } from 'vitest';
import { renderTrial, renderTrials } from './table.ts';
import type { Trial } from './trial.ts';

const HELD: Trial = {
  name: 'ecs-down',
  outcome: 'recovered',
  hits: 36,
  stopsRight: 1,
  stopsWrong: 0,
  announced: 3,
  told: 3,
  seconds: 27.6,
  problems: [],
};
const BROKEN: Trial = {
  ...HELD,
  name: 'slack-throttle',
  told: 2,
  problems: ['never told: a#3 stopped', '1 messages are in dead-letter queues'],
};

test('a trial is one line, with what it broke below', () => {
  expect(renderTrial(HELD)).toBe(
    'held · recovered · hit 36 times · stops 1 right, 0 wrong · told 3 of 3 · 28 s',
  );
  expect(renderTrial(BROKEN).split('\n').slice(1)).toEqual([
    '  ! never told: a#3 stopped',
    '  ! 1 messages are in dead-letter queues',
  ]);
});

test('a table has a line for each, and counts what is broken', () => {
  const lines = renderTrials([HELD, BROKEN]).split('\n');

  expect(lines.slice(1, 3)).toEqual([
    expect.stringMatching(/^ecs-down {8}36 {4}recovered {2}1 .* 3 of 3 {2}28 {7}held$/),
    expect.stringMatching(/^slack-throttle .* 2 of 3 .* BROKEN: never told: a#3 stopped; 1 mess/),
  ]);
  expect(lines.at(-2)).toBe('2 troubles, 1 broke a promise');
});
