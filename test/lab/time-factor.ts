import { setTimeout as sleep } from 'node:timers/promises';

/** Turns AWS's periods into real ones: with a factor of 20, a "60 s" period lasts 3 s. */
export class TimeFactor {
  readonly factor: number;

  constructor(factor: number) {
    if (!(factor >= 1)) throw new RangeError(`time factor: got ${factor}, wanted 1 or more`);
    this.factor = factor;
  }

  /** @returns real milliseconds, possibly a fraction of one. */
  seconds(awsSeconds: number): number {
    return (awsSeconds * 1000) / this.factor;
  }

  /**
   * Like `seconds`, for waits on a real answer of this machine, which does not become faster with
   * the factor: never shorter than the floor, or a busy laptop would look like an ill task.
   */
  deadline(awsSeconds: number, floorMs: number): number {
    return Math.max(this.seconds(awsSeconds), floorMs);
  }

  /** Waits AWS seconds. @returns false when the signal cut the wait short. */
  pause(awsSeconds: number, signal: AbortSignal): Promise<boolean> {
    return pauseMs(this.seconds(awsSeconds), signal);
  }
}

/** Waits real milliseconds. @returns false when the signal cut the wait short. */
export async function pauseMs(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
