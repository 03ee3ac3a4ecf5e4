/**
 * Is one task's error share higher than its peers' by more than chance?
 *
 * Fisher's exact test, one-sided, of the task against all its peers together: given as many errors among as many
 * requests in all, how likely is it that this task drew at least as many of them? Exact for small counts, no
 * approximation for large ones, and multiplied by the number of tasks looked at (Bonferroni), so the stated
 * false-alarm rate holds for the whole decision, with 2 tasks or with 2,000.
 */
import { assert } from './assert.ts';

export interface Tally {
  readonly requests: number;
  readonly errors: number;
}

export function share(tally: Tally): number {
  return tally.requests === 0 ? 0 : tally.errors / tally.requests;
}

/**
 * The chance that a task no worse than its peers shows at least this many errors, from 0 to 1.
 *
 * @returns 1 when the task's share is not above the overall one, and when there are no peers to compare with.
 */
export function chanceOfErrors(task: Tally, peers: Tally): number {
  assert(
    task.errors <= task.requests && peers.errors <= peers.requests,
    'more errors than requests',
  );
  const total = task.requests + peers.requests;
  const errors = task.errors + peers.errors;
  if (peers.requests === 0 || task.errors * total <= errors * task.requests) return 1;
  const first = Math.exp(
    logChoose(errors, task.errors) +
      logChoose(total - errors, task.requests - task.errors) -
      logChoose(total, task.requests),
  );
  return Math.min(1, upperTail(first, task, { total, errors }));
}

/** Sums the hypergeometric terms from the observed count upwards; above the mean each is smaller than the last. */
function upperTail(
  first: number,
  task: Tally,
  all: { readonly total: number; readonly errors: number },
): number {
  const most = Math.min(task.requests, all.errors);
  let term = first;
  let sum = first;
  for (let drawn = task.errors; drawn < most; drawn += 1) {
    const up = (all.errors - drawn) * (task.requests - drawn);
    const down = (drawn + 1) * (all.total - all.errors - task.requests + drawn + 1);
    term *= up / down;
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

const LOG_FACTORIALS = buildLogFactorials(256);

function buildLogFactorials(size: number): readonly number[] {
  const table = [0];
  for (let n = 1; n < size; n += 1) table.push((table[n - 1] ?? 0) + Math.log(n));
  return table;
}

/** ln(n!), exact sums below 256, Stirling's series (error below 1e-15) from there. */
function logFactorial(n: number): number {
  const known = LOG_FACTORIALS[n];
  if (known !== undefined) return known;
  const x = n + 1;
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
