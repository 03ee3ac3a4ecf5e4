/**
 * A drill as data: what it breaks, what must be true then, and when it must end; nothing here runs.
 *
 * The lab performs it with real processes, the simulated world of `npm run bench -- healing` in
 * virtual time, and the `drill` function with a service in AWS. Times are AWS seconds.
 */
import type { PolicyOverrides } from '../policy.ts';
import type { Tolerance } from './tolerance.ts';

/** What is wrong with one running task. */
export type TaskFault =
  | { readonly kind: 'grey'; readonly errorShare: number }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'hang'; readonly seconds: number }
  | { readonly kind: 'exit'; readonly code: number }
  /** Memory grows until the platform kills the task: exit code 137, `OutOfMemoryError`. */
  | { readonly kind: 'leak'; readonly seconds: number };

/** Tasks are counted from 0, in the order in which they were started. */
export type TaskSelector =
  | { readonly tasks: readonly number[] }
  /** Every task in one zone, by its last letter. */
  | { readonly zone: 'a' | 'b' | 'c' }
  | { readonly all: true };

/** A new revision of the service, and what is wrong with it; nothing given is a good one. */
export interface Revision {
  /** Every task of it has this fault from its start. */
  readonly fault?: TaskFault;
  /** Address the application listens on; `127.0.0.1` is out of the load balancer's reach. */
  readonly host?: string;
  /** Port the application listens on; the target group still asks the service's own. */
  readonly port?: number;
  readonly startupSeconds?: number;
  /** Required environment variables that were forgotten. */
  readonly without?: readonly string[];
  /** The task never reaches RUNNING. */
  readonly startFailure?: 'image-missing' | 'image-rate-limit' | 'network' | 'secret-forbidden';
}

/** Tiers of the site: the guarded service, and behind it the one that it calls, when the site has it. */
export type Tier = 'checkout-api' | 'catalog-api';

export type Effect =
  | {
      readonly do: 'fault';
      readonly of?: Tier;
      readonly on: TaskSelector;
      readonly fault: TaskFault;
    }
  | { readonly do: 'clear-faults'; readonly of?: Tier; readonly on: TaskSelector }
  /** The next `count` tasks that start come up with this fault. */
  | { readonly do: 'fault-new-tasks'; readonly fault: TaskFault; readonly count: number }
  | { readonly do: 'dependency'; readonly is: 'down' | 'up' | 'slow'; readonly ms?: number }
  /** A rolling deployment; on a CODE_DEPLOY service a blue/green one that shifts traffic by the minute. */
  | { readonly do: 'deploy'; readonly revision: Revision; readonly shiftPercent?: number }
  | { readonly do: 'scale'; readonly desired: number }
  /** A security group that lets nothing from the load balancer through. */
  | { readonly do: 'network'; readonly is: 'blocked' | 'open' }
  /** The service is taken out of its target group, or put back. */
  | { readonly do: 'targets'; readonly are: 'detached' | 'attached' }
  | { readonly do: 'health-path'; readonly path: string }
  /** Requests per second that users send. */
  | { readonly do: 'traffic'; readonly perSecond: number }
  | { readonly do: 'deliver-copies'; readonly copies: number }
  | { readonly do: 'wait'; readonly seconds: number }
  /** To the next minute of the metrics, so that every run sees the fault alike. */
  | { readonly do: 'wait-for-minute' }
  | {
      readonly do: 'wait-for-incident';
      /** @default 'checkout-api' */
      readonly of?: Tier;
      readonly is: 'recovered' | 'escalated' | 'holding';
      readonly seconds: number;
    }
  /** Waits until every alarm is OK, or until one is in ALARM. */
  | { readonly do: 'wait-for-alarms'; readonly are: 'OK' | 'ALARM'; readonly seconds: number }
  /** Sets the state of the service's first alarm by hand: a rehearsal in which nothing is broken. */
  | { readonly do: 'set-alarm-state'; readonly is: 'ALARM' | 'OK' };

export type Step = Effect & {
  /** One sentence for people. */
  readonly name: string;
};

export interface SiteSettings {
  /** @default 4 */
  readonly tasks?: number;
  /** @default 'ECS' */
  readonly controller?: 'ECS' | 'CODE_DEPLOY';
  readonly maximumPercent?: number;
  readonly minimumHealthyPercent?: number;
  readonly graceSeconds?: number;
  /** Adds the tier `catalog-api`, a guarded service of its own that `checkout-api` calls and depends on. */
  readonly backend?: { readonly tasks: number };
  /** False: the scheduler leaves tasks that fail their health checks alone. @default true */
  readonly replacesUnhealthy?: boolean;
  /** Scales out while tasks are slow, up to so many tasks. */
  readonly scalesTo?: number;
  /** Over the defaults, as configuration writes it. */
  readonly policy?: PolicyOverrides;
}

/**
 * - `wiring`: an alarm is rung by hand, and no task is touched
 * - `fault`: one running task is made ill
 */
export type DrillLevel = 'wiring' | 'fault';

/** What ends a drill at once, beside what always does. Only the `drill` function looks at them. */
export interface StopConditions {
  /** ARNs, or names in the account and Region of the service; none may be in ALARM. */
  readonly alarms?: readonly string[];
  /** Fewer healthy tasks than this; the policy's floor, where that is more. */
  readonly healthyBelow?: number;
}

export type Day = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** When the `drill` function may run it. */
export interface DrillWindow {
  /** Everything is over by then, rollbacks included. @default 60 */
  readonly maxMinutes?: number;
  /** Hours of the day in UTC, the first included and the last not. */
  readonly hours?: { readonly from: number; readonly to: number };
  /** In UTC. */
  readonly days?: readonly Day[];
}

export interface Definition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** One sentence that the drill proves or refutes. */
  readonly hypothesis: string;
  /** Of a drill that may run in AWS; absent when only the lab can perform it. */
  readonly level?: DrillLevel;
  /** What the lab sets up; a service in AWS is taken as it is. */
  readonly site?: SiteSettings;
  readonly stopConditions?: StopConditions;
  readonly window?: DrillWindow;
  /** Turns the fault on; the first step that is no waiting is the fault's beginning. */
  readonly method: readonly Step[];
  /** The state in which the method ends: the rollbacks begin. `quiet`: no incident within `timeLimit`. */
  readonly until: 'recovered' | 'escalated' | 'holding' | 'quiet';
  /** Always run, also after a failure. */
  readonly rollbacks: readonly Step[];
  readonly tolerances: readonly Tolerance[];
  /** Seconds after which the drill gives up waiting for `until`. */
  readonly timeLimit: number;
}

/** Of a lab's site that does not say how many. */
export const SITE_TASKS = 4;

/** Waiting is no fault: the clock of the measures begins with the first step that is none. */
export function isWaiting(step: Effect): boolean {
  return step.do.startsWith('wait');
}
