/**
 * A function's own log group, searched to find out whether it has just acted: it lags, as every
 * log does.
 */
import { inApiOrder } from '../world/readings.ts';
import type { WorldService } from '../world/service.ts';
import type { WorldTask } from '../world/task.ts';
import type { World } from '../world/world.ts';

const VISIBLE_AFTER_MS = 5_000;
const GUARD_MS = 10 * 60_000;

export class OwnLog {
  readonly #world: World;
  readonly #lines: { readonly at: number; readonly tier: string }[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** Writes the success line, and says so to people. */
  succeeded(service: WorldService): void {
    this.#lines.push({ at: this.#world.now(), tier: service.tier });
    this.#world.truth.said(service);
  }

  /** A success line for the service is found in the last ten minutes. */
  hasSucceeded(service: WorldService): boolean {
    const now = this.#world.now();
    return this.#lines.some(
      ({ at, tier }) =>
        tier === service.tier && at <= now - VISIBLE_AFTER_MS && at >= now - GUARD_MS,
    );
  }
}

/** As ListTasks gives them by default: all that are meant to run. */
export function listTasks(service: WorldService): readonly WorldTask[] {
  return inApiOrder(service.live());
}
