/** The table's contract in memory: each item is a compare-and-set on its version, two together are both or none. */
import { type AccountState, emptyAccount } from '../../functions/core/account.ts';
import { ALL_SERVICES } from '../../functions/core/delivery.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { emptyLock, type LockState } from '../../functions/core/lock.ts';
import type { IncidentStore, SharedCommit } from '../../functions/ports/incident-store.ts';

/** What the stores of several services share. */
export class MemoryAccount {
  state: AccountState = emptyAccount();
  /** Its outbox tells of what is about all of them. */
  lock: LockState = emptyLock(ALL_SERVICES);
}

/** One service's lock, with an outbox that is only added to and cleared. */
export class MemoryStore implements IncidentStore {
  state: LockState | undefined;
  readonly kept = new Map<string, Entry>();
  readonly account: MemoryAccount;
  readonly #onEffect: (name: string) => void;

  constructor(onEffect: (name: string) => void, account = new MemoryAccount()) {
    this.#onEffect = onEffect;
    this.account = account;
  }

  read(serviceId: string): Promise<LockState> {
    return Promise.resolve(this.#lockOf(serviceId));
  }

  readAccount(): Promise<AccountState> {
    return Promise.resolve(this.account.state);
  }

  commit(next: LockState, entries: readonly Entry[]): Promise<'committed' | 'conflict'> {
    this.#onEffect('commit');
    if (!this.#isNext(next)) return Promise.resolve('conflict');
    this.#set(next, entries);
    this.#onEffect('committed');
    return Promise.resolve('committed');
  }

  commitShared(
    next: LockState,
    account: AccountState,
    entries: readonly Entry[],
  ): Promise<SharedCommit> {
    this.#onEffect('commit');
    if (!this.#isNext(next)) return Promise.resolve('conflict');
    if (this.account.state.version !== account.version - 1)
      return Promise.resolve('account-conflict');
    this.#set(next, entries);
    this.account.state = account;
    this.#onEffect('committed');
    return Promise.resolve('committed');
  }

  keep(entries: readonly Entry[]): Promise<void> {
    this.#onEffect('keep');
    for (const entry of entries) this.kept.set(entry.id, entry);
    return Promise.resolve();
  }

  clear(serviceId: string, entries: readonly Entry[]): Promise<void> {
    this.#onEffect('clear');
    const done = new Set(entries.map((entry) => entry.id));
    const lock = this.#lockOf(serviceId);
    const outbox = lock.outbox.filter((entry) => !done.has(entry.id));
    if (lock.version > 0) this.#put({ ...lock, outbox });
    return Promise.resolve();
  }

  #isNext({ serviceId, version }: LockState): boolean {
    return this.#lockOf(serviceId).version === version - 1;
  }

  #set(next: LockState, entries: readonly Entry[]): void {
    this.#put({ ...next, outbox: [...this.#lockOf(next.serviceId).outbox, ...entries] });
  }

  #lockOf(serviceId: string): LockState {
    return serviceId === ALL_SERVICES ? this.account.lock : (this.state ?? emptyLock(serviceId));
  }

  #put(lock: LockState): void {
    if (lock.serviceId === ALL_SERVICES) this.account.lock = lock;
    else this.state = lock;
  }
}
