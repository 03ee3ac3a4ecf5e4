/**
 * The props' limits as the core's configuration spells them: the same parser runs here and at a
 * cold start.
 */
import { Duration } from 'aws-cdk-lib';
import { type AccountLimits, parseAccountLimits } from '../../functions/core/account-limits.ts';
import { type PolicyOverrides, parsePolicy } from '../../functions/core/policy.ts';
import {
  type HealingAccountLimits,
  HealingMode,
  type HealingPolicy,
  SingleTask,
} from '../healing-policy.ts';

/** @throws {config.invalid} naming every limit that cannot be. */
export function accountLimitsOf(props: HealingAccountLimits = {}): AccountLimits {
  return parseAccountLimits(overridesOf(props), 'accountLimits');
}

/** @throws {config.invalid} naming every limit that cannot be. */
export function policyOverridesOf(...layers: readonly HealingPolicy[]): PolicyOverrides {
  const laid: HealingPolicy = Object.assign({}, ...layers.map(defined));
  const { slow, ...rest } = laid;
  const slowMs = slow === undefined ? {} : { slowMs: slow.toMilliseconds() };
  const overrides = { ...overridesOf(rest), ...slowMs };
  parsePolicy(overrides, 'policy');
  return overrides as PolicyOverrides;
}

/** A field that is given as undefined must not hide the layer below it. */
function defined<T extends object>(props: T): Partial<T> {
  const given = Object.entries(props).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<T>;
}

function overridesOf(props: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(defined(props)).map(([key, value]) => spell(key, value)),
  );
}

function spell(key: string, value: unknown): readonly [string, unknown] {
  if (value instanceof Duration) {
    return [`${key}Seconds`, value.toMilliseconds() / 1_000];
  }
  if (value instanceof HealingMode || value instanceof SingleTask) return [key, value.value];
  return [key, value];
}
