/**
 * One complete look at a service at one instant; every part is read, absent (there is no such
 * source) or unreadable.
 */
import type { AlarmState } from './delivery.ts';
import type { EpochMillis } from './time.ts';

export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly code: string; readonly message: string };

export interface AlarmReading {
  readonly arn: string;
  readonly name: string;
  readonly state: AlarmState;
  readonly since: EpochMillis;
  readonly reason: string;
  readonly suppressed: boolean;
}

export interface DeploymentReading {
  readonly id: string;
  readonly status: string;
  /** `IN_PROGRESS`, `COMPLETED`, `FAILED`; absent for controllers that have none. */
  readonly rolloutState?: string;
  readonly taskDefinition: string;
  readonly createdAt?: EpochMillis;
}

export interface ServiceReading {
  readonly status: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  readonly controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  /** Rolling and native strategies; empty for CODE_DEPLOY. */
  readonly deployments: readonly DeploymentReading[];
  /** CODE_DEPLOY and EXTERNAL; empty for the ECS controller. */
  readonly taskSets: readonly DeploymentReading[];
  readonly graceSeconds: number;
}

export interface TaskReading {
  readonly arn: string;
  readonly id: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly health: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';
  readonly createdAt?: EpochMillis;
  /** Absent until the task is RUNNING. */
  readonly startedAt?: EpochMillis;
  readonly zone?: string;
  readonly revision: string;
  readonly ip?: string;
  /** Set while task protection is on. It stops scale-in and deployments, but not StopTask: honouring it is up to us. */
  readonly protectedUntil?: EpochMillis;
}

export interface TargetReading {
  readonly targetGroupArn: string;
  readonly ip: string;
  readonly port: number;
  readonly state: string;
  readonly reason?: string;
  readonly description?: string;
}

/** What one task's log stream says about the requests it served in the window. */
export interface TaskTraffic {
  readonly taskId: string;
  readonly requests: number;
  /** Requests answered with a status of 500 or above. */
  readonly errors: number;
  /** The newest error lines, redacted, newest last. */
  readonly lastErrors: readonly string[];
  readonly traceIds: readonly string[];
}

export interface TrafficReading {
  readonly from: EpochMillis;
  readonly to: EpochMillis;
  readonly tasks: readonly TaskTraffic[];
  /** True when a limit ended the reading early: counts are then a sample. */
  readonly truncated: boolean;
}

export interface Observation {
  readonly at: EpochMillis;
  readonly alarms: Reading<readonly AlarmReading[]>;
  readonly service: Reading<ServiceReading>;
  readonly tasks: Reading<readonly TaskReading[]>;
  readonly targets: Reading<readonly TargetReading[]>;
  readonly traffic: Reading<TrafficReading>;
}

/** An observation of which every source that exists could be read. */
export interface CompleteObservation {
  readonly at: EpochMillis;
  readonly alarms: readonly AlarmReading[];
  readonly service: ServiceReading;
  readonly tasks: readonly TaskReading[];
  /** Absent for a service without a load balancer. */
  readonly targets?: readonly TargetReading[];
  /** Absent for a service without a log group. */
  readonly traffic?: TrafficReading;
}

/** @returns the complete observation, or one line per source that could not be read. */
export function complete(
  observation: Observation,
): CompleteObservation | { readonly unreadable: string[] } {
  const { at, alarms, service, tasks, targets, traffic } = observation;
  const unreadable = Object.entries({ alarms, service, tasks, targets, traffic }).flatMap(
    ([source, reading]) => {
      if (reading.kind === 'unreadable') return [`${source}: ${reading.code}: ${reading.message}`];
      const optional = source === 'targets' || source === 'traffic';
      return reading.kind === 'absent' && !optional ? [`${source}: absent`] : [];
    },
  );
  if (alarms.kind !== 'read' || service.kind !== 'read' || tasks.kind !== 'read')
    return { unreadable };
  if (unreadable.length > 0) return { unreadable };
  return {
    at,
    alarms: alarms.value,
    service: service.value,
    tasks: tasks.value,
    ...(targets.kind === 'read' ? { targets: targets.value } : {}),
    ...(traffic.kind === 'read' ? { traffic: traffic.value } : {}),
  };
}
