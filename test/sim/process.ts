/** One invocation of `remediate`: its clock, its time limit, and the ways in which it may come to grief. */
import { HealerError } from '../../functions/core/errors.ts';
import { type EpochMillis, epochMillis } from '../../functions/core/time.ts';
import type { Clock } from '../../functions/ports/clock.ts';
import type { Agenda } from './agenda.ts';
import type { Faults } from './faults.ts';

/** As the handler has it: aborted half a second before Lambda ends the function. */
const TIME_LIMIT_MS = 59_500;
/** Calls among which a fault is drawn; a pass makes about a dozen. */
const CALLS_STRUCK = 24;
const SKEW_MS = 4_000;
/** No two clocks of invocations differ by more. */
export const SKEW_MAX_MS = 2 * SKEW_MS;
const FREEZE_MS = { least: 20_000, most: 900_000 } as const;

type Moment = 'leave' | 'effect' | 'answer';

interface Pending {
  readonly reject: (error: unknown) => void;
}

interface Standstill {
  readonly call: number;
  readonly millis: number;
  /** Whether its timers run on, so that its time is over when it wakes. */
  readonly notices: boolean;
}

export class Process {
  readonly id: string;
  readonly clock: Clock;
  readonly #agenda: Agenda;
  readonly #controller = new AbortController();
  readonly #pending = new Set<Pending>();
  readonly #kill: { readonly call: number; readonly at: Moment } | undefined;
  readonly #standstill: Standstill | undefined;
  readonly #onTimeout: () => void;
  #calls = 0;
  #isAlive = true;
  #isDone = false;
  #sleepsUntil = 0;
  #deadline: number;

  constructor(id: string, agenda: Agenda, faults: Faults, onTimeout: () => void) {
    this.id = id;
    this.#agenda = agenda;
    this.#onTimeout = onTimeout;
    const skew = faults.strikes('skew')
      ? Math.round(faults.draw('skew').between(-SKEW_MS, SKEW_MS))
      : 0;
    this.clock = { now: (): EpochMillis => epochMillis(agenda.now() + skew) };
    this.#kill = drawKill(faults);
    this.#standstill = drawStandstill(faults);
    this.#deadline = agenda.now() + TIME_LIMIT_MS;
    agenda.at(this.#deadline, () => this.#onDeadline());
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** It has answered; what it still does counts for nothing. */
  end(): void {
    this.#isDone = true;
  }

  /** A call is about to leave. @returns its number, or undefined when it never will. */
  leave(): number | undefined {
    if (!this.#isAlive) return undefined;
    this.#calls += 1;
    this.#dieAt('leave', this.#calls);
    return this.isAlive ? this.#calls : undefined;
  }

  /** A call of it had its effect. */
  effect(call: number): void {
    this.#dieAt('effect', call);
  }

  /** An answer has come: `settle` runs when the process gets to see it, if it ever does. */
  answer(call: number, settle: () => void): void {
    this.#dieAt('answer', call);
    if (!this.#isAlive) return;
    if (this.#standstill?.call === call) this.#stand(this.#standstill);
    if (this.#sleepsUntil > this.#agenda.now()) {
      this.#agenda.at(this.#sleepsUntil, () => this.#isAlive && settle());
    } else {
      settle();
    }
  }

  /** Whoever waits hears when the time is over. */
  wait(pending: Pending): () => void {
    this.#pending.add(pending);
    return () => this.#pending.delete(pending);
  }

  #stand({ millis, notices }: Standstill): void {
    this.#sleepsUntil = this.#agenda.now() + millis;
    if (notices) return;
    this.#deadline += millis;
    this.#agenda.at(this.#deadline, () => this.#onDeadline());
  }

  #onDeadline(): void {
    const now = this.#agenda.now();
    if (now < this.#deadline || this.#isDone || !this.#isAlive) return;
    this.#onTimeout();
    this.#isDone = true;
    // A sandbox that is frozen sees its timers, and what they abort, when it is thawed.
    this.#agenda.at(Math.max(now, this.#sleepsUntil), () => {
      this.#controller.abort();
      for (const { reject } of [...this.#pending]) reject(aborted());
    });
  }

  #dieAt(moment: Moment, call: number): void {
    if (this.#kill?.call !== call || this.#kill.at !== moment) return;
    this.#isAlive = false;
  }
}

export function aborted(): HealerError {
  return new HealerError('dependency.unavailable', 'AbortError: the time is over', {
    retryable: true,
  });
}

function drawKill(faults: Faults): { readonly call: number; readonly at: Moment } | undefined {
  if (!faults.strikes('kill')) return undefined;
  const draw = faults.draw('kill');
  return { call: draw.integer(1, CALLS_STRUCK), at: draw.pick(['leave', 'effect', 'answer']) };
}

function drawStandstill(faults: Faults): Standstill | undefined {
  const kind = (['freeze', 'overrun'] as const).find((one) => faults.strikes(one));
  if (kind === undefined) return undefined;
  const draw = faults.draw(kind);
  const millis = Math.round(draw.between(FREEZE_MS.least, FREEZE_MS.most));
  return {
    call: draw.integer(1, CALLS_STRUCK),
    millis: kind === 'overrun' ? TIME_LIMIT_MS + millis : millis,
    notices: kind === 'overrun',
  };
}
