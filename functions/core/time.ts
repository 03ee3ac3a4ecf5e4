/** Branded instants and durations: a time is never a bare number, and nothing here reads a clock. */
import { assert } from './assert.ts';

declare const instant: unique symbol;
declare const duration: unique symbol;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMillis = number & { readonly [instant]: true };
/** A span in milliseconds, never negative. */
export type DurationMillis = number & { readonly [duration]: true };

/** @throws InvariantError when the value is not a finite number. */
export function epochMillis(value: number): EpochMillis {
  assert(Number.isFinite(value), `instant is not a finite number: ${value}`);
  return Math.round(value) as EpochMillis;
}

/** @throws InvariantError when the value is negative or not finite. */
export function durationMillis(value: number): DurationMillis {
  assert(Number.isFinite(value) && value >= 0, `duration is not a positive number: ${value}`);
  return Math.round(value) as DurationMillis;
}

export const seconds = (value: number): DurationMillis => durationMillis(value * 1_000);
export const minutes = (value: number): DurationMillis => durationMillis(value * 60_000);

export function later(start: EpochMillis, span: DurationMillis): EpochMillis {
  return epochMillis(start + span);
}

export function earlier(end: EpochMillis, span: DurationMillis): EpochMillis {
  return epochMillis(end - span);
}

/** The span between two instants; zero when they are out of order, as clocks of two machines may be. */
export function between(start: EpochMillis, end: EpochMillis): DurationMillis {
  return durationMillis(Math.max(0, end - start));
}

export function latest(...instants: readonly EpochMillis[]): EpochMillis {
  return epochMillis(Math.max(...instants));
}

export function earliest(...instants: readonly EpochMillis[]): EpochMillis {
  return epochMillis(Math.min(...instants));
}

/** A span as a person reads it: `850 ms`, `14 s`, `2 min 14 s`, `1 h 5 min`. */
export function spell(span: DurationMillis): string {
  if (span < 1_000) return `${span} ms`;
  if (span < 10_000) return `${(span / 1_000).toFixed(1)} s`;
  const total = Math.round(span / 1_000);
  if (total < 60) return `${total} s`;
  if (total < 3_600) return `${Math.floor(total / 60)} min${tail(total % 60, 's')}`;
  return `${Math.floor(total / 3_600)} h${tail(Math.floor((total % 3_600) / 60), 'min')}`;
}

function tail(value: number, unit: string): string {
  return value === 0 ? '' : ` ${value} ${unit}`;
}

/** `2026-11-20T10:03:41.516Z`. */
export function iso(at: EpochMillis): string {
  return new Date(at).toISOString();
}
