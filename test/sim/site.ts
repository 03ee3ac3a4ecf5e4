/** One guarded service in the world: its fleet, its scheduler, its alarms, and its troubles. */
import type { GuardedService } from '../../functions/core/guarded-service.ts';
import type { Random } from '../bench/world/random.ts';
import type { Agenda } from './agenda.ts';
import { type AlarmChange, Alarms } from './alarms.ts';
import { Fleet, isServing, type SimTask } from './fleet.ts';
import { Scheduler, TICK_MS, type Weather } from './scheduler.ts';
import type { Trouble } from './troubles.ts';

const MINUTE_MS = 60_000;

export interface SiteProps {
  readonly service: GuardedService;
  readonly desired: number;
  readonly troubles: readonly Trouble[];
  readonly random: Random;
  readonly agenda: Agenda;
  readonly onAlarm: (change: AlarmChange) => void;
  readonly trace: (line: string) => void;
}

export class Site {
  readonly service: GuardedService;
  readonly fleet: Fleet;
  readonly alarms: Alarms;
  readonly #scheduler: Scheduler;
  readonly #agenda: Agenda;
  readonly #desired: number;
  readonly #trace: SiteProps['trace'];
  readonly #onAlarm: SiteProps['onAlarm'];
  #troubles: readonly Trouble[];
  #revisions = 1;

  constructor({ service, desired, troubles, random, agenda, onAlarm, trace }: SiteProps) {
    const now = agenda.now();
    this.service = service;
    this.#agenda = agenda;
    this.#desired = desired;
    this.#trace = trace;
    this.#onAlarm = onAlarm;
    this.#troubles = troubles;
    this.fleet = new Fleet(now - MINUTE_MS, desired, `${service.name}:1`);
    this.alarms = new Alarms(service.name, this.fleet, now - MINUTE_MS);
    this.#scheduler = new Scheduler('sim', service.name, this.fleet, random);
    this.#scheduler.begin(now, desired);
    for (const trouble of troubles) agenda.at(trouble.from, () => this.#strike(trouble));
    const offset = random.integer(0, TICK_MS - 1);
    agenda.after(offset, () => this.#tick());
    agenda.after(random.integer(0, MINUTE_MS - 1), () => this.#evaluate());
  }

  find(arn: string): SimTask | undefined {
    return this.fleet.tasks.find((task) => task.arn === arn);
  }

  stopTask(task: SimTask, lag: number, reason: string): void {
    this.#scheduler.stop(task, this.#agenda.now(), lag, 'UserInitiated', reason);
  }

  /** Nothing is wrong any more, and nobody else does anything. */
  cure(): void {
    const now = this.#agenda.now();
    this.#troubles = [];
    for (const task of this.fleet.tasks) {
      for (const illness of task.illnesses) illness.to = Math.min(illness.to, now);
      delete task.protectedUntil;
    }
    this.#suppress(false);
    this.#scale(this.#desired);
  }

  #tick(): void {
    const now = this.#agenda.now();
    this.#scheduler.tick(now, this.#weather(now));
    this.#agenda.after(TICK_MS, () => this.#tick());
  }

  #evaluate(): void {
    for (const change of this.alarms.evaluate(this.#agenda.now())) {
      this.#trace(`${change.alarm.name} is ${change.state}`);
      this.#onAlarm(change);
    }
    this.#agenda.after(MINUTE_MS, () => this.#evaluate());
  }

  #weather(now: number): Weather {
    const on = this.#troubles.filter(({ from, to }) => from <= now && now < to);
    const has = (kind: Trouble['kind']): boolean => on.some((trouble) => trouble.kind === kind);
    const relapse = on.find(({ kind }) => kind === 'relapse' || kind === 'bad-deploy');
    return {
      cannotStart: has('cannot-start'),
      crashes: has('crash'),
      inherited:
        relapse === undefined ? undefined : { after: 10_000, share: relapse.share, to: relapse.to },
    };
  }

  #strike(trouble: Trouble): void {
    if (!this.#troubles.includes(trouble)) return;
    const { kind, from, to, share, who } = trouble;
    this.#trace(`${this.service.name}: ${kind}`);
    const live = this.fleet.liveAt(from).filter((task) => isServing(task, from));
    const task = live[Math.floor(who * live.length)];
    const until = kind === 'flap' ? Math.min(to, from + 2 * MINUTE_MS) : to;
    const illness = kind === 'slow' || kind === 'unhealthy' ? kind : 'errors';
    for (const ill of victims(trouble, live, task)) {
      ill.illnesses.push({ kind: illness, share, from, to: until });
    }
    if (kind === 'protect' && task !== undefined) {
      task.protectedFrom = from;
      task.protectedUntil = Math.min(to, from + 10 * MINUTE_MS);
    }
    if (kind === 'hand-stop' && task !== undefined) this.stopTask(task, 0, 'by hand');
    this.#disturb(trouble);
  }

  #disturb({ kind, from, to }: Trouble): void {
    const end = Math.min(to, from + 15 * MINUTE_MS);
    const desired = this.fleet.desiredAt(from);
    if (kind === 'deploy' || kind === 'bad-deploy') this.#deploy();
    if (kind === 'scale-out') this.#scale(desired + 2);
    if (kind === 'scale-in') this.#scale(Math.max(1, desired - 1));
    if (kind === 'scale-zero') {
      this.#scale(0);
      this.#agenda.at(end, () => this.#scale(this.#desired));
    }
    if (kind === 'suppress') {
      this.#suppress(true);
      this.#agenda.at(end, () => this.#suppress(false));
    }
    if (kind === 'rebalance') {
      this.fleet.events.unshift({ at: from, message: 'is not AZ balanced' });
      this.#agenda.at(end, () =>
        this.fleet.events.unshift({ at: this.#agenda.now(), message: 'is AZ balanced' }),
      );
    }
  }

  #deploy(): void {
    const now = this.#agenda.now();
    const current = this.fleet.rolloutAt(now);
    current.to = Math.min(current.to, now);
    this.#revisions += 1;
    const id = `ecs-svc/${this.#revisions}`;
    const revision = `${this.service.name}:${this.#revisions}`;
    this.fleet.rollouts.push({ id, revision, from: now, to: Number.POSITIVE_INFINITY });
  }

  #scale(desired: number): void {
    this.fleet.desired.push({ at: this.#agenda.now(), value: desired });
  }

  #suppress(value: boolean): void {
    this.alarms.suppressed.push({ at: this.#agenda.now(), value });
  }
}

function victims(
  { kind }: Trouble,
  live: readonly SimTask[],
  task: SimTask | undefined,
): readonly SimTask[] {
  switch (kind) {
    case 'most':
      return live.slice(0, Math.ceil(live.length * 0.8));
    case 'zone':
      return live.filter(({ zone }) => zone === task?.zone);
    case 'two':
      return live.slice(0, 2);
    case 'one':
    case 'slow':
    case 'unhealthy':
    case 'relapse':
    case 'flap':
      return task === undefined ? [] : [task];
    default:
      return [];
  }
}
