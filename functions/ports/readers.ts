/**
 * Where an observation comes from. Every read takes the invocation's signal and throws a `HealerError` when it fails;
 * `observe` turns that into an unreadable reading.
 */
import type { TaskLines } from '../core/cause.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import type {
  AlarmReading,
  ServiceReading,
  StoppedTaskReading,
  TargetReading,
  TaskReading,
  TrafficReading,
} from '../core/observation.ts';
import type { EpochMillis } from '../core/time.ts';

export interface AlarmReader {
  /** @returns one reading per ARN; an alarm that does not exist is an error, never left out. */
  alarms(arns: readonly string[], signal: AbortSignal): Promise<readonly AlarmReading[]>;
}

export interface FleetReader {
  service(service: GuardedService, signal: AbortSignal): Promise<ServiceReading>;
  /** Every task that is meant to run, whatever its status. */
  tasks(service: GuardedService, signal: AbortSignal): Promise<readonly TaskReading[]>;
  /** Tasks that ended since the given time, newest first. */
  stopped(
    service: GuardedService,
    since: EpochMillis,
    signal: AbortSignal,
  ): Promise<readonly StoppedTaskReading[]>;
}

export interface TargetReader {
  targets(arns: readonly string[], signal: AbortSignal): Promise<readonly TargetReading[]>;
}

export interface TrafficReader {
  traffic(
    service: GuardedService,
    window: { readonly from: EpochMillis; readonly to: EpochMillis },
    signal: AbortSignal,
  ): Promise<TrafficReading>;
}

/** The last words of tasks, read only when a human is to be told what is wrong. */
export interface LineReader {
  /** @param spans - per task, when it may have written them. @returns at most 20 redacted lines a task. */
  lines(
    service: GuardedService,
    spans: readonly LineSpan[],
    signal: AbortSignal,
  ): Promise<readonly TaskLines[]>;
}

export interface LineSpan {
  readonly taskId: string;
  readonly from: EpochMillis;
  readonly to: EpochMillis;
}
