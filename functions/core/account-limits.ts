/** The limits over all services of one healer: type, defaults and parser. */
import { Problems } from './problems.ts';
import { type DurationMillis, durationMillis, minutes, seconds } from './time.ts';

export interface AccountLimits {
  /** Stops allowed over all services in `budgetWindow`. */
  readonly budget: number;
  readonly budgetWindow: DurationMillis;
  /** Services whose incidents open within `stormWindow` that make it a storm. */
  readonly stormServices: number;
  readonly stormWindow: DurationMillis;
}

/**
 * Five stops an hour: more than one service may use by itself, and far fewer than would hide a fault that all share.
 * Five services in ten minutes: rare by accident, and early enough that a storm costs four stops at most.
 */
export const DEFAULT_ACCOUNT_LIMITS: AccountLimits = {
  budget: 5,
  budgetWindow: minutes(60),
  stormServices: 5,
  stormWindow: minutes(10),
};

/** All that is counted stands in one item, so no limit may make it large. */
const BOUNDS = { budget: { min: 0, max: 100 }, stormServices: { min: 2, max: 100 } } as const;
const COUNTS = ['budget', 'stormServices'] as const;
const DURATIONS = ['budgetWindow', 'stormWindow'] as const;
const SECONDS = { min: 0.05, max: 86_400 };

/** As configuration writes them: every field optional, durations in seconds with the suffix `Seconds`. */
export type AccountLimitOverrides = {
  readonly [K in (typeof COUNTS)[number]]?: number;
} & {
  readonly [K in (typeof DURATIONS)[number] as `${K}Seconds`]?: number;
};

/**
 * Lays overrides over the defaults.
 *
 * @throws {config.invalid} naming all problems at once, unknown keys included.
 */
export function parseAccountLimits(value: unknown, path = 'account limits'): AccountLimits {
  const problems = new Problems();
  const limits = readAccountLimits(problems, value, path);
  problems.throwIfAny(path);
  return limits;
}

/** As {@link parseAccountLimits}, for a caller that collects problems of its own. */
export function readAccountLimits(problems: Problems, value: unknown, path: string): AccountLimits {
  const known = [...COUNTS, ...DURATIONS.map((key) => `${key}Seconds`)];
  const given = problems.object(path, value, known);
  const limits: Record<string, number> = { ...DEFAULT_ACCOUNT_LIMITS };
  for (const key of COUNTS) {
    if (given[key] === undefined) continue;
    const usual = DEFAULT_ACCOUNT_LIMITS[key];
    const count = problems.number(`${path}.${key}`, given[key], BOUNDS[key], usual);
    if (!Number.isInteger(count)) problems.add(`${path}.${key}`, count, 'a whole number');
    limits[key] = count;
  }
  for (const key of DURATIONS) {
    const override = given[`${key}Seconds`];
    if (override === undefined) continue;
    const usual = DEFAULT_ACCOUNT_LIMITS[key] / 1_000;
    limits[key] = seconds(problems.number(`${path}.${key}Seconds`, override, SECONDS, usual));
  }
  return limits as unknown as AccountLimits;
}

/** The inverse of {@link parseAccountLimits}: what configuration would say. */
export function accountLimitOverrides(limits: AccountLimits): AccountLimitOverrides {
  const { budget, budgetWindow, stormServices, stormWindow } = limits;
  return {
    budget,
    budgetWindowSeconds: budgetWindow / 1_000,
    stormServices,
    stormWindowSeconds: stormWindow / 1_000,
  };
}

/** Divides every duration by one factor, as the lab does with a policy. */
export function compressAccountLimits(limits: AccountLimits, factor: number): AccountLimits {
  return {
    ...limits,
    budgetWindow: durationMillis(limits.budgetWindow / factor),
    stormWindow: durationMillis(limits.stormWindow / factor),
  };
}
