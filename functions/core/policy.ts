/**
 * The limits within which a service is healed: type, defaults and parser.
 *
 * The same parser runs at CDK synth and at cold start, so a limit that is refused in production was refused before.
 */
import { Problems } from './problems.ts';
import { type DurationMillis, durationMillis, minutes, seconds } from './time.ts';

export type Mode = 'heal' | 'observe';
export type SingleTask = 'hold' | 'stop';

export interface Policy {
  /** `heal` acts; `observe` looks, decides and tells what it would have done. */
  readonly mode: Mode;
  /**
   * What becomes of the only task of a service: `hold` calls a human, because its stop is an outage; `stop` takes
   * that outage for a quicker end.
   */
  readonly singleTask: SingleTask;
  /** How far back logs are read to tell one task's errors from its peers'. */
  readonly evidenceWindow: DurationMillis;
  /** Requests a task must have served in the window before its error share counts. */
  readonly minRequests: number;
  /** Chance, per decision, that a healthy task is called ill by accident. */
  readonly falseAlarmRate: number;
  /** Error share below which a task is never called ill, from 0 to 1. */
  readonly minErrorShare: number;
  /** Duration in milliseconds above which a request counts as slow. */
  readonly slowMs: number;
  /** Share of slow requests below which a task is never called slow, from 0 to 1. */
  readonly minSlowShare: number;
  /** How much higher the suspect's error share must be than the next task's, from 0 to 1. */
  readonly minMargin: number;
  /** Share of the tasks that may be ill before it is not about a task any more, from 0 to 1. */
  readonly stormShare: number;
  /** Tasks that may be missing from the desired count because of us. */
  readonly maxUnavailable: number;
  /** The same as a share of the desired count, rounded down; the larger of the two counts. */
  readonly maxUnavailableShare: number;
  /** Time a new task is left alone; at least the service's health check grace period. */
  readonly startGrace: DurationMillis;
  /**
   * Time the effect of our own stop is given before it is judged. Longer than an alarm of three one-minute
   * periods needs to go back to OK, or a stop that helped would be called a failure.
   */
  readonly settle: DurationMillis;
  /** Time that the alarm must stay OK and every task healthy before we say `recovered`. */
  readonly hold: DurationMillis;
  /** Quiet time of a service after a stop. */
  readonly cooldown: DurationMillis;
  /** Stops allowed per service in `budgetWindow`. */
  readonly budget: number;
  readonly budgetWindow: DurationMillis;
  /** Stops of one incident that may fail to help before a human is called. */
  readonly attempts: number;
  /** Stops on one revision within `lineageWindow` that make it the release's trouble, not a task's. */
  readonly lineageStops: number;
  readonly lineageWindow: DurationMillis;
  /** Tasks that fail to start, or die after it, within `failureWindow` before it is called a loop. */
  readonly failures: number;
  /** The same as a share of the desired count, rounded up: in a large fleet some task always dies. */
  readonly failureShare: number;
  readonly failureWindow: DurationMillis;
  /** Time a deployment may take before a human is called. */
  readonly deploymentPatience: DurationMillis;
  /** Time in which only the claimer works on its claim; longer than the function's timeout. */
  readonly claimLease: DurationMillis;
  /** Pause between two looks at an open incident. */
  readonly recheck: DurationMillis;
  /** Time ECS is given to replace an unhealthy task by itself. */
  readonly nativePatience: DurationMillis;
  /** Time evidence is given to single out one task before a human is called. */
  readonly evidencePatience: DurationMillis;
  /** Time an incident may hold for reasons that should not last before it goes to a human. */
  readonly escalateAfter: DurationMillis;
  /** An alarm within this time after a recovery re-opens the same incident. */
  readonly reopenWindow: DurationMillis;
}

export const DEFAULT_POLICY: Policy = {
  mode: 'heal',
  singleTask: 'hold',
  evidenceWindow: minutes(5),
  minRequests: 20,
  falseAlarmRate: 1e-4,
  minErrorShare: 0.1,
  slowMs: 1_000,
  minSlowShare: 0.25,
  minMargin: 0.1,
  stormShare: 0.5,
  maxUnavailable: 1,
  maxUnavailableShare: 0,
  startGrace: seconds(60),
  settle: minutes(4),
  hold: seconds(60),
  cooldown: minutes(5),
  budget: 3,
  budgetWindow: minutes(60),
  attempts: 2,
  lineageStops: 3,
  lineageWindow: minutes(24 * 60),
  failures: 2,
  failureShare: 0.05,
  failureWindow: minutes(15),
  deploymentPatience: minutes(30),
  claimLease: seconds(90),
  recheck: seconds(30),
  nativePatience: minutes(3),
  evidencePatience: minutes(3),
  escalateAfter: minutes(15),
  reopenWindow: minutes(15),
};

const CHOICES = { mode: ['heal', 'observe'], singleTask: ['hold', 'stop'] } as const;

const DAY_SECONDS = 86_400;

/** Where each limit may lie; durations in seconds, as configuration writes them (`settleSeconds`). */
const BOUNDS = {
  minRequests: { min: 1, max: 1_000_000 },
  falseAlarmRate: { min: 1e-12, max: 0.05 },
  minErrorShare: { min: 0.001, max: 1 },
  slowMs: { min: 1, max: 3_600_000 },
  minSlowShare: { min: 0.001, max: 1 },
  minMargin: { min: 0, max: 1 },
  stormShare: { min: 0.01, max: 1 },
  maxUnavailable: { min: 0, max: 10 },
  maxUnavailableShare: { min: 0, max: 0.5 },
  budget: { min: 0, max: 100 },
  attempts: { min: 1, max: 100 },
  lineageStops: { min: 2, max: 100 },
  failures: { min: 2, max: 100 },
  failureShare: { min: 0, max: 1 },
} as const;

const DURATIONS = [
  'evidenceWindow',
  'startGrace',
  'settle',
  'hold',
  'cooldown',
  'budgetWindow',
  'lineageWindow',
  'failureWindow',
  'deploymentPatience',
  'claimLease',
  'recheck',
  'nativePatience',
  'evidencePatience',
  'escalateAfter',
  'reopenWindow',
] as const;

type NumberKey = keyof typeof BOUNDS;
type DurationKey = (typeof DURATIONS)[number];

/** A policy as configuration writes it: every field optional, durations in seconds with the suffix `Seconds`. */
export type PolicyOverrides = { readonly mode?: Mode; readonly singleTask?: SingleTask } & {
  readonly [K in NumberKey]?: number;
} & {
  readonly [K in DurationKey as `${K}Seconds`]?: number;
};

/**
 * Lays overrides over the defaults and checks every field and the rules between fields.
 *
 * @throws {config.invalid} naming all problems at once, unknown keys included.
 */
export function parsePolicy(value: unknown, path = 'policy'): Policy {
  const problems = new Problems();
  const policy = readPolicy(problems, value, path);
  problems.throwIfAny(path);
  return policy;
}

/** As {@link parsePolicy}, for a caller that collects problems of its own. */
export function readPolicy(problems: Problems, value: unknown, path: string): Policy {
  const numberKeys = Object.keys(BOUNDS) as NumberKey[];
  const known = [
    ...Object.keys(CHOICES),
    ...numberKeys,
    ...DURATIONS.map((key) => `${key}Seconds`),
  ];
  const given = problems.object(path, value, known);
  const { mode: usualMode, singleTask: usualSingle, ...usualLimits } = DEFAULT_POLICY;
  const policy: Record<string, number> = { ...usualLimits };
  for (const key of numberKeys) {
    if (given[key] === undefined) continue;
    policy[key] = problems.number(`${path}.${key}`, given[key], BOUNDS[key], DEFAULT_POLICY[key]);
  }
  for (const key of DURATIONS) {
    const override = given[`${key}Seconds`];
    if (override === undefined) continue;
    const bounds = { min: 0.05, max: DAY_SECONDS };
    const usual = DEFAULT_POLICY[key] / 1_000;
    policy[key] = seconds(problems.number(`${path}.${key}Seconds`, override, bounds, usual));
  }
  const choice = (key: keyof typeof CHOICES, usual: string): string =>
    problems.oneOf<string>(`${path}.${key}`, given[key] ?? usual, CHOICES[key]);
  const choices = {
    mode: choice('mode', usualMode),
    singleTask: choice('singleTask', usualSingle),
  };
  const parsed = { ...choices, ...policy } as unknown as Policy;
  checkRules(problems, parsed, path);
  return parsed;
}

const WHOLE = [
  'budget',
  'maxUnavailable',
  'minRequests',
  'attempts',
  'lineageStops',
  'failures',
] as const;

function checkRules(problems: Problems, policy: Policy, path: string): void {
  if (policy.hold < policy.recheck) {
    problems.add(`${path}.holdSeconds`, policy.hold / 1_000, 'at least recheckSeconds');
  }
  if (policy.cooldown < policy.settle) {
    problems.add(`${path}.cooldownSeconds`, policy.cooldown / 1_000, 'at least settleSeconds');
  }
  if (policy.budgetWindow < policy.cooldown) {
    problems.add(
      `${path}.budgetWindowSeconds`,
      policy.budgetWindow / 1_000,
      'at least cooldownSeconds',
    );
  }
  for (const key of WHOLE) {
    if (!Number.isInteger(policy[key]))
      problems.add(`${path}.${key}`, policy[key], 'a whole number');
  }
}

/** Divides every duration by one factor; the lab uses it so that a drill takes a minute, not a quarter of an hour. */
export function compressPolicy(policy: Policy, factor: number): Policy {
  const compressed: Record<string, number | string> = { ...policy };
  for (const key of DURATIONS) compressed[key] = durationMillis(policy[key] / factor);
  return compressed as unknown as Policy;
}

/** The inverse of {@link parsePolicy}: what configuration would say. */
export function policyOverrides(policy: Policy): PolicyOverrides {
  const { mode, singleTask } = policy;
  const overrides: Record<string, number | string> = { mode, singleTask };
  for (const key of Object.keys(BOUNDS) as NumberKey[]) overrides[key] = policy[key];
  for (const key of DURATIONS) overrides[`${key}Seconds`] = policy[key] / 1_000;
  return overrides as PolicyOverrides;
}
