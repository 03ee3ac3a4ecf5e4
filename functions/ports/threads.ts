import type { Entry } from '../core/entry.ts';
import type { EpochMillis } from '../core/time.ts';

/** A message in a chat that others hang on. */
export interface Root {
  readonly channel: string;
  /** As the chat names it: its time, as a text. */
  readonly ts: string;
}

export interface Shown {
  readonly seq: number;
  readonly state: string;
  readonly reopened: number;
  /** What it was rendered from, so that it can be shown again with more; absent for what is no incident. */
  readonly entry?: Entry;
}

/** What was said of one incident, pause or drill. */
export interface Thread {
  /** Absent until it is posted. */
  readonly root?: Root;
  /** The step that the root shows. */
  readonly shown?: Shown;
  /** Ids of the steps that were told: where there is a root, that have their reply. */
  readonly replied: readonly string[];
  /** Every step up to this one was told, or is not to be; absent before the first. */
  readonly upTo?: number;
}

/** What an incident went through, as it is kept. */
export interface Timeline {
  /** @returns what is kept of these steps, oldest first; some may be missing still. */
  between(
    incidentId: string,
    range: { readonly first: number; readonly last: number },
    signal: AbortSignal,
  ): Promise<readonly Entry[]>;
}

/** Who writes, and until when nobody else does. */
export interface Turn {
  /** Id of the incident, the pause or the drill. */
  readonly id: string;
  /** Unique for each turn. */
  readonly holder: string;
}

/**
 * What keeps one thread one thread, however many write at once: they take turns.
 *
 * A turn ends by itself when its holder dies.
 */
export interface ThreadStore {
  /** @returns the thread as the last turn left it, or undefined while it is somebody else's turn. */
  begin(
    turn: Turn,
    time: { readonly now: EpochMillis; readonly until: EpochMillis },
    signal: AbortSignal,
  ): Promise<Thread | undefined>;
  /** @throws {store.contended} when the turn took too long, and is another's now. */
  keep(turn: Turn, thread: Thread, expiresAt: EpochMillis, signal: AbortSignal): Promise<void>;
  end(turn: Turn, signal: AbortSignal): Promise<void>;
}
