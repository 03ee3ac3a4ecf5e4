/** Faults of Slack on loopback: each shapes one answer, or all until it is cancelled. */

/**
 * One answer out of order. `down` drops the line unread, `timeout` never answers; `lost-response` posts the message
 * and then drops the line.
 */
export type SlackFault =
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'server-error'; readonly status?: number }
  | { readonly kind: 'no-service' }
  /** Of a webhook: blocks that it does not like, whatever they are. */
  | { readonly kind: 'invalid-blocks' }
  /** Of the Web API only: `ok: false` with this code. */
  | { readonly kind: 'api-error'; readonly error: string }
  | { readonly kind: 'down' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'lost-response' }
  | { readonly kind: 'slow'; readonly delayMs: number };

interface StandingFault {
  /** Ends the fault. */
  cancel(): void;
}

/** Faults wait in line, each for one answer; while none waits, the standing one asked for last shapes all. */
export class SlackFaults {
  readonly #next: SlackFault[] = [];
  readonly #standing: SlackFault[] = [];
  #hits = 0;

  /** Adds a fault for the next `count` answers. @param count default 1 */
  next(fault: SlackFault, count = 1): void {
    this.#next.push(...Array<SlackFault>(count).fill(fault));
  }

  /** Shapes every answer until it is cancelled. */
  from(fault: SlackFault): StandingFault {
    // An object of its own: the same fault may be asked for twice.
    const own = { ...fault };
    this.#standing.push(own);
    return {
      cancel: () => {
        const index = this.#standing.indexOf(own);
        if (index >= 0) this.#standing.splice(index, 1);
      },
    };
  }

  get waiting(): number {
    return this.#next.length;
  }

  /** Answers shaped so far. */
  get hits(): number {
    return this.#hits;
  }

  /** Ends every fault. */
  clear(): void {
    this.#next.length = 0;
    this.#standing.length = 0;
  }

  /** What shapes this answer; counts it. */
  take(): SlackFault | undefined {
    const fault = this.#next.shift() ?? this.#standing.at(-1);
    if (fault !== undefined) this.#hits += 1;
    return fault;
  }
}
