/**
 * A service with its healer, and the drill function beside it, all behind ports and on one virtual clock. The alarm is
 * evaluated every minute; until then it stays as it was set by hand.
 */
import type { DrillDeps } from '../../functions/app/drill/deps.ts';
import { type DrillAnswer, drill } from '../../functions/app/drill/drill.ts';
import type { ReconcileDeps } from '../../functions/app/reconcile.ts';
import { BUILT_IN } from '../../functions/core/drill/built-in.ts';
import type { Definition } from '../../functions/core/drill/definition.ts';
import type { DrillState } from '../../functions/core/drill/state.ts';
import { HealerError } from '../../functions/core/errors.ts';
import type { GuardedService } from '../../functions/core/guarded-service.ts';
import type { DrillNotice } from '../../functions/core/notice.ts';
import type { AlarmReading } from '../../functions/core/observation.ts';
import { epochMillis, later, minutes, seconds } from '../../functions/core/time.ts';
import type { DrillArrival, SwitchCall, SwitchOutcome } from '../../functions/ports/drill.ts';
import { aService, aTask, NOW } from '../core/builders.ts';
import { World } from './world.ts';

const EVALUATION = seconds(60);
/** How long SQS hides a message that was not worked on. */
const HIDDEN = seconds(60);
const TICK = seconds(5);

interface DueLook {
  readonly at: number;
  readonly look: Extract<DrillArrival, { kind: 'drill-look' }>;
  /** How often it was delivered: SQS gives up after five. */
  readonly times: number;
}

/** What the drill did to the service, in order. */
export interface Deed {
  readonly what: 'ring ALARM' | 'ring OK' | 'fault on' | 'fault off';
  readonly at: number;
  readonly task?: string;
}

export class DrillWorld extends World {
  readonly drills = new Map<string, DrillState>();
  readonly notices: DrillNotice[] = [];
  readonly concluded: DrillState[] = [];
  /** What was still broken when a drill said that it is over. */
  readonly leftBehind: string[] = [];
  readonly deeds: Deed[] = [];
  readonly failures: unknown[] = [];
  /** Called before and after each thing that the drill function does; throwing there is a crash. */
  onDrill: (name: string) => void = () => {};
  /** Called when an invocation begins. */
  onInvocation: () => void = () => {};
  /** How many requests it takes to meet the right task; never, if it is more than are sent. */
  triesNeeded = 3;
  topicOfDrills: 'up' | 'down' = 'up';
  watchedAlarm: AlarmReading['state'] = 'OK';
  setting: DrillDeps['setting'];
  /** What the drill function asks of ECS and CloudWatch is throttled; or it cannot read the timeline. */
  isBlind: boolean | 'timeline' = false;
  /** The next look is delivered so many times at once. */
  copies = 1;
  #looks: DueLook[] = [];
  #forced: { readonly state: 'ALARM' | 'OK'; readonly reason: string; until: number } | undefined;
  #faults = new Map<string, number>();
  /** What EventBridge told last. */
  #last: AlarmReading['state'] = 'OK';
  #was: AlarmReading['state'] = 'OK';
  #since = NOW;
  #requestNumber = 0;

  constructor(service: GuardedService = aService({}, { environment: 'staging' }), tasks = 4) {
    super(service, tasks, 0);
    this.setting = {
      mayDrillProduction: false,
      hasFaultSecret: true,
      faultUrls: { [service.id]: 'https://checkout.example.com' },
    };
  }

  override deps(): ReconcileDeps {
    const deps = super.deps();
    const alarms = { alarms: async (arns: readonly string[]) => this.#alarms(arns) };
    return { ...deps, alarms };
  }

  /** Asks as a person does, by the name of a built-in definition or with one. */
  ask(
    kind: 'drill-run' | 'drill-plan',
    drillOf: string | Definition,
    overrides: Partial<Extract<DrillArrival, { kind: 'drill-run' }>> = {},
  ): Promise<DrillAnswer> {
    const definition =
      typeof drillOf === 'string' ? BUILT_IN.find(({ name }) => name === drillOf) : drillOf;
    if (definition === undefined) throw new Error(`no drill ${String(drillOf)}`);
    const asked = { serviceId: this.service.id, definition, by: 'ana', allowProduction: false };
    return this.send(
      kind === 'drill-run'
        ? { kind, ...asked, scheduled: false, ...overrides }
        : { kind, ...asked, allowProduction: overrides.allowProduction ?? false },
    );
  }

  stopDrill(why = 'a customer calls'): Promise<DrillAnswer> {
    return this.send({ kind: 'drill-stop', serviceId: this.service.id, by: 'ben', why });
  }

  async send(arrival: DrillArrival): Promise<DrillAnswer> {
    this.#requestNumber += 1;
    this.onInvocation();
    const invocation = {
      requestId: `drill-${this.#requestNumber}`,
      signal: new AbortController().signal,
    };
    const deps = { ...this.drillDeps(), open: () => ({ kind: 'direct', arrival }) as const };
    return (await drill(deps, {}, invocation)) as DrillAnswer;
  }

  /** Delivers looks, the healer's messages and the alarm's changes until the time is reached. */
  async live(until = later(NOW, minutes(60))): Promise<void> {
    while (this.now < until) {
      await this.#ring();
      const looks = this.#looks.filter(({ at }) => at <= this.now);
      this.#looks = this.#looks.filter(({ at }) => at > this.now);
      for (const look of looks) await this.#deliverLook(look);
      if (this.nextDue() <= this.now) await this.runNext();
      if (looks.length === 0 && this.nextDue() > this.now) {
        this.now = epochMillis(this.now + TICK);
        this.#mendWhatEnded();
      }
    }
  }

  newest(): DrillState {
    const state = [...this.drills.values()].at(-1);
    if (state === undefined) throw new Error('no drill');
    return state;
  }

  illTasks(): readonly string[] {
    return [...this.#faults.keys()];
  }

  isAlarmForced(): boolean {
    return this.#forced?.state === 'ALARM' && this.now < this.#forced.until;
  }

  marks(): readonly string[] {
    const locks = [this.lock(), this.store.account.lock];
    return locks.flatMap(({ drill: mark }) => (mark === undefined ? [] : [mark.id]));
  }

  drillDeps(): Omit<DrillDeps, 'open'> {
    const { clock, fleet, targets, store, alarms } = this.deps();
    const { signal } = new AbortController();
    return {
      clock,
      fleet: { ...fleet, tasks: async (...of) => fleet.tasks(...this.#see(of)) },
      targets,
      alarms: { alarms: async (...of) => alarms.alarms(...this.#see(of)) },
      locks: {
        read: (id) => store.read(id, signal),
        readAccount: () => store.readAccount(signal),
        commit: async (next, entries, writer) => {
          this.onDrill('mark');
          const written = await store.commit(next, entries, writer, signal);
          this.onDrill('marked');
          return written;
        },
      },
      timeline: {
        timeline: async (id) =>
          this.#see([...this.store.kept.values()], 'timeline').filter(
            ({ incidentId }) => incidentId === id,
          ),
      },
      drills: {
        read: async (_service, id) => this.drills.get(id),
        commit: async (next) => this.#commit(next),
        latest: async () => [...this.drills.values()].toReversed(),
      },
      queue: {
        scheduleLook: async (look, delay) => {
          this.onDrill('look');
          this.#looks.push({ at: this.now + delay, look, times: 0 });
          this.onDrill('looked');
        },
      },
      setter: { set: async (_name, is, reason) => this.#force(is, reason) },
      faults: {
        on: async (call) => this.#switch(call, call.endsAt),
        off: async (call) => this.#switch(call, undefined),
      },
      announcer: {
        publishNotice: async (notice) => {
          this.onDrill('tell');
          if (this.topicOfDrills === 'down') {
            throw new HealerError('dependency.unavailable', 'topic is down');
          }
          if (notice.kind === 'drill') this.notices.push(notice);
          this.onDrill('told');
        },
      },
      guarded: { all: async () => [this.service] },
      log: {
        advanced: () => {},
        concluded: (state) => {
          this.concluded.push(state);
          this.leftBehind.push(...this.illTasks(), ...(this.isAlarmForced() ? ['alarm'] : []));
        },
        failed: (record) => this.failures.push(record),
      },
      setting: this.setting,
    };
  }

  #see<T>(what: T, blind: DrillWorld['isBlind'] = true): T {
    if (this.isBlind !== blind) return what;
    throw new HealerError('dependency.unavailable', 'throttled');
  }

  #alarms(arns: readonly string[]): readonly AlarmReading[] {
    const [own] = this.service.alarmArns;
    return arns.map((arn) => {
      const name = arn.split(':').at(-1) ?? '';
      const base = { arn, name, suppressed: false };
      if (arn !== own) return { ...base, since: NOW, state: this.watchedAlarm, reason: '' };
      const { state, reason } = this.#ownAlarm();
      if (state !== this.#was) {
        this.#was = state;
        this.#since = this.now;
      }
      return { ...base, since: this.#since, state, reason };
    });
  }

  #ownAlarm(): Pick<AlarmReading, 'state' | 'reason'> {
    if (this.#forced !== undefined && this.now < this.#forced.until) return this.#forced;
    const ill = this.tasks.some(
      ({ errorShare, startedAt }) => errorShare > 0.05 && startedAt <= this.now,
    );
    return { state: ill ? 'ALARM' : 'OK', reason: 'evaluated' };
  }

  /** EventBridge tells the healer of each change. */
  async #ring(): Promise<void> {
    const [reading] = this.#alarms(this.service.alarmArns.slice(0, 1));
    const state = reading?.state ?? 'OK';
    if (state === this.#last) return;
    this.#last = state;
    await this.deliverUntilDone();
  }

  async #deliverLook({ look, times }: DueLook): Promise<void> {
    const copies = Array.from({ length: this.copies }, () => this.send(look));
    const results = await Promise.allSettled(copies);
    if (results.every(({ status }) => status === 'fulfilled') || times >= 4) return;
    this.#looks.push({ at: this.now + HIDDEN, look, times: times + 1 });
  }

  #commit(next: DrillState): 'committed' | 'conflict' {
    this.onDrill('commit');
    if ((this.drills.get(next.id)?.version ?? 0) !== next.version - 1) return 'conflict';
    this.drills.set(next.id, structuredClone(next));
    this.onDrill('committed');
    return 'committed';
  }

  #force(state: 'ALARM' | 'OK', reason: string): void {
    this.onDrill('ring');
    this.deeds.push({ what: `ring ${state}`, at: this.now });
    const until = (Math.floor(this.now / EVALUATION) + 1) * EVALUATION;
    this.#forced = { state, reason, until };
    this.onDrill('rung');
  }

  #switch({ taskId, triesMax }: SwitchCall, endsAt: number | undefined): SwitchOutcome {
    const what = endsAt === undefined ? 'fault off' : 'fault on';
    this.onDrill(what);
    const task = this.tasks.find(({ n }) => aTask(n).id === taskId);
    if (task === undefined || this.triesNeeded > triesMax) {
      return { kind: 'not-met', tries: triesMax };
    }
    this.deeds.push({ what, at: this.now, task: taskId });
    task.errorShare = endsAt === undefined ? 0 : 0.8;
    if (endsAt === undefined) this.#faults.delete(taskId);
    else this.#faults.set(taskId, endsAt);
    this.onDrill(`${what}, answered`);
    return { kind: 'taken', tries: this.triesNeeded };
  }

  #mendWhatEnded(): void {
    for (const [taskId, endsAt] of this.#faults) {
      const task = this.tasks.find(({ n }) => aTask(n).id === taskId);
      if (task !== undefined && this.now < endsAt) continue;
      if (task !== undefined) task.errorShare = 0;
      this.#faults.delete(taskId);
    }
  }
}
