/**
 * The only clock of a simulation: what is due next runs next, and the time is then that moment.
 *
 * What is due at the same moment runs in an order that the seed chooses, so that no order is taken for granted.
 */
import type { EpochMillis } from '../../functions/core/time.ts';
import type { Clock } from '../../functions/ports/clock.ts';
import type { Random } from '../bench/world/random.ts';

interface Due {
  readonly at: number;
  readonly tie: number;
  readonly work: () => void;
}

export class Agenda implements Clock {
  #now: number;
  readonly #ties: Random;
  /** A binary heap: whoever is above is due no later than who is below. */
  readonly #heap: Due[] = [];

  constructor(start: number, ties: Random) {
    this.#now = start;
    this.#ties = ties;
  }

  now(): EpochMillis {
    // Asked for all the time, and whole already.
    return this.#now as EpochMillis;
  }

  /** Whole milliseconds; what is asked for in the past is due now. */
  at(time: number, work: () => void): void {
    const due = { at: Math.max(Math.round(time), this.#now), tie: this.#ties.next(), work };
    const heap = this.#heap;
    let index = heap.length;
    heap.push(due);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, due)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = due;
  }

  after(millis: number, work: () => void): void {
    this.at(this.#now + millis, work);
  }

  /** Runs what is due next. @returns false when nothing is due until then. */
  runNext(until: number): boolean {
    const [next] = this.#heap;
    if (next === undefined || next.at > until) {
      this.#now = Math.max(this.#now, until);
      return false;
    }
    this.#removeFirst();
    this.#now = next.at;
    next.work();
    return true;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const least = isRight ? right : left;
      if (isBefore(last, least)) break;
      heap[index] = least;
      index = 2 * index + (isRight ? 2 : 1);
    }
    heap[index] = last;
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.at < other.at || (one.at === other.at && one.tie < other.tie);
}
