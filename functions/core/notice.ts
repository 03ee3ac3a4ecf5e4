/** What the chat is told that is no step of an incident. */
import type { Entry } from './entry.ts';

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

/** The healer itself does not work, or works again. */
export interface BrokenNotice {
  readonly kind: 'broken';
  readonly environment: string;
  /** What it cannot do: `read the services of cluster shop-prod`. */
  readonly cannot: string;
  /** Code of the error, or of the alarm on the healer: `no-access`. */
  readonly code: string;
  readonly detail: string;
  readonly hint: string;
  /** What becomes of healing meanwhile, as a clause; `nothing is healed` when absent. */
  readonly meanwhile?: string;
  /** True when nobody is called for it: healing and its messages go on. */
  readonly canWait?: boolean;
  /** True when this is over: since then it can do again what it could not. */
  readonly works?: boolean;
  /** Services that are not healed meanwhile; absent when that is not known. */
  readonly services?: number;
  /** Epoch milliseconds: since when it was broken. */
  readonly since: number;
  readonly at: number;
  /** The alarm on the healer that says so. */
  readonly alarm?: { readonly name: string; readonly arn: string };
  readonly logsUrl?: string;
  readonly runbookUrl?: string;
}

/** A week in numbers. An incident counts when it was on at any time of the week. */
export interface DigestNotice {
  readonly kind: 'digest';
  readonly environment: string;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Services under care, those that could not be read among them. */
  readonly services: number;
  readonly incidents: number;
  /** Over, and nobody was called. */
  readonly recovered: number;
  /** A person was called, whether or not it is over. */
  readonly escalated: number;
  /** Not over yet, whether or not a person was called. */
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
  /** Services whose week could not be read: they are in no other number. */
  readonly unread?: readonly { readonly serviceId: string; readonly why: string }[];
  readonly reportUrl?: string;
}

export type Notice = DrillNotice | BrokenNotice | DigestNotice;

/** What an event asks to be told. */
export type Telling =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** The week is over: look it up, and tell it. */
  | { readonly kind: 'digest-due' };
