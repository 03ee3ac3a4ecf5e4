/** What notify is handed, and where it puts what it cannot tell. */
import type { Telling } from '../core/notice.ts';

/** A message of the queue. */
export interface TellingRecord {
  readonly id: string;
  /** Times that it was handed out, this one among them. */
  readonly receives: number;
  /** As it came. */
  readonly body: string;
  /** @throws {event.malformed} naming field, value got and value wanted. */
  open(): readonly Telling[];
}

export type InboundTellings =
  | { readonly kind: 'batch'; readonly records: readonly TellingRecord[] }
  | { readonly kind: 'direct'; readonly tellings: readonly Telling[] };

/** The queue of what is given up; a person looks at it. */
export interface DeadLetters {
  send(body: string, why: string, signal: AbortSignal): Promise<void>;
}
