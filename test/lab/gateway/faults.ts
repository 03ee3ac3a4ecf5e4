/**
 * Faults asked of the gateway: the next n calls that match get one, whatever service answers them.
 */

interface FaultTarget {
  /** SigV4 signing name, such as `ecs`. */
  readonly service: string;
  /** Operation name, or `*` for every operation of the service. */
  readonly operation: string;
  /** Access key id; every caller when absent. */
  readonly caller?: string;
  /** How many calls are hit; a whole number from 1. */
  readonly times: number;
}

/**
 * `throttle` and `error` refuse without running; the others run the operation, `duplicate` twice.
 */
export type Fault = FaultTarget &
  (
    | { readonly kind: 'throttle'; readonly code?: string }
    | {
        readonly kind: 'error';
        readonly code: string;
        readonly status?: number;
        readonly message?: string;
      }
    | { readonly kind: 'lost-response' }
    | { readonly kind: 'delay'; readonly delayMs: number }
    | { readonly kind: 'duplicate' }
  );

export interface FaultHandle {
  /** Calls still to be hit. */
  remaining(): number;
  /** Ends the fault; calls already hit stay hit. */
  cancel(): void;
}

export interface FaultedCall {
  readonly service: string;
  readonly operation: string;
  readonly caller: string;
}

/** The faults asked for and not yet used up; the one asked first hits first, one fault per call. */
export class Faults {
  readonly #pending: { readonly fault: Fault; left: number }[] = [];

  /** @throws RangeError when `times` or `delayMs` makes no sense. */
  inject(fault: Fault): FaultHandle {
    if (!Number.isInteger(fault.times) || fault.times < 1) {
      throw new RangeError(`times: got ${fault.times}, want a whole number from 1`);
    }
    if (fault.kind === 'delay' && !(fault.delayMs >= 0)) {
      throw new RangeError(`delayMs: got ${fault.delayMs}, want 0 or more`);
    }
    const entry = { fault, left: fault.times };
    this.#pending.push(entry);
    return {
      remaining: () => entry.left,
      cancel: () => {
        entry.left = 0;
      },
    };
  }

  /** Ends every fault. */
  clear(): void {
    for (const entry of this.#pending) entry.left = 0;
    this.#pending.length = 0;
  }

  /** The fault that hits this call, if one does; counts it. */
  take(call: FaultedCall): Fault | undefined {
    const entry = this.#pending.find(({ fault, left }) => left > 0 && matches(fault, call));
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left === 0) this.#pending.splice(this.#pending.indexOf(entry), 1);
    return entry.fault;
  }
}

function matches(fault: Fault, call: FaultedCall): boolean {
  if (fault.service !== call.service) return false;
  if (fault.operation !== '*' && fault.operation !== call.operation) return false;
  return fault.caller === undefined || fault.caller === call.caller;
}
