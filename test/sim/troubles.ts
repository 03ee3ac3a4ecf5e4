/** What goes wrong in a service, and who else lays hands on it. */
import type { Random } from '../bench/world/random.ts';

const KINDS = [
  'one',
  'slow',
  'unhealthy',
  'two',
  'most',
  'zone',
  'relapse',
  'crash',
  'cannot-start',
  'deploy',
  'bad-deploy',
  'scale-out',
  'scale-in',
  'scale-zero',
  'rebalance',
  'protect',
  'hand-stop',
  'suppress',
  'flap',
] as const;

export type TroubleKind = (typeof KINDS)[number];

export interface Trouble {
  readonly kind: TroubleKind;
  readonly from: number;
  /** Some last until everything is healed. */
  readonly to: number;
  /** Share of requests that fail, or are slow. */
  readonly share: number;
  /** Chooses a task, as a fraction of the fleet. */
  readonly who: number;
}

const MINUTE_MS = 60_000;

/** Mostly one ill task, for that is what the healer is for, and something else beside it. */
export function planTroubles(random: Random, start: number, minutes: number): readonly Trouble[] {
  const first =
    random.next() < 0.75
      ? random.pick(['one', 'one', 'two', 'relapse', 'slow'] as const)
      : random.pick(KINDS);
  const others = Array.from({ length: random.integer(0, 3) }, () =>
    random.next() < 0.4 ? ('one' as const) : random.pick(KINDS),
  );
  return [first, ...others].map((kind, index) => {
    const early = index === 0 ? 0.3 : 0.8;
    const from = start + random.between(0, early * minutes) * MINUTE_MS;
    const isLasting = random.next() < 0.6;
    const to = isLasting ? Number.POSITIVE_INFINITY : from + random.between(1, 10) * MINUTE_MS;
    return {
      kind,
      from: Math.round(from),
      to: Math.round(to),
      share: random.between(0.3, 1),
      who: random.next(),
    };
  });
}
