/**
 * What CloudWatch knows of one service: sums of each minute, and the users' own count of each
 * second.
 */

export interface Minute {
  requests: number;
  /** Answered by a task with a status of 500 or above. */
  errors: number;
  unhealthyMost: number;
  healthyLeast: number;
  /** Requests by duration in milliseconds; the world knows few different ones. */
  readonly durations: Map<number, number>;
}

/** What users saw in one second. */
export interface ServedSecond {
  readonly at: number;
  readonly requests: number;
  readonly failed: number;
  readonly slow: number;
}

export class Metrics {
  readonly minutes: Minute[] = [];
  readonly seconds: ServedSecond[] = [];
  current: Minute = emptyMinute();

  hosts(healthy: number, unhealthy: number): void {
    this.current.healthyLeast = Math.min(this.current.healthyLeast, healthy);
    this.current.unhealthyMost = Math.max(this.current.unhealthyMost, unhealthy);
  }

  answered(requests: number, errors: number): void {
    this.current.requests += requests;
    this.current.errors += errors;
  }

  took(durationMs: number, count: number): void {
    if (count === 0) return;
    const { durations } = this.current;
    durations.set(durationMs, (durations.get(durationMs) ?? 0) + count);
  }

  closeMinute(): void {
    this.minutes.push(this.current);
    this.current = emptyMinute();
  }
}

function emptyMinute(): Minute {
  const most = Number.POSITIVE_INFINITY;
  return { requests: 0, errors: 0, unhealthyMost: 0, healthyLeast: most, durations: new Map() };
}

/** @returns undefined when nothing was answered. */
export function percentile({ durations }: Minute, share: number): number | undefined {
  const total = [...durations.values()].reduce((sum, count) => sum + count, 0);
  let rest = total * share;
  for (const [duration, count] of [...durations].toSorted(([a], [b]) => a - b)) {
    rest -= count;
    if (rest <= 0) return duration;
  }
  return undefined;
}

export function average({ durations }: Minute): number {
  let [total, sum] = [0, 0];
  for (const [duration, count] of durations) {
    total += count;
    sum += count * duration;
  }
  return total === 0 ? 0 : sum / total;
}
