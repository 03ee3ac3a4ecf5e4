/**
 * How long ECS on Fargate takes for each step, in AWS seconds; the time factor shortens them all.
 */
export interface EcsTimings {
  /** Network interface attached: PROVISIONING ends. */
  readonly provisioning: number;
  /** Image pulled and container started: PENDING ends. */
  readonly pulling: number;
  /** Registered with the target group: ACTIVATING ends. */
  readonly activating: number;
  readonly deprovisioning: number;
  /**
   * How long after the stop signal a task stopped by a user is deregistered: ECS does not drain it
   * first.
   */
  readonly userStopDeregistration: number;
  /** How long after a scheduler's stop the target is deregistered and draining begins. */
  readonly schedulerStopDeregistration: number;
  /** Default of a container's `stopTimeout`. */
  readonly stopTimeout: number;
  readonly schedulerTick: number;
  /** From the load balancer's `unhealthy` to the start of a replacement. */
  readonly unhealthyReaction: number;
  /** First delay after a failed start; it doubles up to the maximum. */
  readonly startBackOff: number;
  readonly startBackOffMax: number;
  readonly steadyStateRepeat: number;
}

export const FARGATE_TIMINGS: EcsTimings = {
  provisioning: 5,
  pulling: 10,
  activating: 2,
  deprovisioning: 10,
  userStopDeregistration: 3,
  schedulerStopDeregistration: 8,
  stopTimeout: 30,
  schedulerTick: 10,
  unhealthyReaction: 35,
  startBackOff: 10,
  startBackOffMax: 900,
  steadyStateRepeat: 21_600,
};
