import type { Delivery, PauseDelivery } from '../core/delivery.ts';
import type { Entry } from '../core/entry.ts';
import type { DurationMillis } from '../core/time.ts';

export type Recheck = Extract<Delivery, { kind: 'recheck' }>;
export type PauseCheck = Extract<PauseDelivery, { kind: 'pause-check' }>;

/** The queue that every delivery comes through. */
export interface Inbox {
  /** Delivers a re-check after the delay; a delay beyond the queue's limit is cut to it. */
  scheduleRecheck(
    recheck: Recheck | PauseCheck,
    delay: DurationMillis,
    signal: AbortSignal,
  ): Promise<void>;
}

/** The topic that whoever wants to hear of incidents subscribes to. */
export interface Announcer {
  publish(entry: Entry, signal: AbortSignal): Promise<void>;
}

/** A message ready for the chat: `text` alone must say it all, `blocks` make it pleasant. */
export interface ChatMessage {
  readonly text: string;
  readonly blocks: readonly unknown[];
}

export interface Chat {
  /**
   * @throws {chat.rate-limited} or {chat.unavailable} when trying again later may help, {chat.refused} when it
   * will not.
   */
  post(message: ChatMessage, signal: AbortSignal): Promise<void>;
}
