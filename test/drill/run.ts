/** Runs one definition in a fresh lab, from steady state to the written journal. */
import { emptyLock } from '../../functions/core/lock.ts';
import { type HealerSource, type Lab, startLab } from '../lab/lab.ts';
import { conclude, templateOf } from './conclude.ts';
import { type Definition, isWaiting, type Step } from './definition.ts';
import { IncidentReader, serviceIdOf } from './incident-reader.ts';
import {
  type Activity,
  type DrillStatus,
  type Journal,
  type StateSample,
  writeJournal,
} from './journal.ts';
import { Load } from './load.ts';
import { everyAlarmIsOk, GUARDED_TIER, Performer, type Stage } from './perform.ts';
import type { Listener, Progress, Status } from './progress.ts';
import { reportBeside, writeReport } from './report/page.ts';
import { readRunsBeside } from './report/trend.ts';
import { DrillFailure, neverWithin, waitFor, waitUntil } from './stage.ts';
import { tellStatuses } from './status-teller.ts';

export interface DrillOptions {
  readonly definition: Definition;
  readonly factor: number;
  readonly perSecond: number;
  /** Absent for a control run with ECS alone. */
  readonly healer?: HealerSource;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly listen: Listener;
  /** Whether the report is written beside the journal. */
  readonly report?: true;
}

/** AWS seconds. A start is mostly the machine's own work, which the factor does not shorten. */
const STEADY_LIMIT = 900;
const BASELINE = 45;
const TAIL = 45;
/** How long a control run is watched after the fault. */
const CONTROL_LIMIT = 450;
const REQUEST_TIMEOUT_MS = 5_000;

type Elapsed = Progress extends infer P
  ? P extends Progress
    ? Omit<P, 'elapsedMs'>
    : never
  : never;

export class Drill {
  readonly #options: DrillOptions;
  readonly #startedAt = Date.now();
  readonly #run: Activity[] = [];
  readonly #rollbacks: Activity[] = [];
  readonly #states: StateSample[] = [];
  #status: DrillStatus = 'completed';
  #faultAt = 0;

  constructor(options: DrillOptions) {
    this.#options = options;
  }

  /**
   * @returns the journal and its file.
   * @throws what the tool itself did wrong; a failed drill does not throw.
   */
  async run(): Promise<{ readonly journal: Journal; readonly file: string }> {
    const { definition, factor, healer, folder, report } = this.#options;
    const { title, hypothesis, site = {} } = definition;
    this.#tell({
      kind: 'started',
      startedAt: this.#startedAt,
      title,
      hypothesis,
      factor,
      healer: healer !== undefined,
      ...templateOf(healer),
    });
    this.#phase('starting the lab');
    this.#options.signal.throwIfAborted();
    const lab = await startLab({
      timeFactor: factor,
      site,
      ...(healer === undefined ? {} : { healer }),
    });
    lab.events.subscribe((event) => this.#tell({ kind: 'lab', event }));
    const reader = new IncidentReader(lab.gateway.url);
    let journal: Journal;
    try {
      journal = await this.#rehearse(lab, reader);
    } finally {
      reader.close();
      await lab.close();
    }
    const file = await writeJournal(journal, folder);
    const page = report === true ? reportBeside(file) : undefined;
    if (page !== undefined) {
      await writeReport(page, journal, { runs: readRunsBeside(file, journal) });
    }
    this.#tell({ kind: 'finished', journal, file, ...(page !== undefined && { report: page }) });
    return { journal, file };
  }

  async #rehearse(lab: Lab, reader: IncidentReader): Promise<Journal> {
    const { signal, perSecond } = this.#options;
    this.#phase('waiting for the tasks to be healthy');
    const up = await this.#activity('probe', 'every task healthy', () =>
      waitUntil(lab.time, 'every task healthy', () => lab.site.isUp(), STEADY_LIMIT, signal),
    );
    const { url } = lab.site.loadBalancer;
    const load = new Load({ url, perSecond, timeoutMs: REQUEST_TIMEOUT_MS });
    const stage = this.#stage(lab, load, reader);
    const performer = new Performer(stage);
    const over = new AbortController();
    const scene = { stage, performer, faultAt: () => this.#faultAt };
    const telling = tellStatuses(scene, (status) => this.#note(status), over.signal);
    try {
      const before =
        up.status === 'failed'
          ? up
          : await this.#activity('probe', 'every alarm OK under load', () => steady(stage));
      await this.#perform(stage, performer, before);
      load.stop();
      await drained(stage);
      return await conclude({
        ...this.#options,
        lab,
        reader,
        performer,
        answers: load.answers,
        faultAt: this.#faultAt || Date.now(),
        startedAt: this.#startedAt,
        status: this.#status,
        before,
        run: this.#run,
        rollbacks: this.#rollbacks,
        states: this.#states,
      });
    } finally {
      over.abort();
      load.close();
      await telling;
    }
  }

  /** Method, then rollbacks whatever came of it, then a look at the quiet time after. */
  async #perform(stage: Stage, performer: Performer, before: Activity): Promise<void> {
    const { method, rollbacks } = this.#options.definition;
    if (before.status === 'failed') {
      this.#status = 'aborted';
      return;
    }
    try {
      for (const step of method) {
        this.#phase(step.name);
        if (this.#faultAt === 0 && !isWaiting(step)) this.#faultAt = Date.now();
        if (!(await this.#act(step, performer, this.#run))) return;
      }
      this.#phase('following');
      await this.#follow(stage);
    } finally {
      for (const step of rollbacks) {
        this.#phase(`rollback: ${step.name}`);
        await this.#act(step, performer, this.#rollbacks);
      }
    }
    if (this.#status !== 'completed') return;
    this.#phase('watching a little longer');
    await stage.wait(TAIL);
  }

  async #follow(stage: Stage): Promise<void> {
    const { healer, definition, signal } = this.#options;
    const { until, timeLimit } = definition;
    const incident = async () => (await stage.lock(GUARDED_TIER)).incident;
    const name = healer === undefined ? 'ECS alone' : `incident is ${until}`;
    const done = await this.#activity('probe', name, async () => {
      if (healer === undefined) return stage.wait(CONTROL_LIMIT);
      if (until !== 'quiet') {
        return stage.until(name, async () => (await incident())?.state === until, timeLimit);
      }
      const isOpened = async () => (await incident()) !== undefined;
      return neverWithin(stage.lab.time, 'an incident was opened', isOpened, timeLimit, signal);
    });
    this.#run.push(done);
    if (done.status === 'failed') this.#status = 'failed';
  }

  async #act(step: Step, performer: Performer, into: Activity[]): Promise<boolean> {
    const activity = await this.#activity('action', step.name, () => performer.perform(step));
    into.push(activity);
    if (activity.status === 'failed') this.#status = 'failed';
    return activity.status === 'succeeded';
  }

  /** What a drill did not show is its result; anything else is a fault of the tool, and ends it. */
  async #activity(
    type: Activity['type'],
    name: string,
    work: () => Promise<void>,
  ): Promise<Activity> {
    const start = new Date().toISOString();
    const finished = (): Pick<Activity, 'type' | 'name' | 'start' | 'end'> => ({
      type,
      name,
      start,
      end: new Date().toISOString(),
    });
    try {
      await work();
      return { ...finished(), status: 'succeeded' };
    } catch (error) {
      if (!(error instanceof DrillFailure)) throw error;
      return { ...finished(), status: 'failed', exception: error.message };
    }
  }

  #stage(lab: Lab, load: Load, reader: IncidentReader): Stage {
    const { signal } = this.#options;
    return {
      lab,
      load,
      wait: (awsSeconds) => waitFor(lab.time, awsSeconds, signal),
      until: (what, condition, awsSeconds) =>
        waitUntil(lab.time, what, condition, awsSeconds, signal),
      lock: async (tier) =>
        lab.healer === undefined ? emptyLock(serviceIdOf(tier)) : reader.lock(tier),
    };
  }

  #note(status: Status): void {
    const { healthy, desired, incident, backend } = status;
    this.#states.push({
      at: Date.now(),
      healthy,
      desired,
      incident,
      ...(backend && { backend }),
    });
    this.#tell({ kind: 'status', status });
  }

  #phase(name: string): void {
    this.#tell({ kind: 'phase', name });
  }

  #tell(progress: Elapsed): void {
    this.#options.listen({ ...progress, elapsedMs: Date.now() - this.#startedAt } as Progress);
  }
}

/** Every alarm is OK, and still is after a while of requests. */
async function steady(stage: Stage): Promise<void> {
  await stage.wait(BASELINE);
  await stage.until('every alarm OK', () => everyAlarmIsOk(stage.lab), STEADY_LIMIT);
}

/** Requests on their way when the drill ends still count. */
async function drained({ load, until }: Stage): Promise<void> {
  await until('last answers', () => load.inFlight === 0, STEADY_LIMIT).catch((error: unknown) => {
    if (!(error instanceof DrillFailure)) throw error;
  });
}
