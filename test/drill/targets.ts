/** The targets as the load balancer saw them, replayed from the recording. */
import type { LabEvent } from '../lab/events.ts';

type TargetState = Extract<LabEvent, { readonly kind: 'target-state' }>;

export class Targets {
  readonly #latest = new Map<string, TargetState>();
  /** Group of each task: an address may be another task's by now. */
  readonly #groups = new Map<string, string>();

  note(event: TargetState): void {
    if (event.taskArn !== undefined) this.#groups.set(event.taskArn, event.targetGroupArn);
    this.#latest.set(`${event.targetGroupArn} ${event.target}`, event);
  }

  /** The healthy targets of the group that the task is in, without those of the tasks named. */
  healthyBeside(taskArn: string, ...others: readonly string[]): readonly TargetState[] {
    const group = this.#groups.get(taskArn);
    const left = new Set([taskArn, ...others]);
    return [...this.#latest.values()].filter(
      (target) =>
        target.state === 'healthy' &&
        target.targetGroupArn === group &&
        !left.has(target.taskArn ?? ''),
    );
  }
}

/** A stop that was accepted. */
export interface Stop {
  /** Epoch milliseconds. */
  readonly at: number;
  /** ARN. */
  readonly task: string;
}

/**
 * Stops after which fewer healthy targets remained than must.
 *
 * A task that was stopped before counts no more, though its target may still be healthy: the load
 * balancer has not heard of it yet.
 */
export function countFloorBreaches(
  events: readonly LabEvent[],
  stops: readonly Stop[],
  floorOf: (task: string) => number,
): number {
  const states = events.filter((event) => event.kind === 'target-state');
  const breaches = stops.filter(({ at, task }, index) => {
    const targets = new Targets();
    for (const state of states) if (state.at <= at) targets.note(state);
    const before = stops.slice(0, index).map((stop) => stop.task);
    return targets.healthyBeside(task, ...before).length < floorOf(task);
  });
  return breaches.length;
}
