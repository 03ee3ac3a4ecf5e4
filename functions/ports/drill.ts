/** What a drill reads and changes, besides what a decision does. */
import type { Definition, TaskFault } from '../core/drill/definition.ts';
import type { DrillState } from '../core/drill/state.ts';
import type { Entry } from '../core/entry.ts';
import type { DurationMillis, EpochMillis } from '../core/time.ts';

export interface DrillStore {
  /** Strongly consistent. */
  read(serviceId: string, drillId: string, signal: AbortSignal): Promise<DrillState | undefined>;
  /** Writes `next` if the stored version still is `next.version - 1`; version 1 is written over nothing. */
  commit(next: DrillState, writer: string, signal: AbortSignal): Promise<'committed' | 'conflict'>;
  /** The last drills of the service, newest first. */
  latest(serviceId: string, count: number, signal: AbortSignal): Promise<readonly DrillState[]>;
}

export interface DrillLook {
  readonly kind: 'drill-look';
  readonly serviceId: string;
  readonly drillId: string;
  /** Only the newest look of a drill counts. */
  readonly token: number;
}

export interface DrillQueue {
  /** Delivers a look after the delay; a delay beyond the queue's limit is cut to it. */
  scheduleLook(look: DrillLook, delay: DurationMillis, signal: AbortSignal): Promise<void>;
}

export interface AlarmSetter {
  /** @param name - of an alarm in the function's own account and Region. */
  set(name: string, is: 'ALARM' | 'OK', reason: string, signal: AbortSignal): Promise<void>;
}

/** What became of a request to one task among many. */
export type SwitchOutcome =
  | { readonly kind: 'taken'; readonly tries: number }
  /** Its neighbours answered; try again. */
  | { readonly kind: 'not-met'; readonly tries: number }
  | { readonly kind: 'refused'; readonly tries: number; readonly message: string };

export interface SwitchCall {
  readonly url: string;
  readonly taskId: string;
  /** When the drill decided on it: an older one never undoes a newer one. */
  readonly issuedAt: EpochMillis;
  readonly triesMax: number;
}

/** The fault switches of tasks, reached through the service's own URL. */
export interface FaultSwitch {
  on(
    call: SwitchCall & { readonly fault: TaskFault; readonly endsAt: EpochMillis },
    signal: AbortSignal,
  ): Promise<SwitchOutcome>;
  off(call: SwitchCall, signal: AbortSignal): Promise<SwitchOutcome>;
}

export interface IncidentTimeline {
  /** Everything that was kept of one incident, oldest first. */
  timeline(incidentId: string, signal: AbortSignal): Promise<readonly Entry[]>;
}

export interface DrillLog {
  /** Once per drill, by whoever wrote its end. */
  concluded(state: DrillState): void;
  /** One line per look that changed something. */
  advanced(state: DrillState): void;
  failed(record: {
    readonly what: string;
    readonly error: unknown;
    readonly service?: string;
  }): void;
}

interface Asked {
  readonly serviceId: string;
  readonly definition: Definition;
  readonly by: string;
  readonly allowProduction: boolean;
}

export type DrillArrival =
  | (Asked & { readonly kind: 'drill-plan' })
  | (Asked & {
      readonly kind: 'drill-run';
      /** Asked for by the calendar: nobody waits for the answer. */
      readonly scheduled: boolean;
    })
  | {
      readonly kind: 'drill-stop';
      readonly serviceId: string;
      readonly by: string;
      readonly why: string;
    }
  | {
      readonly kind: 'drill-status';
      readonly serviceId: string;
      readonly drillId?: string;
    }
  | DrillLook;

export type DrillInbound =
  | {
      readonly kind: 'batch';
      readonly records: readonly { readonly id: string; readonly open: () => DrillArrival }[];
    }
  | { readonly kind: 'direct'; readonly arrival: DrillArrival };
