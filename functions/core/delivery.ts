/** What can arrive at `remediate`, whatever envelope it came in. */
import type { DurationMillis, EpochMillis } from './time.ts';

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
  | { readonly kind: 'alarm'; readonly alarm: Alarm }
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
}

/** A person says: I have this incident. */
export interface AcknowledgeDelivery {
  readonly kind: 'acknowledge';
  readonly serviceId: string;
  readonly incidentId: string;
  readonly by: string;
}

/** Whatever comes in. */
export type Arrival = Delivery | PauseDelivery | AcknowledgeDelivery;

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
