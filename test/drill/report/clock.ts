/** Times as the report tells them: from the fault on, and in UTC. */
import type { Journal } from '../journal.ts';
import { type Html, html } from './html.ts';

type Times = Pick<Journal, 'faultAt' | 'start' | 'end' | 'timeFactor'>;

export class Clock {
  /** Epoch milliseconds of the fault; without one, of the start. */
  readonly zero: number;
  readonly start: number;
  readonly end: number;
  readonly #factor: number;

  constructor({ faultAt, start, end, timeFactor }: Times) {
    this.zero = Date.parse(faultAt ?? start);
    this.start = Date.parse(start);
    this.end = Math.max(Date.parse(end), this.start + 1_000);
    this.#factor = timeFactor;
  }

  /** `T+4.2 s`, by this machine's clock. */
  since(at: number): string {
    const seconds = (at - this.zero) / 1_000;
    // What rounds to nothing has no sign.
    return `T${seconds <= -0.05 ? '−' : '+'}${Math.abs(seconds).toFixed(1)} s`;
  }

  /** `10:03:41.516 UTC` */
  utc(at: number): string {
    return `${new Date(at).toISOString().slice(11, 23)} UTC`;
  }

  /** `63 s`: how long it would have been at AWS's pace. */
  paced(at: number): string {
    return `${(((at - this.zero) * this.#factor) / 1_000).toFixed(0)}\u00A0s`.replace('-', '−');
  }

  cell(at: number): Html {
    return html`${this.since(at)} <small>${this.utc(at)}</small>`;
  }

  /** From 0 at the start of the drill to 1 at its end. */
  share(at: number): number {
    return Math.min(1, Math.max(0, (at - this.start) / (this.end - this.start)));
  }
}
