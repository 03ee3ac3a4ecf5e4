/** What the commands about drills have to say. */
import type { DrillStatus } from '../../app/drill/drill.ts';
import type { Definition } from '../../core/drill/definition.ts';
import type { DrillPlan } from '../../core/drill/plan.ts';
import type { EpochMillis } from '../../core/time.ts';

/** A drill that runs in AWS by its name. */
export interface DrillOffered {
  readonly kind: 'drill';
  readonly definition: Definition;
}

/** What a run would do, or why it may not. */
export interface DrillPlanned {
  readonly kind: 'drill-plan';
  readonly at: EpochMillis;
  readonly plan: DrillPlan;
  /** Absent when nobody said where the services are listed. */
  readonly place?: { readonly accountId: string; readonly region: string };
}

export interface DrillFollowed {
  readonly kind: 'drill-status';
  readonly at: EpochMillis;
  readonly status: DrillStatus;
}

export type DrillEvent = DrillOffered | DrillPlanned | DrillFollowed;
