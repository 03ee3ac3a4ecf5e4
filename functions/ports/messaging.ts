import type { Delivery, PauseDelivery } from '../core/delivery.ts';
import type { Entry } from '../core/entry.ts';
import type { Notice } from '../core/notice.ts';
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

/** The same topic, for what is no step of an incident. */
export interface NoticeAnnouncer {
  publishNotice(notice: Notice, signal: AbortSignal): Promise<void>;
}

/**
 * Tells people, in whatever way they chose.
 *
 * Telling the same again is harmless, and an older step never replaces a newer one.
 *
 * @throws {chat.rate-limited} or {chat.unavailable} when trying again later may help, {chat.refused} when it
 * will not; that is retryable when a person can mend why.
 */
export interface Teller {
  entry(entry: Entry, signal: AbortSignal): Promise<void>;
  notice(notice: Notice, signal: AbortSignal): Promise<void>;
}
