/** Memory that is taken step by step and never given back, as a cache without a limit does. */

const STEPS = 20;
/** Small enough for many ill tasks on one machine; the platform ends a task, not this. */
const STEP_BYTES = 3 * 2 ** 20;

export class MemoryLeak {
  #kept: Buffer[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Grows for the given time, and tells after each step how much the process uses. */
  start(durationMs: number, tell: (usedMb: number) => void): void {
    this.stop();
    this.#timer = setInterval(() => {
      // Filled, because memory that nobody touched is not used yet.
      this.#kept.push(Buffer.alloc(STEP_BYTES, 1));
      tell(Math.round(process.memoryUsage.rss() / 2 ** 20));
      if (this.#kept.length === STEPS) clearInterval(this.#timer);
    }, durationMs / STEPS);
    // A leak keeps no process alive.
    this.#timer.unref();
  }

  /** Gives everything back. */
  stop(): void {
    clearInterval(this.#timer);
    this.#kept = [];
  }
}
