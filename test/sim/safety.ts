/**
 * What must never happen, asked at every effect of the healer, against the truth of the world and what is written:
 * never against the healer's own opinion. `docs/decisions/023-what-the-simulation-promises.md` words each promise.
 */
import type { AccountState } from '../../functions/core/account.ts';
import type { Entry } from '../../functions/core/entry.ts';
import type { Intent, LockState } from '../../functions/core/lock.ts';
import { Announced } from './announced.ts';
import { type Claim, checkClaim } from './claim-rules.ts';
import { STALE_MAX_MS } from './ports.ts';
import { type Process, SKEW_MAX_MS } from './process.ts';
import type { Simulation } from './simulation.ts';
import { belowFloor, forbidden, type Window, wrongTask } from './truth.ts';

/** What one process knows of one service, as far as others can tell. */
export interface Knowledge {
  /** When its first and its last look began. */
  firstLook: number;
  lastLook: number;
  /** Sources that it could read. */
  readonly read: Set<string>;
  /** The claim that it made, or has read last. */
  intent: Intent | undefined;
  /** When the pauses end that it read last with the lock. */
  pauses: readonly number[];
}

export interface Stop {
  readonly serviceId: string;
  readonly arn: string;
  readonly at: number;
}

export interface Opening {
  readonly serviceId: string;
  readonly at: number;
}

/** A service that is meant to be quiet says nothing about the others. */
const CHOSEN = ['paused', 'scaled-to-zero', 'alarm-suppressed'];
/** A call that leaves in the last moment arrives a little later. */
const ON_THE_WAY_MS = 40_000;

export class Safety {
  broken: string | undefined;
  /** Stops that had an effect: the task ran until then. */
  readonly stops: Stop[] = [];
  readonly claims: Claim[] = [];
  /** When an incident opened, and of which service; not those that a person's wish or no task explains. */
  readonly openings: Opening[] = [];
  readonly announced = new Announced((what) => this.fail(what));
  readonly #sim: Simulation;
  readonly #known = new Map<Process, Map<string, Knowledge>>();
  readonly #asked = new Set<Process>();
  #writing: Process | undefined;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  fail(what: string): void {
    this.broken ??= what;
    this.#sim.trace(`BROKEN ${what}`);
  }

  onCrash(what: string, error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.fail(`${what} threw what is no coded error: ${message}`);
  }

  /** A person asks for a stop, in a message that this process has. */
  onAsked(process: Process): void {
    this.#asked.add(process);
  }

  hasAsked(process: Process): boolean {
    return this.#asked.has(process);
  }

  onLook(process: Process, serviceId: string): void {
    const known = this.of(process, serviceId);
    known.lastLook = this.#sim.agenda.now();
  }

  onRead(process: Process, serviceId: string, source: string): void {
    this.of(process, serviceId).read.add(source);
  }

  onLockRead(process: Process, lock: LockState, account: AccountState): void {
    const known = this.of(process, lock.serviceId);
    known.intent = lock.intent;
    known.pauses = [lock.pause, account.pause].flatMap((pause) => pause?.until ?? []);
  }

  isPaused({ pause }: LockState, account: AccountState): boolean {
    return this.#lasts([pause, account.pause].flatMap((one) => one?.until ?? []));
  }

  /** Whether one of them is surely not over, whatever clock is looked at. */
  #lasts(pauses: readonly number[]): boolean {
    return pauses.some((until) => until > this.#sim.agenda.now() + SKEW_MAX_MS);
  }

  /** Runs a write, and remembers whose it is. */
  during<T>(process: Process, work: () => T): T {
    this.#writing = process;
    try {
      return work();
    } finally {
      this.#writing = undefined;
    }
  }

  onCommit({ before, next, entries, account }: Parameters<typeof checkClaim>[1]): void {
    const { serviceId } = next;
    if (next.version <= before.version) this.fail(`the fence of ${serviceId} went back`);
    if (account.next.version < account.before.version)
      this.fail('the fence of the account went back');
    this.announced.onWritten(entries);
    this.#checkRecord(before, next);
    const opened = entries.find(({ kind }) => kind === 'opened' || kind === 'reopened');
    const isChosen = entries.some(({ reason = '' }) => CHOSEN.includes(reason));
    if (opened !== undefined && !isChosen) this.openings.push({ serviceId, at: opened.at });
    const { intent } = next;
    const process = this.#writing;
    if (intent === undefined || process === undefined) return;
    const isKept = before.intent?.claimedAt === intent.claimedAt;
    if (before.intent !== undefined) {
      if (!isKept) this.fail(`${serviceId}: a claim was written over an open claim`);
      return;
    }
    this.of(process, serviceId).intent = intent;
    const claim = { serviceId, process, intent, at: this.#sim.agenda.now() };
    const why = checkClaim(this.#sim, { before, next, entries, account }, claim);
    if (why !== undefined) this.fail(`${process.id} claimed ${intent.victim.taskId}: ${why}`);
    this.claims.push(claim);
  }

  /** A stop is counted if it was made, and only then. */
  #checkRecord(before: LockState, next: LockState): void {
    const { intent, serviceId } = before;
    const isRecorded = (arn: string): boolean =>
      next.stops.some((stop) => stop.taskArn === arn && !before.stops.includes(stop));
    if (intent !== undefined && next.intent === undefined) {
      const { taskArn } = intent.victim;
      const claim = this.claims.findLast((one) => one.intent.victim.taskArn === taskArn);
      const isMade = this.stops.some(({ arn, at }) => arn === taskArn && at >= (claim?.at ?? at));
      if (isMade && !isRecorded(taskArn))
        this.fail(`the stop of ${taskArn} was made, and forgotten`);
    }
    const added = next.stops.filter((stop) => !before.stops.includes(stop));
    const unmade = added.find(({ taskArn, effect }) => {
      return effect === undefined && this.#isRunning(serviceId, taskArn);
    });
    if (unmade !== undefined) this.fail(`the stop of ${unmade.taskArn} was recorded, and not made`);
  }

  onPublish(entry: Entry): void {
    this.announced.onPublish(entry);
  }

  /** Asked when the request leaves: from then on nobody can hold it back. */
  onStopSent(process: Process, serviceId: string, arn: string): void {
    const now = this.#sim.agenda.now();
    if (!process.isAlive || process.signal.aborted) return;
    const { intent, lastLook } = this.of(process, serviceId);
    const { policy } = this.#sim.siteOf(serviceId).service;
    const say = (why: string): void => this.fail(`${process.id} sends a stop of ${arn}: ${why}`);
    const claim = this.claims.findLast((one) => one.intent.victim.taskArn === arn);
    if (claim === undefined) say('nobody claimed it');
    else if (intent?.victim.taskArn !== arn) say('it neither made nor read the claim');
    else if (claim.process !== process && now < claim.at + policy.claimLease - 2 * SKEW_MAX_MS) {
      if (this.#isRunning(serviceId, arn)) say('the claim is still its claimer’s');
    }
    if (now - lastLook > policy.claimLease + SKEW_MAX_MS) {
      say(`it looked ${Math.round((now - lastLook) / 1_000)} s ago`);
    }
  }

  /** Asked when ECS takes it. A task that stops already is no matter: the same stop may come twice. */
  onStop(process: Process, serviceId: string, arn: string): void {
    if (!this.#isRunning(serviceId, arn)) return;
    const at = this.#sim.agenda.now();
    const site = this.#sim.siteOf(serviceId);
    const victim = site.find(arn);
    this.stops.push({ serviceId, arn, at });
    if (victim === undefined) return;
    const isPaused = this.#lasts(this.of(process, serviceId).pauses);
    const window = this.windowOf(process, serviceId);
    const why =
      (isPaused ? 'it was paused' : undefined) ??
      forbidden(site, window) ??
      wrongTask(site, victim, window) ??
      belowFloor(site, victim, window);
    if (why !== undefined) this.fail(`${process.id} stopped ${arn}: ${why}`);
  }

  /** From the oldest thing that a process may have seen of a service, until now. */
  windowOf(process: Process, serviceId: string): Window {
    const to = this.#sim.agenda.now();
    const { policy } = this.#sim.siteOf(serviceId).service;
    const earliest = to - policy.claimLease - ON_THE_WAY_MS;
    const { firstLook } = this.of(process, serviceId);
    return { from: Math.max(firstLook, earliest) - STALE_MAX_MS, to };
  }

  of(process: Process, serviceId: string): Knowledge {
    const all = this.#known.get(process) ?? new Map<string, Knowledge>();
    this.#known.set(process, all);
    const now = this.#sim.agenda.now();
    const fresh = {
      firstLook: now,
      lastLook: now,
      read: new Set<string>(),
      intent: undefined,
      pauses: [],
    };
    const known = all.get(serviceId) ?? fresh;
    all.set(serviceId, known);
    return known;
  }

  #isRunning(serviceId: string, arn: string): boolean {
    const task = this.#sim.siteOf(serviceId).find(arn);
    return task !== undefined && (task.stop === undefined || task.stop.at > this.#sim.agenda.now());
  }
}
