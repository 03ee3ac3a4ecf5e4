import type { RecordedCall } from '../lab/events.ts';

/** The most calls of which each began after the one before it had ended: what parallel reads cannot shorten. */
export function longestChain(calls: readonly Pick<RecordedCall, 'at' | 'endedAt'>[]): number {
  const byEnd = calls.toSorted((a, b) => a.endedAt - b.endedAt);
  const depths: number[] = [];
  for (const call of byEnd) {
    const earlier = depths.filter((_, index) => (byEnd[index]?.endedAt ?? 0) <= call.at);
    depths.push(1 + Math.max(0, ...earlier));
  }
  return Math.max(0, ...depths);
}
