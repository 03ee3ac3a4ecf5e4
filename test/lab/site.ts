/**
 * The guarded service: real tasks behind a real load balancer, its logs, its metrics and its
 * alarms; and everything that may happen to it.
 */
import type { Revision, SiteSettings, TaskFault, Tier } from '../drill/definition.ts';
import { Alarms, type StateChangeSink } from './cloudwatch/alarms.ts';
import { MetricStore } from './cloudwatch/metric-store.ts';
import { Dependency } from './dependency.ts';
import { deployBlueGreen } from './ecs/blue-green.ts';
import { EcsControlPlane } from './ecs/control-plane.ts';
import type { ServiceRecord, TaskDefinitionRecord, TaskRecord } from './ecs/model.ts';
import { deregisterTask, registerTask } from './ecs/registration.ts';
import { workloadFault } from './ecs/workload-environment.ts';
import type { LoadBalancer } from './elb/load-balancer.ts';
import type { TargetGroup } from './elb/target-group.ts';
import type { LabEvents } from './events.ts';
import { LogStore } from './logs/log-store.ts';
import { BACKEND, ERROR_RATE_ALARM, SERVICE } from './names.ts';
import { startAutoscaling } from './site/autoscaling.ts';
import { switchFaultOn, switchFaultsOff } from './site/fault-calls.ts';
import { openTiers, type Tiers } from './site/open-tiers.ts';
import { taskDefinitionOf } from './site/revisions.ts';
import { SiteAlarms } from './site/site-alarms.ts';
import type { TierStack } from './site/tier.ts';
import type { TimeFactor } from './time-factor.ts';

export interface SiteOptions extends SiteSettings {
  readonly time: TimeFactor;
  readonly events: LabEvents;
  readonly onAlarm: StateChangeSink;
}

/** AWS seconds that a log line needs to be found, as in CloudWatch Logs. */
const LOG_DELAY_SECONDS = 5;
const TASKS = 4;
/** Percent of the traffic that a blue/green deployment shifts in each minute. */
const SHIFT_PERCENT = 10;

type Parts = Tiers & {
  readonly time: TimeFactor;
  readonly dependency: Dependency;
  readonly logs: LogStore;
  readonly alarms: Alarms;
  readonly plane: EcsControlPlane;
};

export class Site {
  readonly dependency: Dependency;
  readonly logs: LogStore;
  readonly alarms: Alarms;
  readonly plane: EcsControlPlane;
  readonly #parts: Parts;
  readonly #siteAlarms: SiteAlarms;
  readonly #closing = new AbortController();
  readonly #endAutoscaling: () => void;
  #deployment: Promise<void> | undefined;

  private constructor(parts: Parts, scalesTo: number | undefined) {
    this.#parts = parts;
    this.dependency = parts.dependency;
    this.logs = parts.logs;
    this.alarms = parts.alarms;
    this.plane = parts.plane;
    this.#siteAlarms = new SiteAlarms(parts);
    this.#endAutoscaling =
      scalesTo === undefined
        ? () => {}
        : startAutoscaling({
            ...parts,
            metrics: parts.alarms.metrics,
            tier: parts.front,
            most: scalesTo,
          });
  }

  /** Opens everything; the tasks come up in the background. */
  static async open(options: SiteOptions): Promise<Site> {
    const { time, events, onAlarm } = options;
    const dependency = await Dependency.start();
    const metrics = new MetricStore(time);
    const logs = new LogStore({ visibleAfterMs: time.seconds(LOG_DELAY_SECONDS), metrics });
    const plane = await EcsControlPlane.start({
      time,
      events,
      onLogLine: ({ deployment }, streamName, line, atMs) =>
        logs.put(deployment.taskDefinition.logGroup, streamName, atMs, line),
    });
    const settings = { ...options, tasks: options.tasks ?? TASKS };
    const shared = { time, events, metrics, plane };
    const tiers = await openTiers({ ...shared, settings, catalogUrl: dependency.url });
    const alarms = new Alarms({ time, metrics, events, onStateChange: onAlarm });
    return new Site({ ...tiers, time, dependency, logs, alarms, plane }, options.scalesTo);
  }

  get service(): ServiceRecord {
    return this.#parts.front.service;
  }

  /** The service behind the guarded one, where the site has it. */
  get backend(): ServiceRecord | undefined {
    return this.#parts.backend?.service;
  }

  get loadBalancer(): LoadBalancer {
    return this.#parts.front.loadBalancer;
  }

  /** Of every tier. */
  get loadBalancers(): readonly LoadBalancer[] {
    const { front, backend } = this.#parts;
    return [front, backend].flatMap((tier) => tier?.loadBalancer ?? []);
  }

  /** Every target group of a tier, whichever production uses. */
  targetGroups(tier: Tier = SERVICE): readonly TargetGroup[] {
    return this.#stack(tier).loadBalancer.targetGroups;
  }

  /** Tasks that are meant to run, in the order in which they were started. */
  tasks(tier: Tier = SERVICE): readonly TaskRecord[] {
    return this.#stack(tier).tasks();
  }

  healthyTasks(tier: Tier = SERVICE): readonly TaskRecord[] {
    return this.#stack(tier).healthyTasks();
  }

  /** Whether every tier has as many healthy tasks as it wants. */
  isUp(): boolean {
    const { front, backend } = this.#parts;
    return front.isUp() && (backend?.isUp() ?? true);
  }

  /** Names of the alarms that guard the site's services, in the given state or in any. */
  alarmsIn(state?: 'OK' | 'ALARM'): readonly string[] {
    return this.#siteAlarms.names.filter(
      (name) => state === undefined || this.alarms.stateOf(name) === state,
    );
  }

  /**
   * Turns a fault of one task on, given in AWS seconds or in the workload's own words.
   *
   * @throws Error when the task refuses.
   */
  async makeIll(
    task: TaskRecord,
    fault: TaskFault | { readonly kind: 'hang'; readonly durationMs: number },
  ): Promise<void> {
    const own = 'durationMs' in fault ? fault : workloadFault(fault, this.#parts.time);
    await switchFaultOn(task, own);
    if (fault.kind === 'leak') this.plane.memory.reachAfter(task, fault.seconds);
  }

  /** Ends what a running task is ill with; a hang it cannot end, and a stopped task has nothing. */
  async clearFaults(task: TaskRecord): Promise<void> {
    this.plane.memory.forget(task);
    if (task.child?.isRunning() !== true) return;
    try {
      await switchFaultsOff(task);
    } catch (error) {
      // It hangs, and does so until the time given is over; or it ended meanwhile.
      const isDeaf = error instanceof Error && error.name === 'TimeoutError';
      if (!isDeaf && task.child.isRunning()) throw error;
    }
  }

  /** The next `count` tasks of the guarded service that start come up with this fault. */
  faultNewTasks(fault: TaskFault, count: number): void {
    this.service.nextFaults.push(...Array.from({ length: count }, () => fault));
  }

  /**
   * Registers a revision and begins its deployment.
   *
   * @throws Error while a blue/green one is under way.
   */
  async deploy(revision: Revision, shiftPercent = SHIFT_PERCENT): Promise<void> {
    const { front, time } = this.#parts;
    const { family } = front.good;
    const spec = taskDefinitionOf(front.good, revision, this.plane.nextImage(family));
    const taskDefinition = this.plane.findTaskDefinition(this.plane.registerTaskDefinition(spec));
    if (taskDefinition === undefined) throw new Error(`revision of ${family} is not registered`);
    if (this.service.controller === 'ECS') this.plane.deploy(this.service, taskDefinition);
    else this.#deployBlueGreen(taskDefinition, { time, shiftPercent });
  }

  #deployBlueGreen(
    taskDefinition: TaskDefinitionRecord,
    how: { readonly time: TimeFactor; readonly shiftPercent: number },
  ): void {
    if (this.#deployment !== undefined) throw new Error('a deployment is under way');
    this.#deployment = deployBlueGreen({
      ...how,
      taskDefinition,
      service: this.service,
      loadBalancer: this.loadBalancer,
      isAlarming: () => this.alarms.stateOf(ERROR_RATE_ALARM) === 'ALARM',
      signal: this.#closing.signal,
    }).finally(() => {
      this.#deployment = undefined;
    });
  }

  scale(desired: number): void {
    this.plane.scale(this.service, desired);
  }

  /** What the security group of the tasks lets through of the load balancer. */
  setNetwork(is: 'blocked' | 'open'): void {
    for (const group of this.targetGroups()) group.isReachable = is === 'open';
  }

  /** Takes every task out of the target group, and keeps new ones out; or puts them back. */
  setTargets(are: 'detached' | 'attached'): void {
    this.service.takesTargets = are === 'attached';
    for (const task of this.tasks()) {
      if (are === 'detached') void deregisterTask(task);
      else if (!task.registered && hasBegun(task)) registerTask(task);
    }
  }

  setHealthPath(path: string): void {
    for (const group of this.targetGroups()) group.healthCheck = { ...group.healthCheck, path };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#endAutoscaling();
    this.#siteAlarms.close();
    this.alarms.close();
    await this.#deployment;
    await this.plane.close();
    await this.#parts.front.close();
    await this.#parts.backend?.close();
    await this.dependency.close();
  }

  #stack(tier: Tier): TierStack {
    const { front, backend } = this.#parts;
    const stack = tier === BACKEND ? backend : front;
    if (stack === undefined) throw new Error(`the site has no tier ${tier}`);
    return stack;
  }
}

/** Whether the point at which a task is registered lies behind it. */
function hasBegun({ lastStatus }: TaskRecord): boolean {
  return lastStatus === 'ACTIVATING' || lastStatus === 'RUNNING';
}
