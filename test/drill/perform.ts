/** Performs the steps of a definition in the lab, and remembers what it has broken. */
import type { LockState } from '../../functions/core/lock.ts';
import type { TaskRecord } from '../lab/ecs/model.ts';
import type { Lab } from '../lab/lab.ts';
import { ERROR_RATE_ALARM } from '../lab/names.ts';
import type { Effect, Revision, TaskFault, TaskSelector, Tier } from './definition.ts';
import { FaultLog, type FaultSpan, type Fleet } from './fault-log.ts';
import type { Load } from './load.ts';

export const GUARDED_TIER: Tier = 'checkout-api';
const HEALTH_PATH = '/health';

/** What a step may use. */
export interface Stage {
  readonly lab: Lab;
  readonly load: Load;
  /** Waits AWS seconds. @throws when the drill is interrupted. */
  wait(awsSeconds: number): Promise<void>;
  /** @throws DrillFailure when the condition does not hold in time, or the drill is interrupted. */
  until(
    what: string,
    condition: () => boolean | Promise<boolean>,
    awsSeconds: number,
  ): Promise<void>;
  /** The healer's lock of a service as it is now. */
  lock(tier: Tier): Promise<LockState>;
}

export class Performer {
  readonly #stage: Stage;
  readonly #faults = new FaultLog();
  /** Every task in the order in which it was started: a number means the same task to the end. */
  readonly #rosters = new Map<Tier, TaskRecord[]>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** ARNs of the tasks that the drill made ill. */
  illTasks(): ReadonlySet<string> {
    return this.#faults.illTasks(this.#fleet());
  }

  faultSpans(): readonly FaultSpan[] {
    return this.#faults.spans(this.#fleet());
  }

  async perform(effect: Effect): Promise<void> {
    const { lab, load } = this.#stage;
    const { site } = lab;
    const now = Date.now();
    switch (effect.do) {
      case 'fault':
        return this.#makeIll(this.#select(effect.of, effect.on), effect.fault);
      case 'clear-faults':
        return this.#mend(this.#select(effect.of, effect.on));
      case 'fault-new-tasks':
        this.#faults.expectIll(site.service.tasks, effect.count);
        return site.faultNewTasks(effect.fault, effect.count);
      case 'dependency':
        this.#note('dependency', effect.is !== 'up', now);
        return site.dependency.set(effect.is, effect.ms);
      case 'deploy':
        return this.#deploy(effect.revision, effect.shiftPercent);
      case 'scale':
        return site.scale(effect.desired);
      case 'network':
        this.#note('network', effect.is === 'blocked', now);
        return site.setNetwork(effect.is);
      case 'targets':
        this.#note('targets', effect.are === 'detached', now);
        return site.setTargets(effect.are);
      case 'health-path':
        this.#note('health-path', effect.path !== HEALTH_PATH, now);
        return site.setHealthPath(effect.path);
      case 'traffic':
        return load.setRate(effect.perSecond);
      case 'deliver-copies':
        if (lab.healer !== undefined) lab.healer.copies = effect.copies;
        return;
      case 'set-alarm-state':
        return this.#ring(effect.is);
      case 'wait':
      case 'wait-for-minute':
      case 'wait-for-incident':
      case 'wait-for-alarms':
        return this.#wait(effect);
    }
  }

  /** By hand, and nothing is broken: the next evaluation says again what is true. */
  #ring(is: 'ALARM' | 'OK'): void {
    this.#stage.lab.site.alarms.setAlarmState({
      AlarmName: ERROR_RATE_ALARM,
      StateValue: is,
      StateReason: 'drill',
    });
  }

  async #wait(effect: Extract<Effect, { readonly do: `wait${string}` }>): Promise<void> {
    const { lab, wait, until, lock } = this.#stage;
    switch (effect.do) {
      case 'wait':
        return wait(effect.seconds);
      case 'wait-for-minute':
        return wait(secondsToNextMinute(lab));
      case 'wait-for-incident': {
        if (lab.healer === undefined) return;
        const { of = GUARDED_TIER, is, seconds } = effect;
        const hasState = async () => (await lock(of)).incident?.state === is;
        return until(`incident of ${of} is ${is}`, hasState, seconds);
      }
      case 'wait-for-alarms': {
        const { are, seconds } = effect;
        if (are === 'OK') return until('every alarm OK', () => everyAlarmIsOk(lab), seconds);
        return until('an alarm in ALARM', () => lab.site.alarmsIn('ALARM').length > 0, seconds);
      }
    }
  }

  async #makeIll(tasks: readonly TaskRecord[], fault: TaskFault): Promise<void> {
    const now = Date.now();
    const { site, time } = this.#stage.lab;
    const endsAt = fault.kind === 'hang' ? now + time.seconds(fault.seconds) : undefined;
    this.#faults.makeIll(tasks, now, endsAt);
    await Promise.all(tasks.map((task) => site.makeIll(task, fault)));
  }

  /** A task that is still on its way up listens to nobody yet. */
  async #mend(tasks: readonly TaskRecord[]): Promise<void> {
    const listening = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
    await Promise.all(listening.map((task) => this.#stage.lab.site.clearFaults(task)));
    this.#faults.mend(listening, Date.now());
  }

  async #deploy(revision: Revision, shiftPercent: number | undefined): Promise<void> {
    const { site } = this.#stage.lab;
    const now = Date.now();
    const before = new Set(site.service.deployments);
    await site.deploy(revision, shiftPercent);
    if (Object.keys(revision).length === 0) return;
    const added = site.service.deployments.find((deployment) => !before.has(deployment));
    if (added !== undefined) this.#faults.release(added, now);
  }

  #note(what: string, isBroken: boolean, at: number): void {
    if (isBroken) this.#faults.breakDown(what, at);
    else this.#faults.restore(what, at);
  }

  /** Those that are gone are left out: nothing can be done to them any more. */
  #select(tier: Tier = GUARDED_TIER, on: TaskSelector): readonly TaskRecord[] {
    const live = this.#stage.lab.site.tasks(tier);
    const roster = this.#rosters.get(tier) ?? [];
    roster.push(...live.filter((task) => !roster.includes(task)));
    this.#rosters.set(tier, roster);
    return roster.filter((task, number) => {
      if (!live.includes(task)) return false;
      if ('tasks' in on) return on.tasks.includes(number);
      return 'all' in on || task.availabilityZone.endsWith(on.zone);
    });
  }

  #fleet(): Fleet {
    return this.#stage.lab.site.service;
  }
}

/** Metrics come by the minute: a fault at its start is seen at its end, in every run alike. */
function secondsToNextMinute({ time }: Lab): number {
  const minuteMs = time.seconds(60);
  return (minuteMs - (Date.now() % minuteMs)) / time.seconds(1);
}

/** An alarm that has no data yet is not OK. */
export function everyAlarmIsOk({ site }: Lab): boolean {
  return site.alarmsIn('OK').length === site.alarmsIn().length;
}
