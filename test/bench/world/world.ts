/**
 * A virtual AWS with one or two guarded services: one clock, one seed, and the same world for
 * every strategy.
 *
 * Nothing waits and nothing is left to chance: the same seed and the same calls give the same
 * hour, every time.
 */
import { type EpochMillis, epochMillis } from '../../../functions/core/time.ts';
import type { Revision, SiteSettings, Tier } from '../../drill/definition.ts';
import { Agenda } from './agenda.ts';
import { type AlarmChange, Alarms } from './alarms.ts';
import { checkTargets } from './load-balancer.ts';
import { average, Metrics } from './metrics.ts';
import { Random } from './random.ts';
import { BlueGreen, type SchedulerHooks, schedule } from './scheduler.ts';
import { WorldService } from './service.ts';
import { isHealthy, type WorldTask } from './task.ts';
import { type Behind, Traffic } from './traffic.ts';
import { Truth } from './truth.ts';

/** A service with what is around it. */
export interface Site {
  readonly service: WorldService;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  readonly traffic: Traffic;
}

export interface Dependency {
  is: 'up' | 'down' | 'slow';
  ms: number;
}

const TASKS = 4;
const PER_SECOND = 40;
const EPOCH = Date.parse('2026-11-20T10:00:00.000Z');
const SECOND_MS = 1_000;
const SCHEDULER_TICK = 10;
const MINUTE = 60;
/** AWS seconds after a minute at which its metrics are there. */
const PUBLICATION_DELAY = 10;
/** From the change of an alarm to the invocation: EventBridge, queue and poll. */
const DELIVERY_SECONDS = [0.5, 3] as const;
/** Scales out by one task in each minute in which requests took longer than this on average. */
const SCALE_OUT_MS = 500;
const FORCED_ON_CODE_DEPLOY =
  'InvalidParameterException: Cannot force a new deployment on services with a CODE_DEPLOY ' +
  'deployment controller. Use AWS CodeDeploy to trigger a new deployment.';

export class World {
  readonly agenda = new Agenda(epochMillis(EPOCH));
  readonly random: Random;
  /** The guarded service first, then the one behind it. */
  readonly sites: readonly Site[];
  readonly truth: Truth;
  readonly dependency: Dependency = { is: 'up', ms: 0 };
  perSecond = PER_SECOND;
  /** How often each change of an alarm is delivered, in parallel. */
  copies = 1;
  /** What listens to alarms. */
  onAlarm: (change: AlarmChange) => Promise<void> = () => Promise.resolve();
  readonly #hooks: SchedulerHooks;
  #shift: BlueGreen | undefined;
  #seconds = 0;

  constructor(settings: SiteSettings, seed: string) {
    this.random = new Random(seed);
    this.#hooks = {
      now: () => this.agenda.now(),
      onForcedStop: (service, task) => this.truth.stopped(service, task),
      isAlarming: (service) => this.site(service.tier).alarms.ringing().length > 0,
    };
    const tiers: (readonly [Tier, number, SiteSettings])[] = [
      ['checkout-api', settings.tasks ?? TASKS, settings],
    ];
    if (settings.backend !== undefined) tiers.push(['catalog-api', settings.backend.tasks, {}]);
    this.sites = tiers.map(([tier, tasks, own]) => this.#open(tier, tasks, own));
    this.truth = new Truth(this);
    this.agenda.after(1, () => this.#second());
  }

  site(tier: Tier): Site {
    const site = this.sites.find(({ service }) => service.tier === tier);
    if (site === undefined) throw new Error(`no tier ${tier}`);
    return site;
  }

  now(): EpochMillis {
    return this.agenda.now();
  }

  run(seconds: number): Promise<void> {
    return this.agenda.runUntil(this.now() + seconds * SECOND_MS);
  }

  /** StopTask by a strategy. @returns false when there is no such task any more. */
  stopTask(service: WorldService, arn: string, reason: string): boolean {
    const task = service.tasks.find((candidate) => candidate.arn === arn);
    if (task === undefined || task.status === 'STOPPED') return false;
    if (task.desired === 'RUNNING') this.truth.stopped(service, task);
    service.life.stopByUser(task, reason);
    return true;
  }

  /** UpdateService with `forceNewDeployment` by a strategy. @returns why it was refused. */
  forceNewDeployment(service: WorldService): string | undefined {
    if (service.controller === 'CODE_DEPLOY') return FORCED_ON_CODE_DEPLOY;
    service.deploy(service.primary.revision, true, service.primary.revision.name);
    return undefined;
  }

  /** A deployment of the scenario's own. */
  deploy(revision: Revision, shiftPercent?: number): void {
    const { service } = this.site('checkout-api');
    service.deploy(revision, false);
    if (service.controller !== 'CODE_DEPLOY') return;
    this.#shift = new BlueGreen(service, shiftPercent, this.#hooks);
  }

  #open(tier: Tier, tasks: number, settings: SiteSettings): Site {
    const { agenda } = this;
    const random = this.random.fork(tier);
    const service = new WorldService({ tier, tasks, settings, agenda, random });
    for (let n = 0; n < tasks; n += 1) service.startLongAgo();
    const metrics = new Metrics();
    const alarms = new Alarms(service, metrics, agenda.now());
    const traffic = new Traffic(service, metrics, random.fork('traffic'));
    return { service, metrics, alarms, traffic };
  }

  #second(): void {
    this.agenda.after(1, () => this.#second());
    this.#seconds += 1;
    for (const { service, metrics } of this.sites) {
      checkTargets(service, this.now());
      const known = service.tasks.filter(({ target }) => target?.health.state !== 'draining');
      const state = (wanted: string) =>
        known.filter(({ target }) => target?.health.state === wanted).length;
      metrics.hosts(state('healthy'), state('unhealthy'));
    }
    this.#serve();
    this.truth.follow();
    if (this.#seconds % SCHEDULER_TICK === 0) this.#schedule();
    if (this.#seconds % MINUTE === 0) this.#closeMinute();
  }

  /** From the back to the front: a service's errors are its callers' errors. */
  #serve(): void {
    const { is, ms } = this.dependency;
    const delayMs = is === 'slow' ? ms : 0;
    let behind: Behind = { failing: is === 'down' ? 1 : 0, isRefusing: is === 'down', delayMs };
    for (const { traffic, metrics } of this.sites.toReversed()) {
      const served = traffic.second(this.perSecond, behind, this.now());
      const slowest = Math.max(0, ...metrics.current.durations.keys());
      behind = {
        failing: served.requests === 0 ? 0 : served.failed / served.requests,
        isRefusing: false,
        delayMs: served.slow > 0 ? slowest : 0,
      };
    }
  }

  #schedule(): void {
    for (const { service } of this.sites) schedule(service, this.#hooks);
    if (this.#shift?.tick() === false) this.#shift = undefined;
  }

  #closeMinute(): void {
    for (const { metrics, service } of this.sites) {
      metrics.closeMinute();
      const last = metrics.minutes.at(-1);
      const { scalesTo } = service.settings;
      if (scalesTo === undefined || last === undefined) continue;
      if (average(last) > SCALE_OUT_MS) service.desired = Math.min(scalesTo, service.desired + 1);
    }
    this.agenda.after(PUBLICATION_DELAY, () => {
      for (const { alarms } of this.sites) {
        for (const change of alarms.evaluate(this.now())) this.#deliver(change);
      }
    });
  }

  #deliver(change: AlarmChange): void {
    if (change.state === 'ALARM') this.truth.rang(change);
    const delay = this.random.fork(`alarm ${change.alarm.name} ${change.at}`);
    this.agenda.after(delay.between(...DELIVERY_SECONDS), async () => {
      await Promise.all(Array.from({ length: this.copies }, () => this.onAlarm(change)));
    });
  }

  /** Tasks in service. */
  healthy(service: WorldService): readonly WorldTask[] {
    return service.tasks.filter(isHealthy);
  }
}
