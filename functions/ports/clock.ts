import type { EpochMillis } from '../core/time.ts';

/** The only source of time. */
export interface Clock {
  now(): EpochMillis;
}
