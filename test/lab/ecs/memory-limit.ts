/**
 * The platform's limit on memory: a task that leaks long enough is killed, and its container says
 * why.
 */
import type { TimeFactor } from '../time-factor.ts';
import type { TaskRecord } from './model.ts';

const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

export class MemoryLimit {
  readonly #time: TimeFactor;
  readonly #kills = new Map<TaskRecord, NodeJS.Timeout>();

  constructor(time: TimeFactor) {
    this.#time = time;
  }

  /** The task reaches the limit after so many AWS seconds. */
  reachAfter(task: TaskRecord, awsSeconds: number): void {
    this.forget(task);
    const kill = setTimeout(() => this.#kill(task), this.#time.seconds(awsSeconds));
    this.#kills.set(task, kill);
  }

  /** It leaks no longer. */
  forget(task: TaskRecord): void {
    clearTimeout(this.#kills.get(task));
    this.#kills.delete(task);
  }

  close(): void {
    for (const kill of this.#kills.values()) clearTimeout(kill);
    this.#kills.clear();
  }

  #kill(task: TaskRecord): void {
    this.#kills.delete(task);
    // One that is stopping already ends for that reason.
    if (task.desiredStatus === 'STOPPED' || task.child?.isRunning() !== true) return;
    task.containerReason = OUT_OF_MEMORY;
    task.child.signal('SIGKILL');
  }
}
