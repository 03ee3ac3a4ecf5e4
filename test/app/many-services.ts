/** Several worlds, one service each, on one clock and with one account: what a healer of many services sees. */
import type { Outcome } from '../../functions/app/outcome.ts';
import { type AccountLimits, DEFAULT_ACCOUNT_LIMITS } from '../../functions/core/account-limits.ts';
import type { Entry } from '../../functions/core/entry.ts';
import type { EpochMillis } from '../../functions/core/time.ts';
import type { IncidentStore } from '../../functions/ports/incident-store.ts';
import { aService, NOW } from '../core/builders.ts';
import { MemoryAccount } from './memory-store.ts';
import { World } from './world.ts';

export interface Stop {
  readonly serviceId: string;
  readonly at: EpochMillis;
}

export class ManyServices {
  readonly worlds: readonly World[];
  readonly account = new MemoryAccount();
  readonly stops: Stop[] = [];
  now: EpochMillis = NOW;

  constructor(count: number, limits: AccountLimits = DEFAULT_ACCOUNT_LIMITS) {
    this.worlds = Array.from({ length: count }, (_, index) => {
      const service = aService({}, { id: `shop-prod/service-${index + 1}` });
      const world = new World(service, 4, 2, 0.8, this.account);
      world.limits = limits;
      world.onEffect = (name) => {
        if (name === 'stop') this.stops.push({ serviceId: service.id, at: world.now });
      };
      return world;
    });
  }

  /** The alarms of these services ring at this moment, all at once. @returns what became of each. */
  ring(at: EpochMillis, which: readonly World[] = this.worlds): Promise<readonly Outcome[]> {
    this.#moveTo(at);
    return Promise.all(which.map((world) => world.deliver()));
  }

  /** Delivers what is due in any service, in order of time, until `until`. */
  async run(until: EpochMillis): Promise<void> {
    for (;;) {
      const next = this.worlds.toSorted((a, b) => a.nextDue() - b.nextDue())[0];
      if (next === undefined || next.nextDue() > until) break;
      await next.runNext();
      this.#moveTo(next.now);
    }
    this.#moveTo(until);
  }

  /** The calls to the table of all services take turns as `wait` says. */
  slowTable(wait: () => Promise<void>): void {
    for (const world of this.worlds) world.through = (store) => behind(store, wait);
  }

  /** What on-call heard, of all services. */
  told(reason?: string): readonly Entry[] {
    const told = this.worlds.flatMap((world) => world.told);
    return reason === undefined ? told : told.filter((entry) => entry.reason === reason);
  }

  /** Nothing is wrong with any task from now on. */
  heal(): void {
    for (const task of this.worlds.flatMap((world) => world.tasks)) task.errorShare = 0;
  }

  #moveTo(at: EpochMillis): void {
    this.now = at;
    for (const world of this.worlds) world.now = at;
  }
}

function behind(store: IncidentStore, wait: () => Promise<void>): IncidentStore {
  return {
    read: (...given) => wait().then(() => store.read(...given)),
    readAccount: (...given) => wait().then(() => store.readAccount(...given)),
    commit: (...given) => wait().then(() => store.commit(...given)),
    commitShared: (...given) => wait().then(() => store.commitShared(...given)),
    keep: (...given) => wait().then(() => store.keep(...given)),
    clear: (...given) => wait().then(() => store.clear(...given)),
  };
}
