/** ECS: starts what is missing, stops what is too much, replaces what its checks see, and rolls out revisions. */
import type { Random } from '../bench/world/random.ts';
import { type Fleet, isIll, isServing, type SimTask } from './fleet.ts';

/** How often it looks. */
export const TICK_MS = 10_000;
/** From `unhealthy` to a replacement. */
const REACTION_MS = 40_000;
const BAKE_MAX_MS = 240_000;
const PREFIX = 'arn:aws:ecs:eu-west-1:123456789012:task';
const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];

/** What is wrong with a service beyond its tasks. */
export interface Weather {
  /** New tasks fail before they run. */
  readonly cannotStart: boolean;
  /** Running tasks end by themselves. */
  readonly crashes: boolean;
  /** What a new task falls ill with, after so many milliseconds. */
  readonly inherited:
    | { readonly after: number; readonly share: number; readonly to: number }
    | undefined;
}

export class Scheduler {
  readonly #name: string;
  readonly #cluster: string;
  readonly #fleet: Fleet;
  readonly #random: Random;
  #count = 0;
  #backOffUntil = 0;
  #bakedAt: number | undefined;

  constructor(cluster: string, name: string, fleet: Fleet, random: Random) {
    this.#cluster = cluster;
    this.#name = name;
    this.#fleet = fleet;
    this.#random = random;
  }

  /** Tasks that have run for a while when the world begins. */
  begin(now: number, count: number): void {
    for (let index = 0; index < count; index += 1) {
      const task = this.#make(now - 3_600_000, this.#fleet.rolloutAt(now).revision);
      this.#fleet.tasks.push(task);
    }
  }

  tick(now: number, weather: Weather): void {
    const fleet = this.#fleet;
    this.#crash(now, weather);
    const live = fleet.liveAt(now);
    const desired = fleet.desiredAt(now);
    if (fleet.isDeployingAt(now)) {
      this.#roll(now, live, desired, weather);
      return;
    }
    const replaced = this.#replace(now, live, weather);
    const spare = live.length - replaced - desired;
    for (let index = spare; index < 0; index += 1) this.#start(now, weather);
    if (spare <= 0) return;
    const youngest = live.toSorted((a, b) => b.createdAt - a.createdAt).slice(0, spare);
    for (const task of youngest) this.#scaleIn(task, now);
  }

  /** @param lag - until ECS shows it. */
  stop(task: SimTask, now: number, lag: number, code: string, reason: string): void {
    const goneAt = now + lag + Math.round(this.#random.between(2_000, 30_000));
    task.stop = { at: now, shownAt: now + lag, goneAt, code, reason };
  }

  #scaleIn(task: SimTask, now: number): void {
    const reason = `Scaling activity initiated by (deployment ${this.#fleet.rolloutAt(now).id})`;
    this.stop(task, now, 0, 'ServiceSchedulerInitiated', reason);
  }

  /** The replacement first: the ill one goes when it serves. @returns how many are there twice. */
  #replace(now: number, live: readonly SimTask[], weather: Weather): number {
    let twice = 0;
    for (const task of live) {
      if (!isIll(task, now - REACTION_MS, ['unhealthy']) || !isIll(task, now, ['unhealthy'])) {
        continue;
      }
      const other = live.find(({ replaces }) => replaces === task.id);
      if (other === undefined) {
        this.#start(now, weather, task.id);
        twice += 1;
      } else if (isServing(other, now)) {
        const reason = 'Task failed ELB health checks in (target-group arn:sim)';
        this.stop(task, now, 0, 'ServiceSchedulerInitiated', reason);
        twice += 1;
      } else {
        twice += 1;
      }
    }
    return twice;
  }

  #roll(now: number, live: readonly SimTask[], desired: number, weather: Weather): void {
    const rollout = this.#fleet.rolloutAt(now);
    const fresh = live.filter(({ revision }) => revision === rollout.revision);
    const old = live.filter(({ revision }) => revision !== rollout.revision);
    const serving = live.filter((task) => isServing(task, now)).length;
    if (old.length === 0 && fresh.filter((task) => isServing(task, now)).length >= desired) {
      // It bakes for a while before ECS calls it complete.
      this.#bakedAt ??= now + this.#random.between(0, BAKE_MAX_MS);
      if (now < this.#bakedAt) return;
      rollout.to = now;
      this.#bakedAt = undefined;
      return;
    }
    if (fresh.length < desired && live.length <= desired) this.#start(now, weather);
    const [first] = old;
    if (first !== undefined && (serving > desired || fresh.length >= desired)) {
      this.#scaleIn(first, now);
    }
  }

  #crash(now: number, { crashes }: Weather): void {
    if (!crashes) return;
    const [oldest] = this.#fleet.liveAt(now).filter((task) => task.runningAt < now - 40_000);
    if (oldest === undefined) return;
    const reason = 'Essential container in task exited';
    const code = 'EssentialContainerExited';
    oldest.stop = { at: now, shownAt: now, goneAt: now + 1_000, code, reason, exitCode: 1 };
  }

  #start(now: number, weather: Weather, replaces?: string): void {
    if (now < this.#backOffUntil) return;
    const revision = this.#fleet.rolloutAt(now).revision;
    const task = this.#make(now, revision, replaces);
    const { inherited, cannotStart } = weather;
    if (cannotStart) {
      const reason = 'CannotPullContainerError: manifest unknown';
      const at = now + 8_000;
      task.stop = { at, shownAt: at, goneAt: at + 1_000, code: 'TaskFailedToStart', reason };
      this.#backOffUntil = now + 30_000;
    }
    if (inherited !== undefined) {
      const { after, share, to } = inherited;
      task.illnesses.push({ kind: 'errors', share, from: task.healthyAt + after, to });
    }
    this.#fleet.tasks.push(task);
  }

  #make(createdAt: number, revision: string, replaces?: string): SimTask {
    this.#count += 1;
    const n = this.#count;
    const id = `${hexOf(this.#name)}${n.toString(16).padStart(3, '0')}`.padEnd(32, '0');
    const runningAt = createdAt + Math.round(this.#random.between(10_000, 35_000));
    return {
      n,
      id,
      arn: `${PREFIX}/${this.#cluster}/${id}`,
      ip: `10.${(n >> 8) & 255}.${n & 255}.${this.#name.length}`,
      zone: ZONES[n % ZONES.length] ?? 'eu-west-1a',
      revision,
      createdAt,
      runningAt,
      healthyAt: runningAt + Math.round(this.#random.between(5_000, 20_000)),
      illnesses: [],
      ...(replaces === undefined ? {} : { replaces }),
    };
  }
}

function hexOf(name: string): string {
  return [...name]
    .map((letter) => (letter.codePointAt(0) ?? 0).toString(16))
    .join('')
    .slice(-6);
}
