/** A standard queue of SQS before a function: at least once, in any order, again after its visibility timeout. */
import type { Random } from '../bench/world/random.ts';
import type { Agenda } from './agenda.ts';
import type { Faults } from './faults.ts';

const VISIBILITY_MS = 120_000;
const RECEIVES_MAX = 5;
const DELAY_MAX_MS = 900_000;
/** A batch is closed after this. */
const GATHER_MS = 400;
const LATE_MS = 45_000;
/** Two deliveries so close that two invocations decide at the same time. */
const AT_ONCE_MS = 250;

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  receives: number;
  isDeleted: boolean;
  isDead: boolean;
}

export class Queue {
  readonly #messages = new Map<string, Message>();
  readonly #agenda: Agenda;
  readonly #faults: Faults;
  readonly #travel: Random;
  readonly #invoke: (batch: readonly Message[]) => void;
  #sent = 0;
  #gathered: Message[] = [];

  constructor(
    agenda: Agenda,
    faults: Faults,
    travel: Random,
    invoke: (batch: readonly Message[]) => void,
  ) {
    this.#agenda = agenda;
    this.#faults = faults;
    this.#travel = travel;
    this.#invoke = invoke;
  }

  send(body: string, delay = 0): void {
    this.#sent += 1;
    const id = `m${this.#sent}`;
    const sentAt = this.#agenda.now();
    const message = { id, body, sentAt, receives: 0, isDeleted: false, isDead: false };
    this.#messages.set(id, message);
    const whole = Math.ceil(Math.min(DELAY_MAX_MS, delay) / 1_000) * 1_000;
    this.#deliver(message, whole + this.#travel.between(20, 900));
  }

  /** The function has answered for it, or will never. */
  settle(message: Message, failed: boolean): void {
    if (failed) return;
    message.isDeleted = true;
    this.#messages.delete(message.id);
  }

  /** How many there are, whatever their state. */
  get size(): number {
    return this.#messages.size;
  }

  /** Messages that are still to be worked on. */
  left(): readonly Message[] {
    return [...this.#messages.values()].filter(({ isDead }) => !isDead);
  }

  /** A person sends what was given up back to the queue. */
  redrive(): void {
    for (const message of this.#messages.values()) {
      if (!message.isDead) continue;
      message.isDead = false;
      message.receives = 0;
      this.#deliver(message, this.#travel.between(20, 900));
    }
  }

  #deliver(message: Message, millis: number): void {
    const late = this.#faults.strikes('reorder')
      ? this.#faults.draw('reorder').between(0, LATE_MS)
      : 0;
    this.#agenda.after(millis + late, () => this.#receive(message));
  }

  #receive(message: Message): void {
    if (message.isDeleted || message.isDead) return;
    message.receives += 1;
    if (message.receives > RECEIVES_MAX) {
      message.isDead = true;
      return;
    }
    this.#agenda.after(VISIBILITY_MS, () => this.#receive(message));
    this.#hand(message);
    if (!this.#faults.strikes('duplicate')) return;
    // At least once: also after it was deleted.
    const draw = this.#faults.draw('duplicate');
    const wait = draw.next() < 0.6 ? draw.between(0, AT_ONCE_MS) : draw.between(0, 30_000);
    this.#agenda.after(wait, () => this.#hand(message));
  }

  #hand(message: Message): void {
    if (!this.#faults.strikes('batch')) {
      this.#invoke([message]);
      return;
    }
    if (this.#gathered.includes(message)) return;
    this.#gathered.push(message);
    if (this.#gathered.length > 1) return;
    this.#agenda.after(GATHER_MS, () => {
      const batch = this.#gathered;
      this.#gathered = [];
      this.#invoke(batch);
    });
  }
}
