/**
 * What the world knows and no healer can: who is ill by whose doing, and whether a stop could
 * help.
 */
import type { EpochMillis } from '../../../functions/core/time.ts';
import type { AlarmChange } from './alarms.ts';
import { HEALTH_PATH, type WorldService } from './service.ts';
import { isHealthy, isIll, type WorldTask } from './task.ts';
import type { World } from './world.ts';

export interface StopMade {
  readonly at: EpochMillis;
  readonly service: WorldService;
  readonly task: WorldTask;
  /** The task was ill by a fault of its own, and another in its place is well. */
  readonly isRight: boolean;
  /** The scenario had made it ill, by whatever means. */
  readonly wasIll: boolean;
  /** It was in service, and fewer than all but one, or than one, stayed so. */
  readonly isBreach: boolean;
  /** When as many tasks as there should be were in service again, without this one. */
  wholeAt?: EpochMillis;
}

export interface Claim {
  readonly at: EpochMillis;
  readonly service: WorldService;
  /** Something was wrong when it was said. */
  readonly isFalse: boolean;
}

export class Truth {
  readonly stops: StopMade[] = [];
  /** Every `recovered` or `successful` that a strategy said. */
  readonly claims: Claim[] = [];
  /** When an alarm went to ALARM. */
  readonly rings: { readonly at: EpochMillis; readonly service: WorldService }[] = [];
  /** When the scenario made something ill. */
  readonly faults: EpochMillis[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A strategy stops a task, by itself or by a deployment that it asked for. */
  stopped(service: WorldService, task: WorldTask): void {
    const now = this.#world.now();
    const others = this.#world.healthy(service).filter((other) => other !== task).length;
    this.stops.push({
      at: now,
      service,
      task,
      isRight: this.isCurable(service, task),
      wasIll: isIll(task, now),
      isBreach: isHealthy(task) && others < floorOf(service),
    });
  }

  /** Once a second. */
  follow(): void {
    for (const stop of this.stops) {
      if (stop.wholeAt !== undefined) continue;
      const others = this.#world.healthy(stop.service).filter((task) => task !== stop.task);
      if (others.length >= stop.service.desired) stop.wholeAt = this.#world.now();
    }
  }

  said(service: WorldService): void {
    this.claims.push({ at: this.#world.now(), service, isFalse: this.isUnwell(service) });
  }

  rang({ at, service }: AlarmChange): void {
    this.rings.push({ at, service });
  }

  /**
   * A stop would help: the task is ill by a fault of its own, and nothing makes its replacement
   * ill.
   */
  isCurable(service: WorldService, task: WorldTask): boolean {
    if (!isIll(task, this.#world.now()) || task.illness?.origin !== 'task') return false;
    return !this.#isShared(service) && !isBad(service);
  }

  /** A fault of the service is on, one of its alarms rings, or tasks are missing. */
  isUnwell(service: WorldService): boolean {
    const now = this.#world.now();
    const { alarms } = this.#world.site(service.tier);
    return (
      this.#isShared(service) ||
      service.live().some((task) => isIll(task, now)) ||
      alarms.ringing().length > 0 ||
      this.#world.healthy(service).length < service.desired
    );
  }

  #isShared(service: WorldService): boolean {
    return (
      this.#world.dependency.is !== 'up' ||
      service.isBlocked ||
      !service.isAttached ||
      service.healthPath !== HEALTH_PATH
    );
  }
}

/** What would start now is ill from its start, or never starts. */
function isBad({ primary }: WorldService): boolean {
  return Object.keys(primary.revision).some((key) => key !== 'name');
}

function floorOf({ desired, settings }: WorldService): number {
  const least = settings.policy?.singleTask === 'stop' && desired === 1 ? 0 : 1;
  return Math.max(least, desired - 1);
}
