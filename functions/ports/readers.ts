/**
 * Where an observation comes from. Every read takes the invocation's signal and throws a `HealerError` when it fails;
 * `observe` turns that into an unreadable reading.
 */
import type { GuardedService } from '../core/guarded-service.ts';
import type {
  AlarmReading,
  ServiceReading,
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
