/** What may go wrong, how often in this seed, and how often it was tried. */
import type { Random } from '../bench/world/random.ts';

/**
 * Every kind of fault.
 *
 * - `throttle`, `error`: a call is refused before it has an effect, after all tries of the SDK
 * - `lost-answer`: a call has its effect, and its caller hears of a timeout
 * - `repeated`: the SDK repeats a call whose first answer was lost, so that its effect happens twice
 * - `slow`: a call takes seconds
 * - `stale`: a read shows the world as it was some seconds ago; never the lock, which is read consistently
 * - `kill`: an invocation ends for good, before a call leaves, after its effect, or when its answer comes
 * - `freeze`: an invocation stands still for minutes, does not notice, and goes on
 * - `overrun`: an invocation stands still until its time is over, and goes on with what it had begun
 * - `skew`: the clocks of invocations differ
 * - `duplicate`, `reorder`: a message is delivered twice, or late
 * - `lost-ok`: nobody hears that an alarm went back to OK
 * - `late-stop`: ECS takes a stop, and shows the task as running for a while
 * - `batch`: several messages come in one invocation
 * - `table-down`, `topic-down`: nothing can be read or written, or told, for a while
 * - `deny-stop`: ECS refuses stops for good for a while
 */
export const FAULT_KINDS = [
  'throttle',
  'error',
  'lost-answer',
  'repeated',
  'slow',
  'stale',
  'kill',
  'freeze',
  'overrun',
  'skew',
  'duplicate',
  'reorder',
  'lost-ok',
  'late-stop',
  'batch',
  'table-down',
  'topic-down',
  'deny-stop',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** Chance of each kind, per occasion, at its highest. */
const RATES: Readonly<Record<FaultKind, number>> = {
  throttle: 0.03,
  error: 0.03,
  'lost-answer': 0.04,
  repeated: 0.08,
  slow: 0.03,
  stale: 0.2,
  kill: 0.2,
  freeze: 0.06,
  overrun: 0.06,
  skew: 1,
  duplicate: 0.2,
  reorder: 0.2,
  'lost-ok': 0.5,
  'late-stop': 0.7,
  batch: 0.5,
  'table-down': 1,
  'topic-down': 1,
  'deny-stop': 1,
};

/** Chance that a seed has a kind at all: worlds with few kinds reach states that a full storm never lets happen. */
const USUAL_CHANCE = 0.45;
const CHANCES: Partial<Record<FaultKind, number>> = {
  'table-down': 0.12,
  'topic-down': 0.08,
  'deny-stop': 0.08,
};

export class Faults {
  /** How often each kind was tried. */
  readonly tried = new Map<FaultKind, number>();
  readonly #rates: ReadonlyMap<FaultKind, number>;
  readonly #draws: ReadonlyMap<FaultKind, Random>;
  #isOn = true;

  constructor(random: Random, without: readonly FaultKind[]) {
    const chosen = FAULT_KINDS.map((kind) => {
      const draw = random.fork(kind);
      const has = draw.next() < (CHANCES[kind] ?? USUAL_CHANCE);
      const rate = RATES[kind] * draw.between(0.2, 1);
      return [kind, draw, has && !without.includes(kind) ? rate : 0] as const;
    });
    this.#rates = new Map(chosen.map(([kind, , rate]) => [kind, rate]));
    this.#draws = new Map(chosen.map(([kind, draw]) => [kind, draw]));
  }

  /** Whether the seed has this kind of fault. */
  has(kind: FaultKind): boolean {
    return this.#isOn && (this.#rates.get(kind) ?? 0) > 0;
  }

  /** Whether it strikes now. */
  strikes(kind: FaultKind): boolean {
    if (!this.has(kind)) return false;
    const strikes = this.draw(kind).next() < (this.#rates.get(kind) ?? 0);
    if (strikes) this.note(kind);
    return strikes;
  }

  note(kind: FaultKind): void {
    this.tried.set(kind, (this.tried.get(kind) ?? 0) + 1);
  }

  /** How hard it strikes is drawn from a stream of its own. */
  draw(kind: FaultKind): Random {
    const draw = this.#draws.get(kind);
    if (draw === undefined) throw new Error(`no such fault: ${kind}`);
    return draw;
  }

  /** From now on everything works. */
  heal(): void {
    this.#isOn = false;
  }
}
