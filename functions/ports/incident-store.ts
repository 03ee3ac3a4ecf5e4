import type { AccountState } from '../core/account.ts';
import type { Entry } from '../core/entry.ts';
import type { Incident } from '../core/incident.ts';
import type { LockState } from '../core/lock.ts';

/**
 * - `conflict`: somebody else changed the lock
 * - `account-conflict`: the lock stands, and somebody else changed what all services share, or was at it
 */
export type SharedCommit = 'committed' | 'conflict' | 'account-conflict';

export interface IncidentStore {
  /** Strongly consistent. @returns a lock of version 0 when the service has no item yet. */
  read(serviceId: string, signal: AbortSignal): Promise<LockState>;
  /** What all services share, strongly consistent. @returns version 0 when there is no item yet. */
  readAccount(signal: AbortSignal): Promise<AccountState>;
  /** What was read of it last, without asking again. It is old: nothing is decided by it. */
  lastAccount?(): AccountState | undefined;
  /**
   * Writes `next` if the stored version still is `next.version - 1`, and adds `entries` to the stored outbox.
   *
   * `writer` names this very write: when its answer was lost and the item turns out to carry it, it was ours.
   */
  commit(
    next: LockState,
    entries: readonly Entry[],
    writer: string,
    signal: AbortSignal,
  ): Promise<'committed' | 'conflict'>;
  /** As `commit`, and `account` with it, each over its own version: both are written, or neither. */
  commitShared(
    next: LockState,
    account: AccountState,
    entries: readonly Entry[],
    writer: string,
    signal: AbortSignal,
  ): Promise<SharedCommit>;
  /**
   * Keeps timeline entries and the newest state of their incident; repeating it changes nothing.
   *
   * Entries of a pause have no incident, and there may be none beside them.
   */
  keep(
    entries: readonly Entry[],
    incident: Incident | undefined,
    signal: AbortSignal,
  ): Promise<void>;
  /** Takes entries out of the outbox: they are kept, and told if they are to be told. */
  clear(serviceId: string, entries: readonly Entry[], signal: AbortSignal): Promise<void>;
}
