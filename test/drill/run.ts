/** Runs one scenario in a fresh lab, from steady state to the written journal. */
import { emptyLock, type LockState } from '../../functions/core/lock.ts';
import type { Bundle } from '../../infra/bundle.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { GUARDED_ALARMS, SERVICE_ID } from '../lab/names.ts';
import { pauseMs } from '../lab/time-factor.ts';
import { conclude } from './conclude.ts';
import { IncidentReader } from './incident-reader.ts';
import { type Activity, type DrillStatus, type Journal, writeJournal } from './journal.ts';
import { isFailed, Load } from './load.ts';
import type { Listener, Progress, Status } from './progress.ts';
import type { Action, Scenario, Stage } from './scenario.ts';
import { DrillTimeout, waitFor, waitUntil } from './stage.ts';

export interface DrillOptions {
  readonly scenario: Scenario;
  readonly factor: number;
  readonly perSecond: number;
  /** The built functions; absent for a control run with ECS alone. */
  readonly bundles?: readonly Bundle[];
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly listen: Listener;
}

/** AWS seconds. A start is mostly the machine's own work, which the factor does not shorten. */
const STEADY_LIMIT = 900;
const BASELINE = 45;
const TAIL = 45;
/** How long a control run is watched after the fault. */
const CONTROL_LIMIT = 450;
const REQUEST_TIMEOUT_MS = 5_000;
const STATUS_EVERY_MS = 1_000;

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
  #status: DrillStatus = 'completed';
  #faultAt = 0;
  #failedBefore = 0;

  constructor(options: DrillOptions) {
    this.#options = options;
  }

  /** @returns the journal and its file. @throws what the tool itself did wrong; a failed drill does not throw. */
  async run(): Promise<{ readonly journal: Journal; readonly file: string }> {
    const { scenario, factor, bundles, folder } = this.#options;
    const { title, hypothesis } = scenario;
    this.#tell({ kind: 'started', title, hypothesis, factor, healer: bundles !== undefined });
    this.#phase('starting the lab');
    this.#options.signal.throwIfAborted();
    const lab = await startLab({
      timeFactor: factor,
      ...(bundles === undefined ? {} : { bundles }),
      ...(scenario.maximumPercent === undefined ? {} : { maximumPercent: scenario.maximumPercent }),
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
    this.#tell({ kind: 'finished', journal, file });
    return { journal, file };
  }

  async #rehearse(lab: Lab, reader: IncidentReader): Promise<Journal> {
    const { scenario, signal } = this.#options;
    const isUp = () => lab.site.healthyTasks().length === lab.site.service.desiredCount;
    this.#phase('waiting for the tasks to be healthy');
    const up = await this.#activity('probe', 'every task healthy', () =>
      waitUntil(lab.time, 'every task healthy', isUp, STEADY_LIMIT, signal),
    );
    const load = new Load({
      url: lab.site.loadBalancer.url,
      perSecond: this.#options.perSecond,
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
    const over = new AbortController();
    const telling = this.#tellStatuses(lab, load, reader, over.signal);
    try {
      const victim = lab.site.tasks()[scenario.victim];
      if (victim === undefined) throw new Error(`no task number ${scenario.victim}`);
      const stage = this.#stage(lab, reader, victim);
      const before =
        up.status === 'failed'
          ? up
          : await this.#activity('probe', 'every alarm OK under load', () => steady(stage));
      await this.#perform(stage, before);
      load.stop();
      await drained(lab, load, signal);
      const { incident } = await readLock(lab, reader);
      return await conclude({
        ...this.#options,
        lab,
        reader,
        answers: load.answers,
        incident,
        faultAt: this.#faultAt || Date.now(),
        illTaskArn: victim.arn,
        startedAt: this.#startedAt,
        status: this.#status,
        before,
        run: this.#run,
        rollbacks: this.#rollbacks,
      });
    } finally {
      over.abort();
      load.close();
      await telling;
    }
  }

  /** Method, then rollbacks whatever came of it, then a look at the quiet time after. */
  async #perform(stage: Stage, before: Activity): Promise<void> {
    const { scenario } = this.#options;
    if (before.status === 'failed') {
      this.#status = 'aborted';
      return;
    }
    try {
      for (const action of scenario.method) {
        this.#phase(action.name);
        if (action === scenario.method.at(-1) || this.#faultAt === 0) this.#faultAt = Date.now();
        if (!(await this.#act(action, stage, this.#run))) return;
      }
      this.#phase('following');
      await this.#follow(stage);
    } finally {
      for (const action of scenario.rollbacks) {
        this.#phase(`rollback: ${action.name}`);
        await this.#act(action, stage, this.#rollbacks);
      }
    }
    if (this.#status !== 'completed') return;
    this.#phase('watching a little longer');
    await stage.wait(TAIL);
  }

  async #follow(stage: Stage): Promise<void> {
    const { scenario, bundles } = this.#options;
    const name = bundles === undefined ? 'ECS alone' : `incident is ${scenario.until}`;
    const done = await this.#activity('probe', name, async () => {
      if (bundles === undefined) return stage.wait(CONTROL_LIMIT);
      const over = async () => (await stage.lock()).incident?.state === scenario.until;
      return stage.until(name, over, scenario.timeLimit);
    });
    this.#run.push(done);
    if (done.status === 'failed') this.#status = 'failed';
  }

  async #act(action: Action, stage: Stage, into: Activity[]): Promise<boolean> {
    const activity = await this.#activity('action', action.name, () => action.run(stage));
    into.push(activity);
    if (activity.status === 'failed') this.#status = 'failed';
    return activity.status === 'succeeded';
  }

  /** A time-out is a result of the drill; anything else is a fault of the tool, and an interruption ends it all. */
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
      if (!(error instanceof DrillTimeout)) throw error;
      return { ...finished(), status: 'failed', exception: error.message };
    }
  }

  #stage(lab: Lab, reader: IncidentReader, victim: Stage['victim']): Stage {
    const { signal } = this.#options;
    return {
      lab,
      victim,
      wait: (awsSeconds) => waitFor(lab.time, awsSeconds, signal),
      until: (what, condition, awsSeconds) =>
        waitUntil(lab.time, what, condition, awsSeconds, signal),
      lock: () => readLock(lab, reader),
    };
  }

  /** Until the signal; it resolves after the last one, so that nothing is told after the end. */
  async #tellStatuses(
    lab: Lab,
    load: Load,
    reader: IncidentReader,
    signal: AbortSignal,
  ): Promise<void> {
    while (await pauseMs(STATUS_EVERY_MS, signal)) {
      // One that cannot be read is left out; the next one comes soon.
      await this.#tellStatus(lab, load, reader).catch(() => {});
    }
  }

  async #tellStatus(lab: Lab, load: Load, reader: IncidentReader): Promise<void> {
    const failed = load.answers.filter(isFailed).length;
    const failing = failed - this.#failedBefore;
    this.#failedBefore = failed;
    const { incident } = await readLock(lab, reader);
    const status: Status = {
      sent: load.sent,
      failed,
      failing,
      healthy: lab.site.healthyTasks().length,
      desired: lab.site.service.desiredCount,
      alarms: lab.site.alarmsIn('ALARM'),
      incident:
        incident === undefined
          ? 'none'
          : `${incident.state}${incident.hold === undefined ? '' : ` (${incident.hold.reason})`}`,
    };
    this.#tell({ kind: 'status', status });
  }

  #phase(name: string): void {
    this.#tell({ kind: 'phase', name });
  }

  #tell(progress: Elapsed): void {
    this.#options.listen({ ...progress, elapsedMs: Date.now() - this.#startedAt } as Progress);
  }
}

async function readLock(lab: Lab, reader: IncidentReader): Promise<LockState> {
  return lab.healer === undefined ? emptyLock(SERVICE_ID) : reader.lock();
}

/** Every alarm is OK, and still is after a while of requests. */
async function steady(stage: Stage): Promise<void> {
  await stage.wait(BASELINE);
  const isQuiet = () => stage.lab.site.alarmsIn('OK').length === GUARDED_ALARMS.length;
  await stage.until('every alarm OK', isQuiet, STEADY_LIMIT);
}

/** Requests on their way when the drill ends still count. */
async function drained(lab: Lab, load: Load, signal: AbortSignal): Promise<void> {
  await waitUntil(lab.time, 'last answers', () => load.inFlight === 0, STEADY_LIMIT, signal).catch(
    (error: unknown) => {
      if (!(error instanceof DrillTimeout)) throw error;
    },
  );
}
