/**
 * What a person at the command line reads, besides what a decision reads. Nothing here writes.
 * Every read takes a signal and throws a `HealerError` when it fails.
 */
import type { AlarmState } from '../core/delivery.ts';
import type { Entry } from '../core/entry.ts';
import type { Incident } from '../core/incident.ts';

export interface IncidentHistory {
  /** The newest kept state of each incident of the service, in the order in which they began. */
  incidents(serviceId: string, signal: AbortSignal): Promise<readonly Incident[]>;
  /** Everything that was kept of one incident, oldest first; empty when nothing is known of it. */
  timeline(incidentId: string, signal: AbortSignal): Promise<readonly Entry[]>;
}

/** An alarm as it is set up. */
export interface AlarmSetting {
  readonly arn: string;
  /** Absent when there is no such alarm. */
  readonly state?: AlarmState;
}

export interface AlarmInspector {
  /** @returns one setting per ARN, also for those that do not exist. */
  settings(arns: readonly string[], signal: AbortSignal): Promise<readonly AlarmSetting[]>;
}

export interface QueueReading {
  readonly arn: string;
  /** Messages that nobody has taken yet; about, as SQS counts. */
  readonly waiting: number;
  /** Messages that are being worked on. */
  readonly inFlight: number;
  /** Re-checks that are not due yet. */
  readonly delayed: number;
  /** ARN of the queue that takes what failed too often; absent when there is none. */
  readonly deadLetterArn?: string;
}

export interface QueueReader {
  /** @throws {dependency.missing} when there is no such queue. */
  read(url: string, signal: AbortSignal): Promise<QueueReading>;
  /** @returns the URL of a queue of the same account and Region. */
  urlOf(arn: string, signal: AbortSignal): Promise<string>;
}

export interface TableReader {
  /**
   * @returns the attribute by which items expire; nothing when they never do.
   * @throws {dependency.missing} when there is no such table.
   */
  expiry(signal: AbortSignal): Promise<string | undefined>;
}
