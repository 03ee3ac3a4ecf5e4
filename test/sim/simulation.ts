/** The whole of one run: the world, the healer's processes in it, and whoever watches. */
import { remediate } from '../../functions/app/remediate.ts';
import { HealerError } from '../../functions/core/errors.ts';
import { WATCH_EVERY } from '../../functions/core/watchdog.ts';
import { Random } from '../bench/world/random.ts';
import { Agenda } from './agenda.ts';
import type { AlarmChange } from './alarms.ts';
import { Calls } from './calls.ts';
import { type FaultKind, Faults } from './faults.ts';
import { alarmBody, batchOf } from './messages.ts';
import { People } from './people.ts';
import { type Config, HEALED_MS, type Plan, planOf, START } from './plan.ts';
import { portsOf } from './ports.ts';
import { Process } from './process.ts';
import { type Message, Queue } from './queue.ts';
import { Safety } from './safety.ts';
import { Site } from './site.ts';
import { Table } from './table.ts';

/** A fault that lasts: nothing of its kind works from one moment to another. */
interface Outage {
  readonly kind: FaultKind;
  readonly from: number;
  readonly to: number;
}

const MINUTE_MS = 60_000;
/** How long each kind lasts, in minutes. */
const OUTAGES = { 'table-down': [1, 9], 'topic-down': [10, 60], 'deny-stop': [2, 30] } as const;

export class Simulation {
  readonly plan: Plan;
  readonly agenda: Agenda;
  readonly faults: Faults;
  readonly calls: Calls;
  readonly queue: Queue;
  readonly table: Table;
  readonly safety: Safety;
  readonly sites: readonly Site[];
  /** Verdicts with their reasons, and how often each was given. */
  readonly verdicts = new Map<string, number>();
  readonly trace: (line: string) => void;
  readonly #byId: ReadonlyMap<string, Site>;
  readonly #random: Random;
  readonly #outages: readonly Outage[];
  #stirred = 0;
  #processes = 0;

  constructor(config: Config, trace?: (line: string) => void) {
    const random = new Random(`sim/${config.seed}`);
    this.#random = random;
    this.agenda = new Agenda(START, random.fork('ties'));
    this.trace =
      trace === undefined ? () => {} : (line) => trace(`${this.agenda.now() - START} ${line}`);
    this.faults = new Faults(random.fork('faults'), config.without);
    this.plan = planOf(config, this.faults.has('topic-down'));
    this.#outages = this.#planOutages();
    this.calls = new Calls({
      agenda: this.agenda,
      faults: this.faults,
      latency: random.fork('latency'),
      trace: this.trace,
      stir: () => {
        this.#stirred += 1;
      },
      isDown: (kind) => this.isDown(kind),
    });
    this.queue = new Queue(this.agenda, this.faults, random.fork('queue'), (batch) =>
      this.#invoke(batch),
    );
    this.safety = new Safety(this);
    this.table = new Table((commit) => this.safety.onCommit(commit));
    this.sites = this.#makeSites();
    this.#byId = new Map(this.sites.map((site) => [site.service.id, site]));
    if (config.people) new People(this, random.fork('people')).plan();
    const watchedUntil = config.watchdog ? this.plan.healAt + HEALED_MS : START;
    for (let at = START; at < watchedUntil; at += WATCH_EVERY) {
      this.agenda.at(at, () => this.queue.send('{"kind":"watchdog"}'));
    }
  }

  siteOf(id: string): Site {
    const site = this.#byId.get(id);
    if (site === undefined) throw new Error(`no such service: ${id}`);
    return site;
  }

  isDown(kind: FaultKind): boolean {
    const now = this.agenda.now();
    return (
      this.faults.has(kind) &&
      this.#outages.some((outage) => outage.kind === kind && outage.from <= now && now < outage.to)
    );
  }

  note(verdict: string): void {
    this.verdicts.set(verdict, (this.verdicts.get(verdict) ?? 0) + 1);
  }

  /** Runs until then, or until a promise is broken. */
  async runUntil(until: number): Promise<void> {
    for (;;) {
      const before = this.#stirred;
      if (!this.agenda.runNext(until)) return;
      if (this.#stirred !== before) await this.#settle();
      if (this.queue.size > MESSAGES_MAX) this.safety.fail('messages multiply');
      if (this.safety.broken !== undefined) return;
    }
  }

  /** Lets every continuation run that can, until nobody has anything to do but wait. */
  async #settle(): Promise<void> {
    let seen = this.#stirred;
    for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
      await Promise.resolve();
      if (this.#stirred === seen) continue;
      seen = this.#stirred;
      quiet = 0;
    }
  }

  #invoke(batch: readonly Message[]): void {
    this.#processes += 1;
    let isOver = false;
    const process: Process = new Process(`p${this.#processes}`, this.agenda, this.faults, () => {
      isOver = true;
      this.trace(`${process.id} is out of time`);
    });
    this.trace(`${process.id} gets ${batch.map(({ id, body }) => `${id} ${body}`).join(' | ')}`);
    this.#stirred += 1;
    if (batch.some(({ body }) => body.includes('"manual"'))) this.safety.onAsked(process);
    const invocation = { requestId: process.id, signal: process.signal };
    remediate(portsOf(this, process), batchOf(batch), invocation).then(
      (answer) => {
        this.#stirred += 1;
        // Whatever it says after its time counts for nothing.
        if (isOver || !process.isAlive) return;
        process.end();
        const failed =
          'batchItemFailures' in answer
            ? answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
            : [];
        for (const message of batch) this.queue.settle(message, failed.includes(message.id));
      },
      (error: unknown) => {
        this.#stirred += 1;
        process.end();
        if (!(error instanceof HealerError)) this.safety.onCrash('remediate', error);
      },
    );
  }

  #makeSites(): readonly Site[] {
    return this.plan.services.map(
      (service, index) =>
        new Site({
          service,
          desired: this.plan.desired[index] ?? 1,
          troubles: this.plan.troubles[index] ?? [],
          random: this.#random.fork(`site-${index}`),
          agenda: this.agenda,
          onAlarm: (change) => this.#tell(change),
          trace: this.trace,
        }),
    );
  }

  #tell(change: AlarmChange): void {
    if (change.state === 'OK' && this.faults.strikes('lost-ok')) return;
    this.queue.send(alarmBody(change));
  }

  #planOutages(): readonly Outage[] {
    return Object.entries(OUTAGES).map(([kind, [least, most]]) => {
      const draw = this.#random.fork(kind);
      const from = START + draw.between(0, 15) * MINUTE_MS;
      const to = from + draw.between(least, most) * MINUTE_MS;
      return { kind: kind as FaultKind, from, to };
    });
  }
}

/** Far more than alarms, people and looks ever send. */
const MESSAGES_MAX = 150;
/** More than any chain of awaits in the healer without a call. */
const QUIET_TURNS = 60;
