/** Metric samples by minute, where a minute lasts 60 s divided by the time factor. */
import type { TimeFactor } from '../time-factor.ts';

export interface MetricIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface SeriesQuery {
  readonly metric: MetricIdentity;
  /** Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99. */
  readonly stat: string;
  readonly periodSeconds: number;
  /** Number of the last minute asked for, inclusive. */
  readonly lastMinute: number;
  /** How many periods, counted back from the last minute. */
  readonly count: number;
}

/** One period's statistic; no samples, no point. */
export interface SeriesPoint {
  readonly value: number;
  readonly sampleCount: number;
}

export const MINUTE_SECONDS = 60;
/** Three hours by the compressed clock, more than any alarm of the lab looks back. */
const MINUTES_KEPT_MAX = 180;
const PERCENTILE = /^p(\d{1,2}(?:\.\d+)?|100)$/;
const STATISTICS = new Set(['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount']);

export function isStatistic(stat: string): boolean {
  return STATISTICS.has(stat) || PERCENTILE.test(stat);
}

export class MetricStore {
  /** Real length of one AWS minute. */
  readonly minuteMs: number;
  readonly #metrics = new Map<string, Map<number, number[]>>();

  constructor(time: TimeFactor) {
    this.minuteMs = time.seconds(MINUTE_SECONDS);
  }

  /** Number of the minute that contains a real instant. */
  minuteAt(atMs: number): number {
    return Math.floor(atMs / this.minuteMs);
  }

  /** Real instant at which a minute starts. */
  startOf(minute: number): number {
    return minute * this.minuteMs;
  }

  record(metric: MetricIdentity, value: number, atMs = Date.now()): void {
    const key = keyOf(metric);
    const minutes = this.#metrics.get(key) ?? new Map<number, number[]>();
    this.#metrics.set(key, minutes);
    const minute = this.minuteAt(atMs);
    const samples = minutes.get(minute);
    if (samples !== undefined) {
      samples.push(value);
      return;
    }
    minutes.set(minute, [value]);
    for (const old of minutes.keys()) {
      if (old <= minute - MINUTES_KEPT_MAX) minutes.delete(old);
    }
  }

  /** Makes so many minutes, up to the current one, hold this value and nothing else. */
  rewrite(metric: MetricIdentity, value: number, count: number, atMs = Date.now()): void {
    const key = keyOf(metric);
    const minutes = this.#metrics.get(key) ?? new Map<number, number[]>();
    this.#metrics.set(key, minutes);
    for (let back = count - 1; back >= 0; back -= 1) {
      minutes.set(this.minuteAt(atMs) - back, [value]);
    }
  }

  /** @returns one entry per period, oldest first; `undefined` where nothing was recorded. */
  series(query: SeriesQuery): readonly (SeriesPoint | undefined)[] {
    const minutes = this.#metrics.get(keyOf(query.metric));
    const width = query.periodSeconds / MINUTE_SECONDS;
    return Array.from({ length: query.count }, (_, index) => {
      const last = query.lastMinute - (query.count - 1 - index) * width;
      const samples: number[] = [];
      for (let minute = last - width + 1; minute <= last; minute += 1) {
        samples.push(...(minutes?.get(minute) ?? []));
      }
      return samples.length === 0
        ? undefined
        : { value: statisticOf(samples, query.stat), sampleCount: samples.length };
    });
  }
}

/** Computes one statistic of at least one sample. */
export function statisticOf(samples: readonly number[], stat: string): number {
  switch (stat) {
    case 'Sum':
      return sum(samples);
    case 'Average':
      return sum(samples) / samples.length;
    case 'Minimum':
      return samples.reduce((least, sample) => Math.min(least, sample), Number.POSITIVE_INFINITY);
    case 'Maximum':
      return samples.reduce((most, sample) => Math.max(most, sample), Number.NEGATIVE_INFINITY);
    case 'SampleCount':
      return samples.length;
    default:
      return percentileOf(samples, stat);
  }
}

function percentileOf(samples: readonly number[], stat: string): number {
  const percent = Number(PERCENTILE.exec(stat)?.[1]);
  if (Number.isNaN(percent))
    throw new RangeError(`statistic: got ${stat}, wanted one CloudWatch has`);
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? 0;
  const above = sorted[Math.ceil(rank)] ?? below;
  return below + (above - below) * (rank - Math.floor(rank));
}

function sum(samples: readonly number[]): number {
  return samples.reduce((total, sample) => total + sample, 0);
}

function keyOf({ namespace, name, dimensions }: MetricIdentity): string {
  const pairs = Object.entries(dimensions).toSorted(([a], [b]) => a.localeCompare(b));
  return JSON.stringify([namespace, name, pairs]);
}
