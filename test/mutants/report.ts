/** What is told of a run: each file's score, and each mutant that no test noticed. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';
import { type FileScore, percentFound } from './score.ts';

const CORE = 'functions/core/';
const LONGEST = 80;

function nameOf({ file }: FileScore): string {
  return relative(CORE, file).replace(/\.ts$/, '');
}

function row(name: string, scores: readonly FileScore[]): string {
  const found = scores.reduce((sum, score) => sum + score.found, 0);
  const missed = scores.reduce((sum, score) => sum + score.missed.length, 0);
  const broken = scores.reduce((sum, score) => sum + score.broken, 0);
  const cells = [percentFound(scores).toFixed(1), found, missed, broken];
  return [name.padEnd(26), ...cells.map((cell) => `${cell}`.padStart(8))].join('');
}

/** Worst first. */
export function scoreTable(scores: readonly FileScore[]): string {
  const head = ['file'.padEnd(26), '   score', '   found', '  missed', '  broken'].join('');
  const worstFirst = scores.toSorted((a, b) => percentFound([a]) - percentFound([b]));
  return [head, ...worstFirst.map((score) => row(nameOf(score), [score])), row('all', scores)].join(
    '\n',
  );
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

function spell(mutant: MutantResult, lines: readonly string[]): string {
  const { start, end } = mutant.location;
  const seen = lines.slice(start.line - 1, end.line);
  const last = seen.length - 1;
  const text = seen
    .map((line, at) =>
      line.slice(at === 0 ? start.column - 1 : 0, at === last ? end.column - 1 : undefined),
    )
    .join('\n');
  const { mutatorName, status, replacement = '' } = mutant;
  const unseen = status === 'NoCoverage' ? ', which no test reaches' : '';
  return `:${start.line}:${start.column} ${mutatorName}: ${cut(text)} → ${cut(replacement)}${unseen}`;
}

/** Each mutant that no test noticed, at its place. */
export function missedMutants(scores: readonly FileScore[]): string {
  return scores
    .flatMap(({ file, missed }) => {
      const lines = missed.length === 0 ? [] : readFileSync(file, 'utf8').split('\n');
      return missed.map((mutant) => `${file}${spell(mutant, lines)}`);
    })
    .join('\n');
}
