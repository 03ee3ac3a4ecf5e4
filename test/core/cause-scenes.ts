/** Fleets in trouble, and what AWS and the applications say about them. */
import {
  type Cause,
  type CauseInput,
  nameCause,
  type TaskLines,
} from '../../functions/core/cause.ts';
import { diagnose } from '../../functions/core/evidence.ts';
import {
  type CompleteObservation,
  complete,
  type ServiceEvent,
  type StoppedTaskReading,
  type TargetReading,
} from '../../functions/core/observation.ts';
import { earlier, minutes, seconds } from '../../functions/core/time.ts';
import {
  anObservation,
  aService,
  aStoppedTask,
  aTarget,
  aTask,
  NOW,
  type Scene,
  TARGET_GROUP,
  taskId,
  traffic,
} from './builders.ts';

export const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/checkout-api:1.8.4';
export const NOT_FOUND =
  'CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ' +
  `ref ${IMAGE}: ${IMAGE}: not found`;
export const SERVICE = aService();

export function observe(scene: Scene): CompleteObservation {
  const observation = complete(anObservation(scene));
  if ('unreadable' in observation) throw new Error(observation.unreadable.join());
  return observation;
}

export function cause(
  scene: Scene,
  lines: readonly TaskLines[] = [],
  service = SERVICE,
): Cause | undefined {
  return nameCause(inputOf(scene, lines, service));
}

/** What one rule is given, where another would come before it. */
export function inputOf(
  scene: Scene,
  lines: readonly TaskLines[] = [],
  service = SERVICE,
): CauseInput {
  const observation = observe(scene);
  return { observation, diagnosis: diagnose(observation, service.policy), service, lines };
}

export function said(n: number, ...lines: readonly string[]): TaskLines {
  return { taskId: taskId(n), lines };
}

/** Two tasks that were to come, and did not. */
export function failedStarts(stoppedReason: string): Scene {
  return {
    service: { desired: 4, running: 2, pending: 1 },
    tasks: [1, 2].map((n) => aTask(n)),
    targets: [1, 2].map((n) => aTarget(n)),
    traffic: [1, 2].map((n) => traffic(n, 100, 0)),
    stopped: [11, 12].map((n) => aFailedStart(n, n - 10, stoppedReason)),
  };
}

export function aFailedStart(n: number, minutesAgo: number, stoppedReason: string) {
  const { startedAt: _never, ...task } = aStoppedTask(n, minutesAgo, {
    stopCode: 'TaskFailedToStart',
    stoppedReason,
  });
  return task;
}

export function anExit(
  n: number,
  minutesAgo: number,
  exitCode: number,
  overrides: Partial<StoppedTaskReading> = {},
): StoppedTaskReading {
  const task = aStoppedTask(n, minutesAgo, {
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    exitCode,
  });
  return { ...task, startedAt: earlier(task.stoppedAt, seconds(4)), ...overrides };
}

/** No task is left, and those that came have ended. */
export function allGone(stopped: readonly StoppedTaskReading[]): Scene {
  const service = { desired: 2, running: 0, pending: 2 };
  return { service, tasks: [], targets: [], traffic: [], stopped };
}

/** Two tasks that run for an hour, and fail their checks alike. */
export function failingChecks(target: Partial<TargetReading>, scene: Scene = {}): Scene {
  return {
    tasks: [1, 2].map((n) => aTask(n)),
    targets: [1, 2].map((n) => aTarget(n, { state: 'unhealthy', ...target })),
    traffic: [1, 2].map((n) => traffic(n, 0, 0)),
    ...scene,
  };
}

export const REFUSED = {
  reason: 'Target.FailedHealthChecks',
  description: 'Health checks failed',
} as const;
export const TIMEOUT = { reason: 'Target.Timeout', description: 'Request timed out' } as const;
export const mismatch = (code: number) =>
  ({
    reason: 'Target.ResponseCodeMismatch',
    description: `Health checks failed with these codes: [${code}]`,
  }) as const;

/** Tasks stopped for their checks, one a minute, and ECS's word on why. */
export function stoppedByChecks(reason: string, ns: readonly number[] = [11, 12]): Scene {
  const stopped = ns.map((n, index) => aStoppedTask(n, index + 1));
  return {
    ...allGone(stopped),
    service: {
      desired: 2,
      running: 0,
      pending: 2,
      events: stopped.map((task) => unhealthyEvent(task, reason)),
    },
  };
}

export function unhealthyEvent(
  { id, stoppedAt }: StoppedTaskReading,
  reason: string,
): ServiceEvent {
  return {
    at: earlier(stoppedAt, seconds(20)),
    message:
      `(service checkout-api) (task ${id}) (port 8080) is unhealthy in ` +
      `(target-group ${TARGET_GROUP}) due to (reason ${reason}).`,
  };
}

export function event(message: string, minutesAgo = 1): ServiceEvent {
  return { at: earlier(NOW, minutes(minutesAgo)), message: `(service checkout-api) ${message}` };
}
