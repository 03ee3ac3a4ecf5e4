/**
 * The life of one task: from a network interface to a real process, and the two ways in which ECS
 * ends it.
 */
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { LabEvents } from '../events.ts';
import type { LoopbackAddresses } from '../process/addresses.ts';
import type { ChildExit, ChildProcesses } from '../process/child-processes.ts';
import { pauseMs, type TimeFactor } from '../time-factor.ts';
import type { StopCode, TaskRecord, TaskStatus } from './model.ts';
import { stoppedReason } from './service-events.ts';
import type { EcsTimings } from './timings.ts';
import { streamNameOf, workloadEnvironment } from './workload-environment.ts';

/** Called with each line a task prints, as its log driver would send it. */
export type LogLineSink = (taskArn: string, streamName: string, line: string, atMs: number) => void;

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
  readonly #options: LifecycleOptions;
  readonly #closing = new AbortController();

  constructor(options: LifecycleOptions) {
    this.#options = options;
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
    this.#register(task);
    if (!(await time.pause(timings.activating, signal))) return;
    task.startedAt = new Date();
    this.#setStatus(task, 'RUNNING');
    this.#options.onRunning(task);
  }

  async #takeAddress(task: TaskRecord): Promise<string | undefined> {
    const zone = task.service.availabilityZones.indexOf(task.availabilityZone);
    try {
      task.address = await this.#options.addresses.take(zone);
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
      onLine: (line, _stream, atMs) => onLogLine(task.arn, stream, line, atMs),
      onExit: (exit) => this.#onExit(task, exit),
    });
  }

  /** @returns false when the start was cut short. */
  async #untilListening(task: TaskRecord, signal: AbortSignal): Promise<boolean> {
    const giveUpMs = Date.now() + BOOT_MS_MAX;
    while (Date.now() < giveUpMs) {
      if (await accepts(task.address ?? '', task.service.containerPort)) break;
      if (!(await pauseMs(CONNECT_EVERY_MS, signal))) return false;
    }
    return !signal.aborted;
  }

  #failStart(task: TaskRecord, reason: string): void {
    if (!this.#beginStop(task, 'TaskFailedToStart', reason)) return;
    this.#options.onStartFailed(task);
    void this.#finish(task);
  }

  /** An exit nobody asked for ends the task. */
  #onExit(task: TaskRecord, exit: ChildExit): void {
    task.exitCode = exit.exitCode;
    if (this.#closing.signal.aborted) return;
    if (!this.#beginStop(task, 'EssentialContainerExited', stoppedReason.essentialExited)) return;
    void this.#deregister(task);
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
      .then(() => this.#deregister(task));
    await this.#terminate(task);
    await this.#finish(task);
  }

  async #drainAndStop(task: TaskRecord): Promise<void> {
    const { time, timings } = this.#options;
    this.#setStatus(task, 'DEACTIVATING');
    if (task.registered) {
      await time.pause(timings.schedulerStopDeregistration, this.#closing.signal);
      await this.#deregister(task);
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
    if (task.address !== undefined) addresses.release(task.address);
    task.stoppedAt = new Date();
    this.#setStatus(task, 'STOPPED');
  }

  #register(task: TaskRecord): void {
    const { targetGroup, containerPort, unreported } = task.service;
    if (targetGroup === undefined || task.address === undefined) return;
    task.registered = true;
    unreported.registered += 1;
    targetGroup.register({
      id: task.address,
      port: containerPort,
      availabilityZone: task.availabilityZone,
      taskArn: task.arn,
    });
  }

  /** Resolves when the target has drained. */
  async #deregister(task: TaskRecord): Promise<void> {
    const { targetGroup, containerPort, unreported } = task.service;
    if (!task.registered || targetGroup === undefined || task.address === undefined) return;
    task.registered = false;
    unreported.deregistered += 1;
    await targetGroup.deregister({ id: task.address, port: containerPort });
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

/** Whether something accepts connections there. */
function accepts(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port });
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
