/** What one seed chooses before anything happens: services, their limits, and what will be wrong with them. */
import { type AccountLimits, parseAccountLimits } from '../../functions/core/account-limits.ts';
import { type GuardedService, parseGuardedServices } from '../../functions/core/guarded-service.ts';
import { Random } from '../bench/world/random.ts';
import { alarmArns } from './alarms.ts';
import type { FaultKind } from './faults.ts';
import { CLUSTER } from './readings.ts';
import { planTroubles, type Trouble } from './troubles.ts';

export const START = Date.UTC(2026, 10, 20, 10, 0, 0);

/** After everything is healed: longer than any patience of any policy, and than a process stands still. */
export const HEALED_MS = 32 * 60_000;

/** All that makes a run; the same one gives the same run. */
export interface Config {
  readonly seed: number;
  readonly without: readonly FaultKind[];
  /** At most so many services. */
  readonly services: number;
  /** Whether people ask for anything. */
  readonly people: boolean;
  /** Whether the clock has the healer look at one service after the other; it mends what lost its looks. */
  readonly watchdog: boolean;
  /** Troubles of each service that are left out, by number. */
  readonly skipped: readonly number[];
  /** At most so many minutes of faults. */
  readonly minutes: number;
}

export const SERVICES_MAX = 4;
export const MINUTES_MAX = 75;

export function configOf(seed: number, changes: Partial<Config> = {}): Config {
  const usual = { without: [], services: SERVICES_MAX, people: true, watchdog: true, skipped: [] };
  return { seed, ...usual, minutes: MINUTES_MAX, ...changes };
}

export interface Plan {
  readonly services: readonly GuardedService[];
  readonly limits: AccountLimits;
  readonly troubles: readonly (readonly Trouble[])[];
  readonly desired: readonly number[];
  /** When everything is healed. */
  readonly healAt: number;
}

/** @param isLong - an hour without the topic needs more than an hour. */
export function planOf(config: Config, isLong: boolean): Plan {
  const random = new Random(`sim/${config.seed}`);
  const drawn = random.fork('size').pick([1, 1, 1, 1, 2, 2, 3, 4]);
  const count = Math.min(config.services, drawn);
  const services = parseGuardedServices(
    Array.from({ length: count }, (_, index) => describe(random.fork(`service-${index}`), index)),
  );
  const usual = random.fork('minutes').integer(12, 24);
  const minutes = Math.min(config.minutes, isLong ? 75 : usual);
  const healAt = START + minutes * 60_000;
  const common = commonStart(random.fork('common'));
  const troubles = services.map((_, index) =>
    planTroubles(random.fork(`trouble-${index}`), START, Math.min(minutes, 24))
      .map((trouble, number) => (number === 0 ? { ...trouble, ...common } : trouble))
      .filter((_trouble, number) => !config.skipped.includes(number)),
  );
  const desired = services.map((_, index) =>
    random.fork(`desired-${index}`).pick([1, 2, 3, 4, 4, 5, 6, 8]),
  );
  return { services, limits: limitsOf(random.fork('limits')), troubles, desired, healAt };
}

/** What several services have in common begins at the same time, and lasts. */
function commonStart(random: Random): { readonly from?: number; readonly to?: number } {
  if (random.next() < 0.6) return {};
  const from = START + random.integer(60_000, 300_000);
  return { from, to: Number.POSITIVE_INFINITY };
}

function limitsOf(random: Random): AccountLimits {
  return parseAccountLimits({
    budget: random.integer(1, 4),
    budgetWindowSeconds: random.integer(15, 40) * 60,
    stormServices: random.integer(2, 4),
    stormWindowSeconds: random.integer(3, 10) * 60,
  });
}

function describe(random: Random, index: number): object {
  const name = `svc-${'abcd'[index]}`;
  const dependsOn = index > 0 && random.next() < 0.2 ? [`sim/svc-${'abcd'[index - 1]}`] : [];
  return {
    cluster: CLUSTER,
    service: name,
    environment: 'sim',
    alarms: alarmArns(name),
    targetGroups: random.next() < 0.9 ? [targetGroupOf(name)] : [],
    logGroup: `/ecs/${name}`,
    dependsOn,
    policy: policyOf(random.fork('policy')),
  };
}

function targetGroupOf(name: string): string {
  return `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}/1`;
}

function policyOf(random: Random): object {
  const settle = random.integer(60, 180);
  const cooldown = settle + random.integer(0, 300);
  const recheck = random.integer(25, 60);
  return {
    mode: random.next() < 0.06 ? 'observe' : 'heal',
    singleTask: random.pick(['hold', 'stop']),
    budget: random.integer(1, 3),
    budgetWindowSeconds: cooldown + random.integer(300, 1_800),
    settleSeconds: settle,
    cooldownSeconds: cooldown,
    recheckSeconds: recheck,
    holdSeconds: recheck + random.integer(0, 30),
    claimLeaseSeconds: 90,
    startGraceSeconds: random.integer(20, 60),
    evidenceWindowSeconds: random.integer(120, 300),
    nativePatienceSeconds: random.integer(30, 180),
    evidencePatienceSeconds: random.integer(60, 240),
    escalateAfterSeconds: random.integer(240, 600),
    deploymentPatienceSeconds: random.integer(240, 600),
    reopenWindowSeconds: random.integer(120, 900),
    failureWindowSeconds: random.integer(240, 600),
    lineageStops: random.integer(2, 4),
    attempts: random.integer(1, 3),
    maxUnavailable: random.pick([0, 1, 1, 1, 1, 2]),
    stormShare: random.pick([0.4, 0.5, 0.6]),
  };
}
