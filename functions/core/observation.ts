/**
 * One complete look at a service at one instant; every part is read, absent (there is no such
 * source) or unreadable.
 */
import { assert } from './assert.ts';
import type { AlarmState } from './delivery.ts';
import type { EpochMillis } from './time.ts';

export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly code: string; readonly message: string }
  /** Left out, because nothing that it could say would change the verdict. */
  | { readonly kind: 'unread'; readonly why: string };

export interface AlarmReading {
  readonly arn: string;
  readonly name: string;
  readonly state: AlarmState;
  readonly since: EpochMillis;
  readonly reason: string;
  readonly suppressed: boolean;
}

/** Another guarded service that this one calls, and which of its alarms ring. */
export interface DownstreamReading {
  readonly serviceId: string;
  /** Names of its alarms that are in ALARM. */
  readonly ringing: readonly string[];
}

export interface DeploymentReading {
  readonly id: string;
  readonly status: string;
  /** `IN_PROGRESS`, `COMPLETED`, `FAILED`; absent for controllers that have none. */
  readonly rolloutState?: string;
  readonly taskDefinition: string;
  readonly createdAt?: EpochMillis;
  /** Tasks of it that failed in a row. */
  readonly failedTasks?: number;
}

/** One line of what the scheduler says about the service. */
export interface ServiceEvent {
  readonly at: EpochMillis;
  readonly message: string;
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
  /** The newest first, as ECS keeps them. */
  readonly events: readonly ServiceEvent[];
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

/** A task that ended lately; ECS shows it for about an hour. */
export interface StoppedTaskReading {
  readonly id: string;
  readonly revision: string;
  readonly zone?: string;
  /** Absent when it never was RUNNING. */
  readonly startedAt?: EpochMillis;
  /** When ECS began to stop it, or found it stopped. */
  readonly stoppedAt: EpochMillis;
  /** Such as `TaskFailedToStart`, `EssentialContainerExited`, `ServiceSchedulerInitiated`, `UserInitiated`. */
  readonly stopCode: string;
  readonly stoppedReason: string;
  /** Of the essential container that ended; absent when none ever ran. */
  readonly exitCode?: number;
  /** ECS's words about that container, such as `OutOfMemoryError: Container killed due to memory usage`. */
  readonly containerReason?: string;
}

export interface TargetReading {
  readonly targetGroupArn: string;
  readonly ip: string;
  readonly port: number;
  readonly state: string;
  readonly reason?: string;
  readonly description?: string;
  /** Set when the load balancer compares the targets with each other: it does with three healthy ones or more. */
  readonly anomaly?: { readonly anomalous: boolean; readonly mitigated: boolean };
  /** A person, or AWS, routes traffic away from this target's zone. */
  readonly zonalShift?: boolean;
}

/** What one task's log stream says about the requests it served in the window. */
export interface TaskTraffic {
  readonly taskId: string;
  /** Requests; log lines when the reading's basis is `level`. */
  readonly requests: number;
  /** Requests answered with a status of 500 or above; lines of level error or worse when the basis is `level`. */
  readonly errors: number;
  /** Requests whose duration is known, and how many of them took longer than the policy's `slowMs`. */
  readonly timed: number;
  readonly slow: number;
  /** The newest error lines, redacted, newest last. */
  readonly lastErrors: readonly string[];
  readonly traceIds: readonly string[];
}

/**
 * What the log lines let us count.
 * - `status`: requests, by the status they were answered with
 * - `level`: lines, by their level; the service logs no status
 * - `none`: neither; a failure that health checks do not see cannot be seen here either
 */
export type TrafficBasis = 'status' | 'level' | 'none';

/** What a reading of the logs took, and costs at the price of the Region we know. */
export interface ReadingCost {
  readonly source: 'FilterLogEvents' | 'Logs Insights';
  readonly calls: number;
  /** Only Logs Insights says, and charges by it. */
  readonly bytesScanned?: number;
  /** US dollars; 0 for FilterLogEvents, which is free. */
  readonly usd: number;
}

export interface TrafficReading {
  readonly from: EpochMillis;
  readonly to: EpochMillis;
  readonly basis: TrafficBasis;
  readonly cost: ReadingCost;
  readonly tasks: readonly TaskTraffic[];
  /** True when a limit ended the reading early: counts are then a sample. */
  readonly truncated: boolean;
}

export interface Observation {
  readonly at: EpochMillis;
  readonly alarms: Reading<readonly AlarmReading[]>;
  readonly service: Reading<ServiceReading>;
  readonly tasks: Reading<readonly TaskReading[]>;
  /** Tasks that ended lately, newest first. */
  readonly stopped: Reading<readonly StoppedTaskReading[]>;
  /** Absent for a service that depends on no other guarded one. */
  readonly downstream: Reading<readonly DownstreamReading[]>;
  readonly targets: Reading<readonly TargetReading[]>;
  readonly traffic: Reading<TrafficReading>;
}

/** An observation of which every source that exists could be read. */
export interface CompleteObservation {
  readonly at: EpochMillis;
  readonly alarms: readonly AlarmReading[];
  readonly service: ServiceReading;
  readonly tasks: readonly TaskReading[];
  readonly stopped: readonly StoppedTaskReading[];
  readonly downstream: readonly DownstreamReading[];
  /** Absent for a service without a load balancer. */
  readonly targets?: readonly TargetReading[];
  /** Absent for a service without a log group. */
  readonly traffic?: TrafficReading;
}

const REQUIRED = ['alarms', 'service', 'tasks', 'stopped'] as const;

/** @returns the complete observation, or one line per source that could not be read. */
export function complete(
  observation: Observation,
): CompleteObservation | { readonly unreadable: string[] } {
  const { at, ...sources } = observation;
  const unreadable = Object.entries(sources).flatMap(([source, reading]) => {
    if (reading.kind === 'unreadable') return [`${source}: ${reading.code}: ${reading.message}`];
    if (reading.kind === 'unread') return [`${source}: not read: ${reading.why}`];
    const isRequired = (REQUIRED as readonly string[]).includes(source);
    return reading.kind === 'absent' && isRequired ? [`${source}: absent`] : [];
  });
  if (unreadable.length > 0) return { unreadable };
  const { alarms, service, tasks, stopped, downstream, targets, traffic } = sources;
  return {
    at,
    alarms: required(alarms),
    service: required(service),
    tasks: required(tasks),
    stopped: required(stopped),
    downstream: downstream.kind === 'read' ? downstream.value : [],
    ...(targets.kind === 'read' ? { targets: targets.value } : {}),
    ...(traffic.kind === 'read' ? { traffic: traffic.value } : {}),
  };
}

/** Of a source that must have been read, for none that is required was found missing. */
function required<T>(reading: Reading<T>): T {
  assert(reading.kind === 'read', 'a source that is required was not read');
  return reading.value;
}
