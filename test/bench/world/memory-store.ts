/**
 * The table's contract in memory: one compare-and-set per service, and one with what all services
 * share.
 */
import { type AccountState, emptyAccount } from '../../../functions/core/account.ts';
import type { Entry } from '../../../functions/core/entry.ts';
import { emptyLock, type LockState } from '../../../functions/core/lock.ts';
import type { IncidentStore, SharedCommit } from '../../../functions/ports/incident-store.ts';

export class MemoryStore implements IncidentStore {
  /** The timeline, in the order in which it was kept. */
  readonly kept = new Map<string, Entry>();
  readonly #locks = new Map<string, LockState>();
  readonly #onKept: (entry: Entry) => void;
  #account: AccountState = emptyAccount();

  constructor(onKept: (entry: Entry) => void) {
    this.#onKept = onKept;
  }

  lock(serviceId: string): LockState {
    return this.#locks.get(serviceId) ?? emptyLock(serviceId);
  }

  read(serviceId: string): Promise<LockState> {
    return Promise.resolve(this.lock(serviceId));
  }

  readAccount(): Promise<AccountState> {
    return Promise.resolve(this.#account);
  }

  commit(next: LockState, entries: readonly Entry[]): Promise<'committed' | 'conflict'> {
    const stored = this.lock(next.serviceId);
    if (stored.version !== next.version - 1) return Promise.resolve('conflict');
    this.#locks.set(next.serviceId, { ...next, outbox: [...stored.outbox, ...entries] });
    return Promise.resolve('committed');
  }

  async commitShared(
    next: LockState,
    account: AccountState,
    entries: readonly Entry[],
  ): Promise<SharedCommit> {
    if (this.lock(next.serviceId).version !== next.version - 1) return 'conflict';
    if (this.#account.version !== account.version - 1) return 'account-conflict';
    this.#account = account;
    return this.commit(next, entries);
  }

  keep(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) {
      if (this.kept.has(entry.id)) continue;
      this.kept.set(entry.id, entry);
      this.#onKept(entry);
    }
    return Promise.resolve();
  }

  clear(serviceId: string, entries: readonly Entry[]): Promise<void> {
    const done = new Set(entries.map(({ id }) => id));
    const stored = this.lock(serviceId);
    const outbox = stored.outbox.filter(({ id }) => !done.has(id));
    this.#locks.set(serviceId, { ...stored, outbox });
    return Promise.resolve();
  }
}
