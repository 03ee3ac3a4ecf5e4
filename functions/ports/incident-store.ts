import type { Entry } from '../core/entry.ts';
import type { Incident } from '../core/incident.ts';
import type { LockState } from '../core/lock.ts';

export interface IncidentStore {
  /** Strongly consistent. @returns a lock of version 0 when the service has no item yet. */
  read(serviceId: string, signal: AbortSignal): Promise<LockState>;
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
  /** Keeps timeline entries and the newest state of their incident; repeating it changes nothing. */
  keep(entries: readonly Entry[], incident: Incident, signal: AbortSignal): Promise<void>;
  /** Takes entries out of the outbox: they are kept, and told if they are to be told. */
  clear(serviceId: string, entries: readonly Entry[], signal: AbortSignal): Promise<void>;
}
