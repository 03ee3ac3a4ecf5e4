/**
 * The life of a task in the virtual world: from its network interface to its end, as Fargate
 * takes its time over it.
 */
import { later, seconds } from '../../../functions/core/time.ts';
import type { TaskFault } from '../../drill/definition.ts';
import { registering } from '../../lab/elb/health-state.ts';
import type { Agenda } from './agenda.ts';
import type { Random } from './random.ts';
import type { WorldDeployment } from './service.ts';
import { START_FAILURES } from './start-failures.ts';
import {
  isLive,
  type Origin,
  type StopCode,
  type WorldTask,
  writeError,
  writeLine,
} from './task.ts';

/** AWS seconds, as measured on Fargate; see the facts named in `docs/benchmarks.md`. */
const TIMES = {
  provisioning: 15,
  pulling: [10, 20],
  activating: 2,
  /** A task that StopTask ends is taken out of its target group only alongside. */
  userStopDeregistration: 3,
  schedulerStopDeregistration: 8,
  /** The workload serves on after SIGTERM, so that nobody loses a connection. */
  drain: 10,
  stopTimeout: 30,
  deprovisioning: 10,
  targetLeaves: 30,
  startBackOff: 10,
  startBackOffMax: 900,
} as const;

const CRASH_AFTER_SECONDS = 1;
const EXIT_CONFIG = 78;
const EXIT_KILLED = 137;

/** What a task's life depends on of its service. */
export interface Household {
  readonly isAttached: boolean;
  readonly deployments: readonly WorldDeployment[];
  readonly groupFaults: readonly { readonly zone: string; readonly fault: TaskFault }[];
  readonly newTaskFault: { readonly fault: TaskFault; left: number } | undefined;
  backOff: { failures: number; until: number };
  tell(text: string): void;
}

export class Lifecycle {
  readonly #agenda: Agenda;
  readonly #random: Random;
  readonly #house: Household;

  constructor(agenda: Agenda, random: Random, house: Household) {
    this.#agenda = agenda;
    this.#random = random;
    this.#house = house;
  }

  begin(task: WorldTask, random: Random): void {
    this.#agenda.after(TIMES.provisioning, () => this.#pull(task, random));
  }

  /** StopTask: the stop signal at once, the target deregistered only alongside. */
  stopByUser(task: WorldTask, reason: string): void {
    if (!this.#beginStop(task, 'UserInitiated', reason)) return;
    this.#agenda.after(TIMES.userStopDeregistration, () => this.deregister(task));
    this.#terminate(task);
  }

  /** The scheduler's stop: out of the load balancer first. */
  stopByScheduler(task: WorldTask, reason: string): void {
    if (!this.#beginStop(task, 'ServiceSchedulerInitiated', reason)) return;
    this.#agenda.after(TIMES.schedulerStopDeregistration, () => {
      this.deregister(task);
      this.#terminate(task);
    });
  }

  /** The process ends by itself. */
  exit(task: WorldTask, exitCode: number, containerReason?: string): void {
    if (!task.isUp) return;
    const reason = 'Essential container in task exited';
    this.#beginStop(task, 'EssentialContainerExited', reason);
    task.exitCode = exitCode;
    if (containerReason !== undefined) task.containerReason = containerReason;
    this.#end(task);
  }

  fall(task: WorldTask, fault: TaskFault, origin: Origin): void {
    const since = this.#agenda.now();
    if (fault.kind === 'exit') {
      this.exit(task, fault.code);
      return;
    }
    task.illness = { fault, origin, since };
    if (fault.kind !== 'leak') return;
    writeLine(task, since, 'memory use grows');
    this.#agenda.after(fault.seconds, () => {
      if (task.illness?.since !== since || task.illness.fault !== fault) return;
      this.exit(task, EXIT_KILLED, 'OutOfMemoryError: Container killed due to memory usage');
    });
  }

  /** The process runs, and its target is registered. */
  run(task: WorldTask): void {
    const { host = '0.0.0.0', port = 8080 } = task.revision;
    task.isUp = true;
    writeLine(task, this.#agenda.now(), `listening on ${host}:${port}`);
    this.register(task);
  }

  #pull(task: WorldTask, random: Random): void {
    if (!isLive(task) || task.status !== 'PROVISIONING') return;
    task.status = 'PENDING';
    this.#agenda.after(random.between(...TIMES.pulling), () => {
      if (!isLive(task)) return;
      const { startFailure } = task.revision;
      if (startFailure === undefined) this.#boot(task);
      else this.#failStart(task, START_FAILURES[startFailure](task.revision.name));
    });
  }

  #boot(task: WorldTask): void {
    const now = this.#agenda.now();
    const { without = [], startupSeconds = 0 } = task.revision;
    if (without.length > 0) {
      this.#crashAtStart(task, without);
      return;
    }
    this.run(task);
    task.status = 'ACTIVATING';
    task.readyAt = later(now, seconds(startupSeconds));
    this.#agenda.at(task.readyAt, () => this.#becomeReady(task));
    this.#agenda.after(TIMES.activating, () => {
      if (!isLive(task)) return;
      task.status = 'RUNNING';
      task.startedAt = this.#agenda.now();
      this.#house.backOff = { failures: 0, until: 0 };
    });
  }

  #becomeReady(task: WorldTask): void {
    if (!task.isUp) return;
    writeLine(task, this.#agenda.now(), 'ready');
    const { fault } = task.revision;
    const shared = this.#house.groupFaults.find(({ zone }) => task.zone.endsWith(zone));
    const born = fault ?? shared?.fault;
    if (born !== undefined) {
      this.fall(task, born, fault === undefined ? 'group' : 'revision');
      return;
    }
    const next = this.#house.newTaskFault;
    if (next === undefined || next.left <= 0) return;
    next.left -= 1;
    this.fall(task, next.fault, 'task');
  }

  #crashAtStart(task: WorldTask, without: readonly string[]): void {
    const now = this.#agenda.now();
    const wanted = without.map((name) => `${name}: got nothing, wanted a value`).join('; ');
    task.isUp = true;
    task.status = 'RUNNING';
    task.startedAt = now;
    writeError(task, now, `invalid environment: ${wanted}`);
    this.#agenda.after(CRASH_AFTER_SECONDS, () => this.exit(task, EXIT_CONFIG));
  }

  #failStart(task: WorldTask, reason: string): void {
    this.#beginStop(task, 'TaskFailedToStart', reason);
    this.#end(task);
    const failures = this.#house.backOff.failures + 1;
    const delay = Math.min(TIMES.startBackOff * 2 ** (failures - 1), TIMES.startBackOffMax);
    this.#house.backOff = { failures, until: this.#agenda.now() + delay * 1_000 };
    const deployment = this.#house.deployments.find(({ id }) => id === task.deploymentId);
    if (deployment !== undefined) deployment.failedTasks += 1;
    this.#house.tell(`was unable to place a task. Reason: ${reason}`);
    if (failures === 3) this.#house.tell('is unable to consistently start tasks successfully.');
  }

  #beginStop(task: WorldTask, code: StopCode, reason: string): boolean {
    if (!isLive(task)) return false;
    const stopping = { desired: 'STOPPED', status: 'DEACTIVATING' } as const;
    Object.assign(task, stopping, { stopCode: code, stoppedReason: reason });
    task.stoppedAt = this.#agenda.now();
    return true;
  }

  /** A process that cannot hear the stop signal is killed when the stop timeout is over. */
  #terminate(task: WorldTask): void {
    task.status = 'STOPPING';
    if (!task.isUp) {
      this.#end(task);
      return;
    }
    const isDeaf = task.illness?.fault.kind === 'hang';
    this.#agenda.after(isDeaf ? TIMES.stopTimeout : TIMES.drain, () => {
      if (!task.isUp) return;
      task.exitCode = isDeaf ? EXIT_KILLED : 0;
      this.#end(task);
    });
  }

  #end(task: WorldTask): void {
    task.isUp = false;
    task.status = 'DEPROVISIONING';
    this.deregister(task);
    this.#agenda.after(TIMES.deprovisioning, () => {
      task.status = 'STOPPED';
    });
  }

  register(task: WorldTask): void {
    if (!this.#house.isAttached || task.target !== undefined) return;
    task.target = registering(this.#agenda.now());
    task.nextCheckAt = this.#agenda.now() + this.#random.integer(1, 5) * 1_000;
  }

  deregister(task: WorldTask): void {
    if (task.target === undefined || task.target.health.state === 'draining') return;
    const sinceMs = this.#agenda.now();
    const reason = 'Target.DeregistrationInProgress';
    const description = 'Target deregistration is in progress';
    const health = { state: 'draining', reason, description, sinceMs } as const;
    task.target = { ...task.target, health };
    this.#agenda.after(TIMES.targetLeaves, () => {
      if (task.target?.health.sinceMs === sinceMs) delete task.target;
    });
  }
}
