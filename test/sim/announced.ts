/** What was written to be told, and what was told: nothing is told that is not written, nothing is left out. */
import type { Entry } from '../../functions/core/entry.ts';

export class Announced {
  /** All that was ever written, by id. */
  readonly written = new Map<string, Entry>();
  readonly published = new Set<string>();
  readonly #fail: (what: string) => void;
  /** Of each incident, what is to be told and was not yet, in order. */
  readonly #waiting = new Map<string, Entry[]>();

  constructor(fail: (what: string) => void) {
    this.#fail = fail;
  }

  onWritten(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const before = this.written.get(entry.id);
      if (before !== undefined) this.#fail(`${entry.id} was written twice`);
      this.written.set(entry.id, entry);
      if (!isToBeTold(entry)) continue;
      const waiting = this.#waiting.get(entry.incidentId) ?? [];
      waiting.push(entry);
      this.#waiting.set(entry.incidentId, waiting);
    }
  }

  /** The first time that each is told must be in their order; a duplicate may come at any time. */
  onPublish(entry: Entry): void {
    if (!this.written.has(entry.id)) this.#fail(`${entry.id} was told before it was written`);
    if (this.published.has(entry.id)) return;
    const waiting = this.#waiting.get(entry.incidentId) ?? [];
    const older = waiting.find(({ seq }) => seq < entry.seq);
    if (older !== undefined) this.#fail(`${entry.id} was told before ${older.id}`);
    this.published.add(entry.id);
    const left = waiting.filter(({ id }) => id !== entry.id);
    this.#waiting.set(entry.incidentId, left);
  }

  /** It leaves the outbox. */
  onCleared(entry: Entry, isKept: boolean): void {
    if (!isKept) this.#fail(`${entry.id} left the outbox, and the timeline does not have it`);
    if (isToBeTold(entry) && !this.published.has(entry.id)) {
      this.#fail(`${entry.id} left the outbox, and nobody was told`);
    }
  }

  untold(): readonly Entry[] {
    return [...this.#waiting.values()].flat();
  }
}

function isToBeTold({ announce, quiet }: Entry): boolean {
  return announce || quiet === true;
}
