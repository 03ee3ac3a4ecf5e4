/** When each service is drilled: never two at the same time, for one would abort the other. */
import { createHash } from 'node:crypto';
import type { Duration } from 'aws-cdk-lib';
import type { CronOptions } from 'aws-cdk-lib/aws-events';

/** Minutes that are kept for one drill of the wiring. */
const SLOT_MINUTES = 20;
const SLOTS_AN_HOUR = 60 / SLOT_MINUTES;
/** In the working day first, in UTC: a drill posts to the channel. */
const FIRST_HOUR = 8;
const WORKING_HOURS = 8;
const HOURS_A_DAY = 24;
const DAYS_MAX = 6;

/** Gives each service a time of its own, by its path: a new service moves no other. */
export class DrillTimes {
  readonly #days: number;
  readonly #taken = new Set<number>();

  /** @throws when the time between two drills is not whole days, from one to six. */
  constructor(every: Duration) {
    const days = every.toDays({ integral: false });
    if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX) {
      throw new Error(
        `drills.every: got ${every.toHumanString()}, wanted whole days from 1 to ${DAYS_MAX}: ` +
          'CloudWatch looks back seven days, and a drill may come late',
      );
    }
    this.#days = days;
  }

  /** On every so many days of the month, and on its first ones again. */
  of(servicePath: string): CronOptions {
    const slot = this.#take(createHash('sha256').update(servicePath).digest().readUInt32BE());
    const day = 1 + (slot % this.#days);
    const inDay = Math.floor(slot / this.#days);
    const hour = (FIRST_HOUR + Math.floor(inDay / SLOTS_AN_HOUR)) % HOURS_A_DAY;
    const minute = (inDay % SLOTS_AN_HOUR) * SLOT_MINUTES;
    return {
      minute: String(minute),
      hour: String(hour),
      ...(this.#days === 1 ? {} : { day: `${day}/${this.#days}` }),
    };
  }

  #take(wish: number): number {
    const first = WORKING_HOURS * SLOTS_AN_HOUR * this.#days;
    const all = HOURS_A_DAY * SLOTS_AN_HOUR * this.#days;
    // From its wish through the working day, then through the night; at last with another.
    const order = [
      ...Array.from({ length: first }, (_, step) => (wish + step) % first),
      ...Array.from({ length: all - first }, (_, step) => first + step),
    ];
    const slot = order.find((candidate) => !this.#taken.has(candidate)) ?? wish % all;
    this.#taken.add(slot);
    return slot;
  }
}
