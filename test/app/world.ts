/**
 * A small world behind the ports: tasks, an alarm that follows their errors, a queue, a table and a topic, all on one
 * virtual clock. Nothing sleeps; `run` delivers what is due next and moves the clock there.
 */
import { takeIncident } from '../../functions/app/acknowledge.ts';
import type { Outcome } from '../../functions/app/outcome.ts';
import { pauseOrResume } from '../../functions/app/pause.ts';
import { type ReconcileDeps, reconcile } from '../../functions/app/reconcile.ts';
import { type AccountLimits, DEFAULT_ACCOUNT_LIMITS } from '../../functions/core/account-limits.ts';
import { type Arrival, isAboutPause } from '../../functions/core/delivery.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { HealerError } from '../../functions/core/errors.ts';
import type { GuardedService } from '../../functions/core/guarded-service.ts';
import { emptyLock, type LockState } from '../../functions/core/lock.ts';
import {
  type EpochMillis,
  earlier,
  epochMillis,
  later,
  minutes,
  seconds,
} from '../../functions/core/time.ts';
import type { IncidentStore } from '../../functions/ports/incident-store.ts';
import { ALARM_ARN, anAlarmDelivery, aTarget, aTask, NOW, traffic } from '../core/builders.ts';
import { MemoryAccount, MemoryStore } from './memory-store.ts';

interface WorldTask {
  readonly n: number;
  readonly startedAt: EpochMillis;
  errorShare: number;
}

interface Due {
  readonly at: EpochMillis;
  readonly delivery: Arrival;
  readonly request?: string | undefined;
}

/** Time ECS takes to bring a replacement up. */
const REPLACE_SECONDS = 40;

export class World {
  now: EpochMillis = NOW;
  readonly service: GuardedService;
  readonly stops: string[] = [];
  readonly told: Entry[] = [];
  /** Shown without being told. */
  readonly shown: Entry[] = [];
  /** What the metrics are made from. */
  readonly counted: Entry[] = [];
  readonly kept: Entry[] = [];
  readonly problems: unknown[] = [];
  readonly store: MemoryStore;
  tasks: WorldTask[];
  /** Called before every outside effect with its name; throwing there is a crash at that line. */
  onEffect: (name: string) => void = () => {};
  /** Makes a stop's answer get lost after it happened. */
  loseStopAnswers = 0;
  refuseStops = false;
  topicIsDown = false;
  limits: AccountLimits = DEFAULT_ACCOUNT_LIMITS;
  /** Comes between the healer and its table. */
  through: (store: IncidentStore) => IncidentStore = (store) => store;
  #queue: Due[] = [];
  #alarmSince: EpochMillis = NOW;
  #alarm: 'OK' | 'ALARM' = 'ALARM';
  #requests = 0;

  constructor(
    service: GuardedService,
    tasks = 4,
    ill = 2,
    errorShare = 0.8,
    account = new MemoryAccount(),
  ) {
    this.service = service;
    this.store = new MemoryStore((name) => this.onEffect(name), account);
    this.tasks = Array.from({ length: tasks }, (_, index) => ({
      n: index + 1,
      startedAt: earlier(NOW, minutes(60)),
      errorShare: index + 1 === ill ? errorShare : 0,
    }));
  }

  deps(): ReconcileDeps {
    return {
      limits: this.limits,
      clock: { now: () => this.now },
      alarms: { alarms: () => Promise.resolve([this.#readAlarm()]) },
      fleet: {
        service: () => Promise.resolve(this.#readService()),
        tasks: () =>
          Promise.resolve(
            this.#running().map((task) => aTask(task.n, { startedAt: task.startedAt })),
          ),
        stopped: () => Promise.resolve([]),
      },
      targets: { targets: () => Promise.resolve(this.#running().map((task) => aTarget(task.n))) },
      traffic: {
        traffic: (_service, window) => {
          const tasks = this.#running().map((task) =>
            traffic(task.n, 100, Math.round(100 * task.errorShare)),
          );
          const cost = { source: 'FilterLogEvents', calls: 1, usd: 0 } as const;
          return Promise.resolve({ ...window, basis: 'status', cost, tasks, truncated: false });
        },
      },
      lines: { lines: () => Promise.resolve([]) },
      stopper: { stop: (_service, arn) => this.#stop(arn) },
      store: this.through(this.store),
      inbox: {
        scheduleRecheck: (delivery, delay) => {
          this.onEffect('schedule');
          this.#queue.push({ at: later(this.now, delay), delivery });
          return Promise.resolve();
        },
      },
      announcer: {
        publish: (entry) => {
          this.onEffect('publish');
          if (this.topicIsDown) throw new HealerError('dependency.unavailable', 'topic is down');
          (entry.quiet === true ? this.shown : this.told).push(entry);
          return Promise.resolve();
        },
      },
      journal: {
        decided: () => {},
        weighed: () => {},
        looked: () => {},
        advanced: (entry) => this.counted.push(entry),
        failed: (record) => this.problems.push(record),
      },
    };
  }

  /** @param request - the same for every delivery of one request; its own unless told. */
  deliver(delivery: Arrival = anAlarmDelivery(), request?: string): Promise<Outcome> {
    this.#requests += 1;
    const requestId = `request-${this.#requests}`;
    const signal = new AbortController().signal;
    if (isAboutPause(delivery)) {
      const services = [this.service];
      const asked = { delivery, services, request: request ?? requestId, requestId, signal };
      return pauseOrResume(this.deps(), asked);
    }
    const { service } = this;
    if (delivery.kind === 'acknowledge') {
      return takeIncident(this.deps(), { service, delivery, requestId, signal });
    }
    const named =
      delivery.kind === 'manual' ? { ...delivery, request: request ?? requestId } : delivery;
    return reconcile(this.deps(), { service, delivery: named, requestId, signal });
  }

  /** Delivers like the queue does: a delivery that fails comes again after its visibility timeout. */
  async deliverUntilDone(delivery: Arrival = anAlarmDelivery(), request?: string): Promise<void> {
    try {
      await this.deliver(delivery, request);
    } catch {
      this.#queue.push({ at: later(this.now, seconds(100)), delivery, request });
    }
  }

  /** When the next delivery is due, or never. */
  nextDue(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#queue.map(({ at }) => at));
  }

  /** Moves the clock to the next delivery and makes it. */
  async runNext(): Promise<void> {
    this.#queue.sort((a, b) => a.at - b.at);
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.now = epochMillis(Math.max(this.now, next.at));
    await this.deliverUntilDone(next.delivery, next.request);
  }

  /** Runs what is due, in order of time, until nothing is or `until` is reached. @returns deliveries made. */
  async run(until = later(NOW, minutes(60))): Promise<number> {
    let count = 0;
    for (; count < 500 && this.nextDue() <= until; count += 1) await this.runNext();
    return count;
  }

  lock(): LockState {
    return this.store.state ?? emptyLock(this.service.id);
  }

  /** Somebody else's change of the lock, such as a pause. */
  meddle(change: Partial<LockState>): void {
    const lock = this.lock();
    this.store.state = { ...lock, ...change, version: lock.version + 1 };
  }

  #running(): readonly WorldTask[] {
    return this.tasks.filter((task) => task.startedAt <= this.now);
  }

  #readAlarm() {
    const errors = this.#running().some((task) => task.errorShare > 0.05);
    const state = errors ? 'ALARM' : 'OK';
    if (state !== this.#alarm) {
      this.#alarm = state;
      this.#alarmSince = this.now;
    }
    return {
      arn: ALARM_ARN,
      name: '5xx',
      state: this.#alarm,
      since: this.#alarmSince,
      reason: '',
      suppressed: false,
    };
  }

  #readService() {
    const running = this.#running().length;
    return {
      status: 'ACTIVE',
      desired: this.tasks.length,
      running,
      pending: this.tasks.length - running,
      controller: 'ECS' as const,
      deployments: [
        { id: 'd', status: 'PRIMARY', rolloutState: 'COMPLETED', taskDefinition: 'x:1' },
      ],
      taskSets: [],
      graceSeconds: 60,
      events: [],
    };
  }

  #stop(arn: string) {
    this.onEffect('stop');
    if (this.refuseStops)
      return Promise.resolve({ kind: 'refused', message: 'AccessDenied' } as const);
    this.stops.push(arn);
    const gone = this.tasks.find((task) => aTask(task.n).arn === arn);
    if (gone !== undefined) {
      const replacement = {
        n: gone.n + 100,
        startedAt: later(this.now, seconds(REPLACE_SECONDS)),
        errorShare: 0,
      };
      this.tasks = [...this.tasks.filter((task) => task !== gone), replacement];
    }
    this.onEffect('stopped');
    if (this.loseStopAnswers > 0) {
      this.loseStopAnswers -= 1;
      return Promise.resolve({ kind: 'unknown', message: 'socket hang up' } as const);
    }
    return Promise.resolve({ kind: 'accepted' } as const);
  }
}
