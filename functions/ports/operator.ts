/**
 * What a person at the command line reads, besides what a decision reads, and whom they ask. Nothing here writes:
 * what changes something is asked of a deployed function. Everything takes a signal, and throws a `HealerError`
 * when it fails.
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

/** Asks a deployed function for something, and waits for its answer. */
export interface FunctionInvoker {
  /**
   * @param functionName - name or ARN
   * @throws the function's own error, by its code, with `details.function` set; `dependency.outcome-unknown` when
   * nobody can say how far it came.
   */
  ask(functionName: string, request: object, signal: AbortSignal): Promise<unknown>;
}

/** A function as it is set up. */
export interface FunctionSetting {
  readonly state: string;
  /** How the last update of code or configuration ended. */
  readonly lastUpdate: string;
  readonly runtime: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What Lambda reads for a function. */
export interface FunctionSource {
  readonly arn: string;
  readonly isEnabled: boolean;
}

export interface FunctionInspector {
  /** @throws {dependency.missing} when there is no such function. */
  setting(functionName: string, signal: AbortSignal): Promise<FunctionSetting>;
  sources(functionName: string, signal: AbortSignal): Promise<readonly FunctionSource[]>;
}

/** An EventBridge rule. */
export interface RuleSetting {
  readonly name: string;
  readonly isEnabled: boolean;
  /** Parsed; absent of a schedule. */
  readonly pattern?: unknown;
}

export interface RuleReader {
  /** @returns every rule of the default bus that has this target, enabled or not. */
  rulesTo(targetArn: string, signal: AbortSignal): Promise<readonly RuleSetting[]>;
}

/** Slack, asked directly. @throws {chat.refused} with Slack's code, {chat.unavailable} when it does not answer. */
export interface ChatInspector {
  /** @returns who the token is, such as `self-healing in Shop`. */
  identify(token: string, signal: AbortSignal): Promise<string>;
  /** Asks the webhook's host for anything, without posting. @returns the host's name. */
  reach(url: string, signal: AbortSignal): Promise<string>;
  postByToken(token: string, channel: string, text: string, signal: AbortSignal): Promise<void>;
  postByWebhook(url: string, text: string, signal: AbortSignal): Promise<void>;
}
