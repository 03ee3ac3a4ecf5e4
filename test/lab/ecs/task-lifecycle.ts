/**
 * The life of one task: from a network interface to a real process, and the two ways in which ECS
 * ends it.
 */
import { setImmediate } from 'node:timers/promises';
import type { LabEvents } from '../events.ts';
import type { LoopbackAddresses } from '../process/addresses.ts';
import type { ChildExit, ChildProcesses } from '../process/child-processes.ts';
import { pauseMs, type TimeFactor } from '../time-factor.ts';
import { accepts } from './accepts.ts';
import { MemoryLimit } from './memory-limit.ts';
import type { StopCode, TaskRecord, TaskStatus } from './model.ts';
import { deregisterTask, registerTask } from './registration.ts';
import { stoppedReason } from './service-events.ts';
import type { EcsTimings } from './timings.ts';
import {
  listenerOf,
  listensInside,
  streamNameOf,
  workloadEnvironment,
} from './workload-environment.ts';

/** Called with each line a task prints, as its log driver would send it. */
export type LogLineSink = (
  task: TaskRecord,
  streamName: string,
  line: string,
  atMs: number,
) => void;

export interface LifecycleOptions {
  readonly time: TimeFactor;
  readonly timings: EcsTimings;
  readonly events: LabEvents;
  readonly children: ChildProcesses;
  readonly addresses: LoopbackAddresses;
  /** Entry module of the workload. */
  readonly workload: URL;
  /** Base address of the task metadata endpoint. */
  readonly metadataUrl: string;
  readonly onLogLine: LogLineSink;
  readonly onStartFailed: (task: TaskRecord) => void;
  readonly onRunning: (task: TaskRecord) => void;
}

/**
 * A Node process needs real time to boot, however compressed the rest is; then the task counts as
 * started anyway.
 */
const BOOT_MS_MAX = 8000;
const CONNECT_EVERY_MS = 20;
/** Nor does a process end faster: below this a busy laptop, not a hung task, would meet SIGKILL. */
const STOP_TIMEOUT_MS_MIN = 1000;

export class TaskLifecycle {
  readonly memory: MemoryLimit;
  readonly #options: LifecycleOptions;
  readonly #closing = new AbortController();

  constructor(options: LifecycleOptions) {
    this.#options = options;
    this.memory = new MemoryLimit(options.time);
  }

  /** Brings a new task up in the background. */
  start(task: TaskRecord): void {
    this.#announce(task);
    void this.#bringUp(task);
  }

  /**
   * Stops a task the way StopTask does: the stop signal at once, the target deregistered only
   * alongside.
   *
   * A task that is stopping already keeps its first reason.
   */
  stopByUser(task: TaskRecord, reason: string | undefined): void {
    if (!this.#beginStop(task, 'UserInitiated', reason ?? stoppedReason.byUser)) return;
    void this.#stopAtOnce(task);
  }

  /**
   * Stops a task the way the scheduler does: out of the load balancer and drained before the stop
   * signal.
   */
  stopByScheduler(task: TaskRecord, reason: string): void {
    if (!this.#beginStop(task, 'ServiceSchedulerInitiated', reason)) return;
    void this.#drainAndStop(task);
  }

  /** Ends every wait; the processes end with their registry. */
  close(): void {
    this.memory.close();
    this.#closing.abort();
  }

  async #bringUp(task: TaskRecord): Promise<void> {
    const { time, timings } = this.#options;
    const signal = AbortSignal.any([task.starting.signal, this.#closing.signal]);
    if (!(await time.pause(timings.provisioning, signal))) return;
    const problem = await this.#takeAddress(task);
    if (signal.aborted) return;
    if (problem !== undefined) return this.#failStart(task, problem);
    task.pullStartedAt = new Date();
    this.#setStatus(task, 'PENDING');
    const failure = task.deployment.taskDefinition.startFailure;
    // Booted while the image is "pulled": the boot takes real time, which the factor cannot
    // shorten.
    if (failure === undefined) this.#spawn(task);
    if (!(await time.pause(timings.pulling, signal))) return;
    task.pullStoppedAt = new Date();
    if (failure !== undefined) return this.#failStart(task, failure.stoppedReason);
    if (!(await this.#untilListening(task, signal))) return;
    this.#setStatus(task, 'ACTIVATING');
    if (!hasExited(task)) registerTask(task);
    if (!(await time.pause(timings.activating, signal))) return;
    this.#run(task);
  }

  #run(task: TaskRecord): void {
    task.startedAt = new Date();
    this.#setStatus(task, 'RUNNING');
    this.#options.onRunning(task);
    if (task.fault?.kind === 'leak') this.memory.reachAfter(task, task.fault.seconds);
    // Its process was started early: to ECS it ran, and ended now.
    if (hasExited(task)) this.#endByExit(task);
  }

  async #takeAddress(task: TaskRecord): Promise<string | undefined> {
    const zone = task.service.availabilityZones.indexOf(task.availabilityZone);
    const { addresses } = this.#options;
    try {
      task.address = await addresses.take(zone);
      if (listensInside(task.deployment.taskDefinition)) {
        task.innerAddress = await addresses.take(zone);
      }
      return undefined;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return `ResourceInitializationError: ${why}`;
    }
  }

  #spawn(task: TaskRecord): void {
    const { children, workload, onLogLine, time, metadataUrl } = this.#options;
    const stream = streamNameOf(task);
    task.child = children.spawnChild({
      name: `task ${task.id}`,
      file: workload,
      env: workloadEnvironment(task, time, metadataUrl),
      onLine: (line, _stream, atMs) => onLogLine(task, stream, line, atMs),
      onExit: (exit) => this.#onExit(task, exit),
    });
  }

  /** @returns false when the start was cut short. */
  async #untilListening(task: TaskRecord, signal: AbortSignal): Promise<boolean> {
    const giveUpMs = Date.now() + BOOT_MS_MAX;
    const { host, port } = listenerOf(task);
    while (Date.now() < giveUpMs && !hasExited(task)) {
      if (await accepts(host, port)) break;
      if (!(await pauseMs(CONNECT_EVERY_MS, signal))) return false;
    }
    return !signal.aborted;
  }

  #failStart(task: TaskRecord, reason: string): void {
    if (!this.#beginStop(task, 'TaskFailedToStart', reason)) return;
    this.#options.onStartFailed(task);
    void this.#finish(task);
  }

  #onExit(task: TaskRecord, exit: ChildExit): void {
    task.exitCode = exit.exitCode;
    this.memory.forget(task);
    if (this.#closing.signal.aborted || task.startedAt === undefined) return;
    this.#endByExit(task);
  }

  /** An exit nobody asked for ends the task. */
  #endByExit(task: TaskRecord): void {
    if (!this.#beginStop(task, 'EssentialContainerExited', stoppedReason.essentialExited)) return;
    void deregisterTask(task);
    void this.#finish(task);
  }

  /** @returns false when the task is stopping already. */
  #beginStop(task: TaskRecord, code: StopCode, reason: string): boolean {
    if (task.desiredStatus === 'STOPPED') return false;
    task.desiredStatus = 'STOPPED';
    task.stopCode = code;
    task.stoppedReason = reason;
    task.stoppingAt = new Date();
    task.version += 1;
    task.starting.abort();
    return true;
  }

  async #stopAtOnce(task: TaskRecord): Promise<void> {
    const { time, timings } = this.#options;
    // The answer to StopTask still shows the status before the stop.
    await setImmediate();
    this.#setStatus(task, 'DEACTIVATING');
    void time
      .pause(timings.userStopDeregistration, this.#closing.signal)
      .then(() => deregisterTask(task));
    await this.#terminate(task);
    await this.#finish(task);
  }

  async #drainAndStop(task: TaskRecord): Promise<void> {
    const { time, timings } = this.#options;
    this.#setStatus(task, 'DEACTIVATING');
    if (task.registered) {
      await time.pause(timings.schedulerStopDeregistration, this.#closing.signal);
      await deregisterTask(task);
    }
    await this.#terminate(task);
    await this.#finish(task);
  }

  /** Stop signal, then SIGKILL when the stop timeout is over. */
  async #terminate(task: TaskRecord): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#setStatus(task, 'STOPPING');
    const { child } = task;
    if (child === undefined) return;
    const { time, timings } = this.#options;
    const { stopTimeoutSeconds = timings.stopTimeout } = task.deployment.taskDefinition;
    const killAfterMs = time.deadline(stopTimeoutSeconds, STOP_TIMEOUT_MS_MIN);
    child.signal('SIGTERM');
    const kill = setTimeout(() => child.signal('SIGKILL'), killAfterMs);
    await child.exited;
    clearTimeout(kill);
  }

  async #finish(task: TaskRecord): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const { time, timings, addresses } = this.#options;
    task.executionStoppedAt = new Date();
    this.#setStatus(task, 'DEPROVISIONING');
    if (!(await time.pause(timings.deprovisioning, this.#closing.signal))) return;
    for (const address of [task.address, task.innerAddress]) {
      if (address !== undefined) addresses.release(address);
    }
    task.stoppedAt = new Date();
    this.#setStatus(task, 'STOPPED');
  }

  #setStatus(task: TaskRecord, status: TaskStatus): void {
    task.lastStatus = status;
    task.version += 1;
    this.#announce(task);
  }

  #announce(task: TaskRecord): void {
    this.#options.events.emit({
      kind: 'task-status',
      at: Date.now(),
      taskArn: task.arn,
      status: task.lastStatus,
      ...(task.stoppedReason === undefined ? {} : { reason: task.stoppedReason }),
    });
  }
}

/** Read through a function: the exit comes while something else is awaited. */
function hasExited({ exitCode }: TaskRecord): boolean {
  return exitCode !== undefined;
}
