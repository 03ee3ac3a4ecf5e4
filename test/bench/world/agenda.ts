/**
 * The only clock of the virtual world: what is due next is run next, and the time is then that
 * moment.
 */
import { type EpochMillis, epochMillis } from '../../../functions/core/time.ts';
import type { Clock } from '../../../functions/ports/clock.ts';

type Work = () => void | Promise<void>;

interface Due {
  readonly at: number;
  readonly work: Work;
}

export class Agenda implements Clock {
  #now: number;
  /** By time; what was added first comes first at the same moment. */
  readonly #due: Due[] = [];

  constructor(start: EpochMillis) {
    this.#now = start;
  }

  now(): EpochMillis {
    return epochMillis(this.#now);
  }

  at(time: number, work: Work): void {
    const at = Math.max(time, this.#now);
    let index = this.#due.length;
    while (index > 0 && (this.#due[index - 1]?.at ?? 0) > at) index -= 1;
    this.#due.splice(index, 0, { at, work });
  }

  after(seconds: number, work: Work): void {
    this.at(this.#now + Math.round(seconds * 1_000), work);
  }

  /** Runs all that is due up to and including the given moment. */
  async runUntil(time: number): Promise<void> {
    for (let next = this.#due[0]; next !== undefined && next.at <= time; next = this.#due[0]) {
      this.#due.shift();
      this.#now = next.at;
      await next.work();
    }
    this.#now = Math.max(this.#now, time);
  }
}
