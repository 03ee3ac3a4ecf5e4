/** What each chart shows, in a sentence: for those who do not see it, and for those in a hurry. */
import type { Clock } from './clock.ts';
import type { Bin, TierSeries } from './series.ts';

export const rounded = (value: number): string => String(Math.round(value * 10) / 10);

export function tellRequests(bins: readonly Bin[], clock: Clock): string {
  const failing = bins.filter(({ failed }) => failed > 0);
  const [first, last] = [failing[0], failing.at(-1)];
  if (first === undefined || last === undefined) return 'No request failed.';
  const worst = Math.max(...bins.map(({ failed }) => failed));
  return [
    `Some failed between ${clock.since(first.from)} and ${clock.since(last.to)}`,
    `at most ${rounded(worst)} per second.`,
  ].join(', ');
}

export function tellLatency(bins: readonly Bin[], clock: Clock): string {
  const max = Math.max(0, ...bins.map(({ p99 = 0 }) => p99));
  const worst = bins.find(({ p99 }) => p99 === max);
  const at = worst === undefined ? '' : `, at ${clock.since(worst.from)}`;
  return `The slowest hundredth took up to ${Math.round(max)} ms${at}. The scale is logarithmic.`;
}

export function tellTasks({ states }: TierSeries, clock: Clock): string {
  const since = states.filter(({ at }) => at >= clock.zero);
  const least = since.toSorted((a, b) => a.healthy - b.healthy)[0];
  if (least === undefined) return 'Nothing was sampled after the fault.';
  const { healthy, desired } = least;
  return `Since the fault at least ${healthy} of ${desired} were healthy. ${tellPace(states)}`;
}

function tellPace(states: TierSeries['states']): string {
  const [first, last] = [states[0], states.at(-1)];
  const span = first === undefined || last === undefined ? 0 : last.at - first.at;
  const seconds = Math.round(span / 1_000 / Math.max(1, states.length - 1));
  return seconds <= 1 ? 'Sampled once a second.' : `Sampled every ${seconds} s.`;
}
