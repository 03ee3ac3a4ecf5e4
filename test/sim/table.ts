/**
 * The table as the store's adapter and DynamoDB make it together: conditional writes over a version, two items both or
 * not at all, and an outbox that is changed entry by entry.
 */
import { type AccountState, emptyAccount } from '../../functions/core/account.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { emptyLock, type LockState } from '../../functions/core/lock.ts';
import type { SharedCommit } from '../../functions/ports/incident-store.ts';

export interface Commit {
  readonly before: LockState;
  readonly next: LockState;
  readonly entries: readonly Entry[];
  /** What all services shared when it was written, and what it made of that. */
  readonly account: { readonly before: AccountState; readonly next: AccountState };
}

interface Item {
  readonly lock: LockState;
  readonly writer: string;
}

export class Table {
  account: AccountState = emptyAccount();
  /** As somebody read it last. */
  lastAccount: AccountState | undefined;
  /** By id of the entry, what `keep` wrote. Its time to live only sweeps: here nothing is ever swept. */
  readonly timeline = new Map<string, Entry>();
  /** Newest kept sequence of each incident. */
  readonly incidents = new Map<string, { readonly seq: number; readonly state: string }>();
  readonly #locks = new Map<string, Item>();
  readonly #onCommit: (commit: Commit) => void;

  constructor(onCommit: (commit: Commit) => void) {
    this.#onCommit = onCommit;
  }

  lock(serviceId: string): LockState {
    return this.#locks.get(serviceId)?.lock ?? emptyLock(serviceId);
  }

  locks(): readonly LockState[] {
    return [...this.#locks.values()].map(({ lock }) => lock);
  }

  commit(
    next: LockState,
    entries: readonly Entry[],
    writer: string,
    account?: AccountState,
  ): SharedCommit {
    const item = this.#locks.get(next.serviceId);
    const before = item?.lock ?? emptyLock(next.serviceId);
    if (before.version !== next.version - 1) {
      // The SDK repeats a write whose answer was lost, and meets its own item.
      return item?.writer === writer ? 'committed' : 'conflict';
    }
    const shared = this.account;
    if (account !== undefined && shared.version !== account.version - 1) return 'account-conflict';
    const outbox = inOrder([...before.outbox, ...entries]);
    const lock = { ...next, outbox };
    this.#locks.set(next.serviceId, { lock, writer });
    if (account !== undefined) this.account = account;
    this.#onCommit({
      before,
      next: lock,
      entries,
      account: { before: shared, next: this.account },
    });
    return 'committed';
  }

  keep(
    entries: readonly Entry[],
    incident: { readonly id: string; readonly seq: number; readonly state: string } | undefined,
  ): void {
    for (const entry of entries) this.timeline.set(entry.id, entry);
    if (incident === undefined || entries.length === 0) return;
    const kept = this.incidents.get(incident.id);
    if (kept !== undefined && kept.seq > incident.seq) return;
    this.incidents.set(incident.id, { seq: incident.seq, state: incident.state });
  }

  clear(serviceId: string, entries: readonly Entry[]): void {
    const item = this.#locks.get(serviceId);
    if (item === undefined) return;
    const ids = new Set(entries.map(({ id }) => id));
    const outbox = item.lock.outbox.filter(({ id }) => !ids.has(id));
    this.#locks.set(serviceId, { ...item, lock: { ...item.lock, outbox } });
  }
}

/** A map of DynamoDB has no order; the adapter reads it like this. */
function inOrder(entries: readonly Entry[]): readonly Entry[] {
  return entries.toSorted((a, b) => a.at - b.at || a.seq - b.seq);
}
