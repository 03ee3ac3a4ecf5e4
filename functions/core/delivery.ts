/** What can arrive at `remediate`, whatever envelope it came in. */
import { between, type DurationMillis, type EpochMillis, earliest, minutes } from './time.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type AlarmKind = 'metric' | 'metric-math' | 'composite';

/** One alarm state change, the same for CloudWatch's direct Lambda action, SNS and EventBridge. */
export interface Alarm {
  readonly arn: string;
  readonly name: string;
  readonly kind: AlarmKind;
  readonly accountId: string;
  readonly region: string;
  readonly state: AlarmState;
  /** Absent when the source does not say. */
  readonly previousState?: AlarmState;
  /** When the state changed; with the ARN it names the change, so duplicates can be told. */
  readonly changedAt: EpochMillis;
  /** CloudWatch's sentence, for people only: never parsed for decisions. */
  readonly reason: string;
  /** Child alarms that made a composite alarm fire. */
  readonly triggeredBy: readonly string[];
  /** Set while a composite alarm's suppressor holds its actions back. */
  readonly suppressedBy?: string;
}

export type Delivery =
  | {
      readonly kind: 'alarm';
      readonly alarm: Alarm;
      /** When the queue got the message; absent when it came by another way. */
      readonly sentAt?: EpochMillis;
    }
  | {
      readonly kind: 'recheck';
      readonly serviceId: string;
      readonly incidentId: string;
      /** Only the newest re-check of an incident counts; older ones are superseded. */
      readonly token: number;
    }
  | {
      readonly kind: 'manual';
      readonly serviceId: string;
      readonly requestedBy: string;
      readonly reason: string;
      /** Look and decide, but write, stop and announce nothing. */
      readonly dryRun: boolean;
      /** The same for every delivery of one request; filled in from the message that brought it. */
      readonly request?: string;
      /** The incident that it is about; whichever is open when it is not said. */
      readonly incidentId?: string;
      readonly askedAt?: EpochMillis;
    };

/** Stands for every guarded service; none can have this id. */
export const ALL_SERVICES = '*';

/** About a pause of one service, or of {@link ALL_SERVICES}. */
export type PauseDelivery =
  | (PauseRequest & { readonly until: EpochMillis })
  | (PauseRequest & { readonly for: DurationMillis })
  | {
      readonly kind: 'resume';
      readonly serviceId: string;
      readonly by: string;
      readonly why?: string;
      readonly request?: string;
      readonly askedAt?: EpochMillis;
    }
  | {
      /** Sent by the healer to itself: ends the pause, or waits on. */
      readonly kind: 'pause-check';
      readonly serviceId: string;
      readonly pauseId: string;
      /** As it was when this was sent; a pause that was changed has a check of its own. */
      readonly until: EpochMillis;
    };

interface PauseRequest {
  readonly kind: 'pause';
  readonly serviceId: string;
  readonly by: string;
  readonly why: string;
  /** Names the request where its sender does; otherwise the message that brought it does. */
  readonly request?: string;
  readonly askedAt?: EpochMillis;
}

/** A person says: I have this incident. */
export interface AcknowledgeDelivery {
  readonly kind: 'acknowledge';
  readonly serviceId: string;
  readonly incidentId: string;
  readonly by: string;
  readonly askedAt?: EpochMillis;
}

/** Whatever comes in. */
export type Arrival = Delivery | PauseDelivery | AcknowledgeDelivery;

/** What was on its way for longer is about another hour: it is recorded, and stops nothing by itself. */
export const LATE_AFTER = minutes(6 * 60);

/** Clocks of two machines differ; by more than this, one of the times was made up. */
export const AHEAD_MAX = minutes(5);

/** When what it tells of happened; absent for what the healer sends itself, which is told by tokens. */
export function happenedAt(arrival: Arrival, sentAt?: EpochMillis): EpochMillis | undefined {
  switch (arrival.kind) {
    case 'alarm':
      return first(arrival.alarm.changedAt, sentAt ?? arrival.sentAt);
    case 'recheck':
    case 'pause-check':
      return undefined;
    default:
      return first(arrival.askedAt, sentAt);
  }
}

function first(...instants: readonly (EpochMillis | undefined)[]): EpochMillis | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? undefined : earliest(...known);
}

/** Whether it is too old to be acted upon. */
export function isLate(arrival: Arrival, now: EpochMillis, sentAt?: EpochMillis): boolean {
  const at = happenedAt(arrival, sentAt);
  return at !== undefined && between(at, now) > LATE_AFTER;
}

export function isAboutPause(arrival: Arrival): arrival is PauseDelivery {
  return ['pause', 'resume', 'pause-check'].includes(arrival.kind);
}

/** One line that names a delivery, for the timeline and the log. */
export function nameDelivery(delivery: Arrival): string {
  switch (delivery.kind) {
    case 'alarm':
      return `alarm ${delivery.alarm.name} ${delivery.alarm.state}`;
    case 'recheck':
      return `re-check ${delivery.token}`;
    case 'manual':
      return `manual request by ${delivery.requestedBy}: ${delivery.reason}`;
    case 'pause':
      return `pause by ${delivery.by}: ${delivery.why}`;
    case 'resume':
      return `resume by ${delivery.by}`;
    case 'pause-check':
      return `check of ${delivery.pauseId}`;
    case 'acknowledge':
      return `acknowledge ${delivery.incidentId} by ${delivery.by}`;
  }
}
