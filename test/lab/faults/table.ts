/** Trials as text. */
import type { Trial } from './trial.ts';

/** In one line, with what was broken below it. */
export function renderTrial(trial: Trial): string {
  const { outcome, hits, stopsRight, stopsWrong, told, announced, seconds, problems } = trial;
  const parts = [
    problems.length === 0 ? 'held' : 'BROKEN',
    outcome,
    `hit ${hits} times`,
    `stops ${stopsRight} right, ${stopsWrong} wrong`,
    `told ${told} of ${announced}`,
    `${seconds.toFixed(0)} s`,
  ];
  return [parts.join(' · '), ...problems.map((problem) => `  ! ${problem}`)].join('\n');
}

const HEAD = ['trouble', 'hits', 'outcome', 'right', 'wrong', 'told', 'seconds', ''] as const;

/** All of them, and a last line that counts what is broken. */
export function renderTrials(trials: readonly Trial[]): string {
  const rows = trials.map((trial) => [
    trial.name,
    String(trial.hits),
    trial.outcome,
    String(trial.stopsRight),
    String(trial.stopsWrong),
    `${trial.told} of ${trial.announced}`,
    trial.seconds.toFixed(0),
    trial.problems.length === 0 ? 'held' : `BROKEN: ${trial.problems.join('; ')}`,
  ]);
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === HEAD.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  const broken = trials.filter(({ problems }) => problems.length > 0).length;
  const sum = `${trials.length} troubles, ${broken} broke a promise`;
  return `${[line(HEAD), ...rows.map(line), '', sum].join('\n')}\n`;
}
