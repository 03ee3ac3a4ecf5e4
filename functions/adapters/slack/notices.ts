/** What the chat is told that is no step of an incident. */

interface Subject {
  readonly serviceId: string;
  readonly environment: string;
}

/** One limit of a drill, and what was measured against it; both as a person reads them. */
export interface Assertion {
  readonly name: string;
  readonly measured: string;
  readonly limit: string;
  readonly holds: boolean;
}

export interface DrillNotice extends Subject {
  readonly kind: 'drill';
  readonly drillId: string;
  readonly level: 'wiring' | 'fault' | 'game day';
  /** Who leads it; named, never pinged. */
  readonly lead: string;
  /** What is done to the service. */
  readonly method: string;
  readonly blastRadius: string;
  readonly stopConditions: readonly string[];
  readonly stopCommand: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly endsBy: number;
  /** Absent while it runs. */
  readonly end?: {
    readonly verdict: 'pass' | 'fail' | 'aborted';
    /** `recovered in 2 min 31 s (limit 5 min)`. */
    readonly summary: string;
    readonly assertions: readonly Assertion[];
    readonly rollback: string;
    readonly reportUrl?: string;
  };
}

/** The healer itself does not work. */
export interface BrokenNotice {
  readonly kind: 'broken';
  readonly environment: string;
  /** What it cannot do: `read the services of cluster shop-prod`. */
  readonly cannot: string;
  /** Code of the error: `ecs.access-denied`. */
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
  /** Services that are not healed meanwhile. */
  readonly services: number;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly at: number;
  readonly logsUrl?: string;
  readonly runbookUrl?: string;
}

/** A week in numbers. */
export interface DigestNotice {
  readonly kind: 'digest';
  readonly environment: string;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly services: number;
  readonly incidents: number;
  readonly recovered: number;
  readonly escalated: number;
  readonly open: number;
  readonly stops: number;
  /** Median from alarm to recovered, in milliseconds; absent without a recovery. */
  readonly recover?: number;
  readonly drills: { readonly passed: number; readonly run: number };
  /** Services that were ill again and again, the worst first. */
  readonly repeated: readonly {
    readonly serviceId: string;
    readonly incidents: number;
    readonly hint: string;
  }[];
  readonly reportUrl?: string;
}

export type Notice = DrillNotice | BrokenNotice | DigestNotice;
