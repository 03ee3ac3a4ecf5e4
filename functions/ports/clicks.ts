/** What it takes to answer a click on a button. */
import type { Click, ClickOutcome, ClickRequest } from '../core/click.ts';

/** What came to the endpoint, checked and opened. */
export type Opened =
  | { readonly kind: 'click'; readonly click: Click }
  /** Genuine, and nothing to do with us: a link button, a check of the endpoint. */
  | { readonly kind: 'ignored'; readonly code: string }
  /** Not genuine, or not understood. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string };

/** The record of who clicked what, kept for a year. */
export interface ClickLog {
  /** @returns false when this very click is known already. */
  begin(click: Click, outcome: ClickOutcome, signal: AbortSignal): Promise<boolean>;
  /** What became of a click that was begun. */
  settle(click: Click, outcome: ClickOutcome, signal: AbortSignal): Promise<void>;
}

/** The queue that every request comes through. */
export interface RequestInbox {
  /** When this returns, the queue has it. */
  hand(request: ClickRequest, signal: AbortSignal): Promise<void>;
}

/** Answers the person who clicked, where nobody else sees it. */
export interface Replier {
  reply(url: string, text: string, signal: AbortSignal): Promise<void>;
}

/** What is logged and counted of clicks; never a secret, and never what was sent. */
export interface ClickJournal {
  clicked(record: {
    readonly action: string;
    readonly service: string;
    readonly incident: string;
    readonly user: string;
    readonly outcome: ClickOutcome | 'repeated';
  }): void;
  /** Somebody sent what we do not take; many of them may be an attack. */
  refused(record: { readonly code: string; readonly status: number }): void;
  ignored(record: { readonly code: string }): void;
  /** What was asked is done or not as before; only the person was not answered. */
  untold(record: { readonly action: string; readonly error: unknown }): void;
  failed(record: {
    readonly what: string;
    readonly error: unknown;
    readonly service?: string;
  }): void;
}
