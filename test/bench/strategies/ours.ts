/** Our healer: the very application code, over ports that read the virtual world. */
import { type RemediateDeps, remediate } from '../../../functions/app/remediate.ts';
import { DEFAULT_ACCOUNT_LIMITS } from '../../../functions/core/account-limits.ts';
import type { TaskLines } from '../../../functions/core/cause.ts';
import type { Arrival } from '../../../functions/core/delivery.ts';
import type { Entry } from '../../../functions/core/entry.ts';
import {
  type GuardedService,
  parseGuardedServices,
} from '../../../functions/core/guarded-service.ts';
import type { LockState } from '../../../functions/core/lock.ts';
import type { Tier } from '../../drill/definition.ts';
import { ACCOUNT, CLUSTER, clusterArn, REGION } from '../../lab/names.ts';
import type { AlarmChange } from '../world/alarms.ts';
import { MemoryStore } from '../world/memory-store.ts';
import {
  readAlarms,
  readService,
  readStopped,
  readTargets,
  readTasks,
  readTraffic,
} from '../world/readings.ts';
import type { WorldService } from '../world/service.ts';
import type { World } from '../world/world.ts';
import type { Healer, Strategy } from './strategy.ts';

/** One decision, for the report of a run. */
export interface Decided {
  readonly at: number;
  readonly service: string;
  readonly trigger: string;
  readonly verdict: string;
  readonly reason?: string;
  readonly detail: string;
}

/** A message that failed is visible again after this time. */
const VISIBILITY_SECONDS = 100;
/** SQS's longest delay. */
const DELAY_MAX_SECONDS = 900;
const LINES_MAX = 20;

export class OurHealer implements Healer {
  readonly told: Entry[] = [];
  readonly decided: Decided[] = [];
  readonly problems: string[] = [];
  readonly store: MemoryStore;
  /** Deliveries of an alarm that rings. */
  ringsHeard = 0;
  readonly #world: World;
  readonly #guarded: readonly GuardedService[];
  #invocations = 0;

  constructor(world: World) {
    this.#world = world;
    this.#guarded = guardedServices(world);
    this.store = new MemoryStore((entry) => {
      if (entry.kind === 'recovered') world.truth.said(this.#serviceOf(entry.serviceId));
    });
  }

  lock(tier: Tier): LockState {
    return this.store.lock(`${CLUSTER}/${tier}`);
  }

  onAlarm(change: AlarmChange): Promise<void> {
    const { alarm, state, previous, at } = change;
    if (state === 'ALARM') this.ringsHeard += 1;
    const kind = 'metric';
    const place = { accountId: ACCOUNT, region: REGION };
    const named = { arn: alarm.arn, name: alarm.name, kind, ...place } as const;
    const changed = { state, previousState: previous, changedAt: at, reason: '', triggeredBy: [] };
    return this.#deliver({ kind: 'alarm', alarm: { ...named, ...changed } });
  }

  /** As the queue does: a message that failed comes again. */
  async #deliver(delivery: Arrival): Promise<void> {
    this.#invocations += 1;
    // As random as Lambda's and the queue's: an incident's id is salted with it.
    const requestId = this.#world.random.fork(`request ${this.#invocations}`).hex(32);
    const signal = new AbortController().signal;
    const answer = await remediate(this.#deps(requestId), delivery, { requestId, signal });
    if (!('batchItemFailures' in answer) || answer.batchItemFailures.length === 0) return;
    this.#world.agenda.after(VISIBILITY_SECONDS, () => this.#deliver(delivery));
  }

  #deps(messageId: string): RemediateDeps {
    const world = this.#world;
    const done = Promise.resolve();
    return {
      ...this.#readers(),
      limits: DEFAULT_ACCOUNT_LIMITS,
      clock: world.agenda,
      store: this.store,
      guarded: { all: () => Promise.resolve(this.#guarded) },
      open: (event) => {
        const open = () => [event as Arrival];
        return { kind: 'batch', records: [{ id: messageId, open }] };
      },
      stopper: {
        stop: ({ id }, arn, reason) => {
          world.stopTask(this.#serviceOf(id), arn, reason);
          return Promise.resolve({ kind: 'accepted' });
        },
      },
      inbox: {
        scheduleRecheck: (recheck, delay) => {
          const seconds = Math.min(DELAY_MAX_SECONDS, delay / 1_000);
          world.agenda.after(seconds, () => this.#deliver(recheck));
          return done;
        },
      },
      announcer: {
        publish: (entry) => {
          this.told.push(entry);
          return done;
        },
      },
      journal: {
        decided: (record) => this.decided.push({ at: world.now(), ...record }),
        weighed: () => {},
        looked: () => {},
        advanced: () => {},
        failed: ({ what, error }) => this.problems.push(`${what}: ${String(error)}`),
      },
    };
  }

  #readers() {
    const world = this.#world;
    const of = (guarded: GuardedService) => this.#serviceOf(guarded.id);
    const soon = <T>(read: () => T): Promise<T> => Promise.resolve(read());
    return {
      alarms: { alarms: (arns) => soon(() => readAlarms(world, arns)) },
      fleet: {
        service: (guarded) => soon(() => readService(of(guarded))),
        tasks: (guarded) => soon(() => readTasks(of(guarded))),
        stopped: (guarded, since) => soon(() => readStopped(of(guarded), since)),
      },
      targets: {
        targets: (arns) =>
          soon(() =>
            world.sites
              .filter(({ service }) => arns.includes(service.targetGroupArn))
              .flatMap(readTargets),
          ),
      },
      traffic: { traffic: (guarded, window) => soon(() => readTraffic(of(guarded), window)) },
      lines: {
        lines: (guarded, spans) =>
          soon(() => spans.map(({ taskId }) => lastLines(of(guarded), taskId))),
      },
    } satisfies Partial<RemediateDeps> & Record<string, unknown>;
  }

  #serviceOf(id: string): WorldService {
    return this.#world.site(id.slice(id.lastIndexOf('/') + 1) as Tier).service;
  }
}

function lastLines(service: WorldService, taskId: string): TaskLines {
  const task = service.tasks.find(({ id }) => id === taskId);
  const lines = (task?.lines ?? []).slice(-LINES_MAX).map(({ text }) => text);
  return { taskId, lines };
}

function guardedServices({ sites }: World): readonly GuardedService[] {
  const [front, behind] = sites.map(({ service, alarms }) => ({
    cluster: clusterArn(),
    service: service.tier,
    environment: 'prod',
    alarms: alarms.all.map(({ arn }) => arn),
    targetGroups: [service.targetGroupArn],
    logGroup: `/ecs/${service.tier}`,
    policy: service.settings.policy ?? {},
  }));
  if (behind === undefined) return parseGuardedServices([front]);
  const dependsOn = [`${CLUSTER}/${behind.service}`];
  return parseGuardedServices([{ ...front, dependsOn }, behind]);
}

export const ours: Strategy = {
  name: 'ours',
  description: 'This repository: the code that would be deployed, with its default policy.',
  begin: (world) => new OurHealer(world),
};
