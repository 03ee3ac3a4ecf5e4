/**
 * Who may touch the table at once: single-item calls side by side, one at a time per item;
 * transactions alone.
 */

type Task<T> = () => Promise<T>;

interface Waiter {
  readonly exclusive: boolean;
  readonly start: () => void;
}

/**
 * First come, first served, so that neither a stream of reads nor one of transactions starves the
 * other.
 */
export class ItemLocks {
  readonly #waiting: Waiter[] = [];
  readonly #lastOnItem = new Map<string, Promise<unknown>>();
  #running = 0;
  #exclusive = false;

  /** Runs beside every task but exclusive ones. */
  async shared<T>(task: Task<T>): Promise<T> {
    return this.#run(false, task);
  }

  /** Runs beside every task but exclusive ones and those of the same item. */
  async onItem<T>(item: string, task: Task<T>): Promise<T> {
    return this.#run(false, async () => {
      const before = this.#lastOnItem.get(item) ?? Promise.resolve();
      const mine = before.then(task, task);
      this.#lastOnItem.set(item, mine);
      try {
        return await mine;
      } finally {
        if (this.#lastOnItem.get(item) === mine) this.#lastOnItem.delete(item);
      }
    });
  }

  /** Runs alone. */
  async exclusive<T>(task: Task<T>): Promise<T> {
    return this.#run(true, task);
  }

  async #run<T>(exclusive: boolean, task: Task<T>): Promise<T> {
    await new Promise<void>((start) => {
      this.#waiting.push({ exclusive, start });
      this.#admit();
    });
    try {
      return await task();
    } finally {
      this.#running -= 1;
      if (exclusive) this.#exclusive = false;
      this.#admit();
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#mayStart(next); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#running += 1;
      this.#exclusive = next.exclusive;
      next.start();
    }
  }

  #mayStart(next: Waiter): boolean {
    return !this.#exclusive && (!next.exclusive || this.#running === 0);
  }
}
