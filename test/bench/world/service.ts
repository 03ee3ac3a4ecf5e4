/**
 * One ECS service of the virtual world: its tasks, its deployments, and what is wrong with all of
 * them.
 */
import { type EpochMillis, later, seconds } from '../../../functions/core/time.ts';
import type { Revision, SiteSettings, TaskFault, Tier } from '../../drill/definition.ts';
import { ACCOUNT, CLUSTER, REGION } from '../../lab/names.ts';
import type { Agenda } from './agenda.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Random } from './random.ts';
import { isLive, type TaskRevision, type WorldTask } from './task.ts';

/** A rolling deployment, or a task set of CODE_DEPLOY. */
export interface WorldDeployment {
  readonly id: string;
  readonly revision: TaskRevision;
  readonly createdAt: EpochMillis;
  /** What a healer asked for is on its account. */
  readonly isForced: boolean;
  status: 'PRIMARY' | 'ACTIVE';
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  failedTasks: number;
  /** Share of the requests that its tasks get, from 0 to 1; rolling deployments share one group. */
  weight: number;
}

export interface WorldServiceOptions {
  readonly tier: Tier;
  readonly tasks: number;
  readonly settings: SiteSettings;
  readonly agenda: Agenda;
  readonly random: Random;
}

const ZONES = ['a', 'b', 'c'];
const EVENTS_MAX = 100;
const FIRST_REVISION = 42;
export const HEALTH_PATH = '/health';

export class WorldService {
  readonly tier: Tier;
  readonly settings: SiteSettings;
  readonly targetGroupArn: string;
  readonly tasks: WorldTask[] = [];
  readonly deployments: WorldDeployment[] = [];
  readonly events: { readonly at: EpochMillis; readonly message: string }[] = [];
  desired: number;
  isAttached = true;
  isBlocked = false;
  healthPath = HEALTH_PATH;
  /** How many of the next tasks come up with this fault. */
  newTaskFault: { readonly fault: TaskFault; left: number } | undefined;
  /** What makes every task of a zone, or every task, ill: those that come later too. */
  readonly groupFaults: { readonly zone: string; readonly fault: TaskFault }[] = [];
  backOff = { failures: 0, until: 0 };
  readonly life: Lifecycle;
  readonly #agenda: Agenda;
  readonly #random: Random;
  #revisions = FIRST_REVISION;

  constructor({ tier, tasks, settings, agenda, random }: WorldServiceOptions) {
    this.tier = tier;
    this.settings = settings;
    this.desired = tasks;
    this.#agenda = agenda;
    this.#random = random;
    this.life = new Lifecycle(agenda, random, this);
    const tail = `targetgroup/${tier}-tg/${random.hex(16)}`;
    this.targetGroupArn = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:${tail}`;
    this.deploy({}, false);
    this.primary.rolloutState = 'COMPLETED';
  }

  get primary(): WorldDeployment {
    const primary = this.deployments.find(({ status }) => status === 'PRIMARY');
    if (primary === undefined) throw new Error(`${this.tier} has no primary deployment`);
    return primary;
  }

  get controller(): 'ECS' | 'CODE_DEPLOY' {
    return this.settings.controller ?? 'ECS';
  }

  live(): readonly WorldTask[] {
    return this.tasks.filter(isLive);
  }

  tell(text: string): void {
    const message = `(service ${this.tier}) ${text}`;
    this.events.unshift({ at: this.#agenda.now(), message });
    this.events.splice(EVENTS_MAX);
  }

  /**
   * Adds a deployment: the primary one of a rolling service, a second task set without traffic of
   * CODE_DEPLOY.
   */
  deploy(revision: Revision, isForced: boolean, name = this.#nextRevision()): WorldDeployment {
    const isBeside = this.controller === 'CODE_DEPLOY' && this.deployments.length > 0;
    const deployment: WorldDeployment = {
      id: `ecs-svc/${this.#random.integer(1e15, 9e15)}`,
      revision: { ...revision, name },
      createdAt: this.#agenda.now(),
      isForced,
      status: isBeside ? 'ACTIVE' : 'PRIMARY',
      rolloutState: 'IN_PROGRESS',
      failedTasks: 0,
      weight: isBeside ? 0 : 1,
    };
    if (!isBeside) for (const other of this.deployments) other.status = 'ACTIVE';
    this.deployments.unshift(deployment);
    this.backOff = { failures: 0, until: 0 };
    return deployment;
  }

  /** Begins to start a task. */
  start({ id, revision }: WorldDeployment, replaces?: string): WorldTask {
    const now = this.#agenda.now();
    const n = this.tasks.length;
    const random = this.#random.fork(`task ${n}`);
    const taskId = random.hex(32);
    const zone = this.#emptiestZone();
    const task: WorldTask = {
      id: taskId,
      arn: `arn:aws:ecs:${REGION}:${ACCOUNT}:task/${CLUSTER}/${taskId}`,
      zone: `${REGION}${zone}`,
      ip: `10.0.${ZONES.indexOf(zone)}.${n + 10}`,
      revision,
      deploymentId: id,
      createdAt: now,
      replaces,
      status: 'PROVISIONING',
      desired: 'RUNNING',
      isUp: false,
      condemned: false,
      nextCheckAt: 0,
      seconds: [],
      lines: [],
      lastErrors: [],
    };
    this.tasks.push(task);
    this.life.begin(task, random);
    return task;
  }

  /** As if it had been there for an hour: the world begins with a service that runs. */
  startLongAgo(): void {
    const task = this.start(this.primary);
    const started = this.#agenda.now() - 3_600_000;
    Object.assign(task, { createdAt: started - 40_000 });
    this.life.run(task);
    task.status = 'RUNNING';
    task.startedAt = later(started as EpochMillis, seconds(0));
    task.readyAt = task.startedAt;
    if (task.target === undefined) return;
    const health = { state: 'healthy', sinceMs: started } as const;
    task.target = { ...task.target, health };
  }

  /** In its target group, or out of it. */
  setAttached(isAttached: boolean): void {
    this.isAttached = isAttached;
    for (const task of this.live()) {
      if (!isAttached) this.life.deregister(task);
      else if (task.isUp) this.life.register(task);
    }
  }

  #nextRevision(): string {
    const name = `${this.tier}:${this.#revisions}`;
    this.#revisions += 1;
    return name;
  }

  #emptiestZone(): string {
    const live = this.live();
    const count = (zone: string) => live.filter((task) => task.zone.endsWith(zone)).length;
    return ZONES.reduce((best, zone) => (count(zone) < count(best) ? zone : best));
  }
}
