/** The limits within which services are healed, as an app writes them. */
import type { Duration } from 'aws-cdk-lib';

/** Whether tasks are stopped. */
export class HealingMode {
  /** Stops the one ill task. */
  static readonly HEAL = new HealingMode('heal');
  /** Looks, decides and tells what it would have done; for the first weeks. */
  static readonly OBSERVE = new HealingMode('observe');

  /** As the configuration spells it. */
  readonly value: string;

  private constructor(value: string) {
    this.value = value;
  }
}

/** What becomes of the only task of a service. */
export class SingleTask {
  /** Calls a human: the stop is an outage. */
  static readonly HOLD = new SingleTask('hold');
  /** Takes that outage for a quicker end. */
  static readonly STOP = new SingleTask('stop');

  /** As the configuration spells it. */
  readonly value: string;

  private constructor(value: string) {
    this.value = value;
  }
}

/** Limits of one service; what is not given has its default. */
export interface HealingPolicy {
  /**
   * Whether tasks are stopped, or only what would be stopped is told.
   *
   * @default HealingMode.HEAL: the guardrails hold it back wherever it is not sure
   */
  readonly mode?: HealingMode;
  /**
   * What becomes of the only task of a service.
   *
   * @default SingleTask.HOLD: stopping it is an outage, which a human should choose
   */
  readonly singleTask?: SingleTask;
  /**
   * How far back logs are read to tell one task's errors from its peers'.
   *
   * @default Duration.minutes(5): enough requests to compare, and little of the time before the
   * fault
   */
  readonly evidenceWindow?: Duration;
  /**
   * Requests a task must have served in the window before its error share counts.
   *
   * @default 20: below that a single error looks like a fault
   */
  readonly minRequests?: number;
  /**
   * Chance, per decision, that a healthy task is called ill by accident.
   *
   * @default 0.0001: one wrong stop in ten thousand looks
   */
  readonly falseAlarmRate?: number;
  /**
   * Error share below which a task is never called ill, from 0 to 1.
   *
   * @default 0.1: less does not ring an alarm of a few tasks
   */
  readonly minErrorShare?: number;
  /**
   * Duration above which a request counts as slow.
   *
   * @default Duration.seconds(1): what a person notices
   */
  readonly slow?: Duration;
  /**
   * Share of slow requests below which a task is never called slow, from 0 to 1.
   *
   * @default 0.25: slowness comes and goes, errors do not
   */
  readonly minSlowShare?: number;
  /**
   * How much higher the suspect's error share must be than the next task's, from 0 to 1.
   *
   * @default 0.1: without a margin it is not about one task
   */
  readonly minMargin?: number;
  /**
   * Share of the tasks that may be ill before it is not about a task any more, from 0 to 1.
   *
   * @default 0.5: half of the tasks share a cause that no stop mends
   */
  readonly stormShare?: number;
  /**
   * Tasks that may be missing from the desired count because of us.
   *
   * @default 1: one task at a time
   */
  readonly maxUnavailable?: number;
  /**
   * The same as a share of the desired count, rounded down; the larger of the two counts.
   *
   * @default 0: only maxUnavailable counts
   */
  readonly maxUnavailableShare?: number;
  /**
   * Time a new task is left alone; at least the service's health check grace period.
   *
   * @default Duration.seconds(60), or the service's grace period where that is longer and known
   */
  readonly startGrace?: Duration;
  /**
   * Time the effect of our own stop is given before it is judged.
   *
   * @default Duration.minutes(4): longer than an alarm of three one-minute periods needs to go back
   * to OK
   */
  readonly settle?: Duration;
  /**
   * Time that the alarm must stay OK and every task healthy before it says `recovered`.
   *
   * @default Duration.seconds(60): a flapping alarm is not a recovery
   */
  readonly hold?: Duration;
  /**
   * Quiet time of a service after a stop.
   *
   * @default Duration.minutes(5): the replacement starts and is judged within it
   */
  readonly cooldown?: Duration;
  /**
   * Stops allowed per service in `budgetWindow`.
   *
   * @default 3: who needs more has another fault
   */
  readonly budget?: number;
  /**
   * Window of `budget`.
   *
   * @default Duration.hours(1): three stops an hour do not hide a fault
   */
  readonly budgetWindow?: Duration;
  /**
   * Stops of one incident that may fail to help before a human is called.
   *
   * @default 2: the third would not help either
   */
  readonly attempts?: number;
  /**
   * Stops on one revision within `lineageWindow` that make it the release's trouble.
   *
   * @default 3: that many replacements failing alike are the release's trouble
   */
  readonly lineageStops?: number;
  /**
   * Window of `lineageStops`.
   *
   * @default Duration.days(1): leaks take hours
   */
  readonly lineageWindow?: Duration;
  /**
   * Tasks that fail to start, or die after it, before it is called a loop.
   *
   * @default 2: one may be bad luck
   */
  readonly failures?: number;
  /**
   * Window of `failures`.
   *
   * @default Duration.minutes(15): ECS slows its starts down to one in minutes
   */
  readonly failureWindow?: Duration;
  /**
   * Time a deployment may take before a human is called.
   *
   * @default Duration.minutes(30): ten per cent a minute, and the wait before the old tasks go
   */
  readonly deploymentPatience?: Duration;
  /**
   * Time in which only the claimer works on its claim; longer than the function's timeout.
   *
   * @default Duration.seconds(90): one and a half times the timeout
   */
  readonly claimLease?: Duration;
  /**
   * Pause between two looks at an open incident.
   *
   * @default Duration.seconds(30): an alarm speaks once only, so it is looked at again
   */
  readonly recheck?: Duration;
  /**
   * Time ECS is given to replace an unhealthy task by itself.
   *
   * @default Duration.minutes(3): health checks that fail are ECS's own business
   */
  readonly nativePatience?: Duration;
  /**
   * Time evidence is given to single out one task before a human is called.
   *
   * @default Duration.minutes(3): logs are a minute late
   */
  readonly evidencePatience?: Duration;
  /**
   * Time an incident may hold for reasons that should not last before it goes to a human.
   *
   * @default Duration.minutes(15): as long as on-call would wait for it
   */
  readonly escalateAfter?: Duration;
  /**
   * An alarm within this time after a recovery re-opens the same incident.
   *
   * @default Duration.minutes(15): one incident, one thread
   */
  readonly reopenWindow?: Duration;
}

/** Limits over all services of one healer; what is not given has its default. */
export interface HealingAccountLimits {
  /**
   * Stops allowed over all services in `budgetWindow`.
   *
   * @default 5: more than one service may use, and far fewer than would hide a fault that all share
   */
  readonly budget?: number;
  /**
   * Window of `budget`.
   *
   * @default Duration.hours(1)
   */
  readonly budgetWindow?: Duration;
  /**
   * Services whose incidents open within `stormWindow` that make it a storm.
   *
   * @default 5: rare by accident
   */
  readonly stormServices?: number;
  /**
   * Window of `stormServices`.
   *
   * @default Duration.minutes(10): early enough that a storm costs four stops at most
   */
  readonly stormWindow?: Duration;
}
