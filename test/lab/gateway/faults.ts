/**
 * Faults asked of the gateway: calls that match get one, whatever service answers them; the next n of them, or all
 * until the fault is cancelled.
 */

interface FaultTarget {
  /** SigV4 signing name, such as `ecs`. */
  readonly service: string;
  /** Operation name, or `*` for every operation of the service. */
  readonly operation: string;
  /** Access key id; every caller when absent. */
  readonly caller?: string;
  /** Calls that match and pass before the first is hit. @default 0 */
  readonly skip?: number;
  /** How many calls are hit; a whole number from 1. @default - all, until it is cancelled */
  readonly times?: number;
}

/**
 * `throttle` and `error` refuse without running, `down` resets the connection; `crash` ends the caller, before the
 * operation runs or before it is answered. The others run the operation, `duplicate` twice.
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
    | { readonly kind: 'down' }
    | {
        readonly kind: 'crash';
        readonly when: 'before' | 'after';
        /** Ends whoever made the call; the gateway waits for it. */
        readonly crash: (call: FaultedCall) => Promise<void>;
      }
    | { readonly kind: 'lost-response' }
    | { readonly kind: 'delay'; readonly delayMs: number }
    | { readonly kind: 'duplicate' }
  );

export interface FaultHandle {
  /** Calls still to be hit; Infinity for one that lasts until it is cancelled. */
  remaining(): number;
  /** Ends the fault; calls already hit stay hit. */
  cancel(): void;
}

export interface FaultedCall {
  readonly service: string;
  readonly operation: string;
  readonly caller: string;
  /** Of the invocation that makes the call; none while a function initialises. */
  readonly traceId?: string;
}

/** The faults asked for and not yet used up; the one asked first hits first, one fault per call. */
export class Faults {
  readonly #pending: { readonly fault: Fault; left: number; skip: number }[] = [];

  /** @throws RangeError when `times`, `skip` or `delayMs` makes no sense. */
  inject(fault: Fault): FaultHandle {
    const { times, skip = 0 } = fault;
    if (times !== undefined && !(Number.isInteger(times) && times >= 1)) {
      throw new RangeError(`times: got ${times}, want a whole number from 1`);
    }
    if (!(Number.isInteger(skip) && skip >= 0)) {
      throw new RangeError(`skip: got ${skip}, want a whole number from 0`);
    }
    if (fault.kind === 'delay' && !(fault.delayMs >= 0)) {
      throw new RangeError(`delayMs: got ${fault.delayMs}, want 0 or more`);
    }
    const entry = { fault, skip, left: times ?? Number.POSITIVE_INFINITY };
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
    const entry = this.#pending.find((each) => {
      if (each.left === 0 || !matches(each.fault, call)) return false;
      if (each.skip === 0) return true;
      each.skip -= 1;
      return false;
    });
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
