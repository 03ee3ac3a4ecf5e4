/**
 * A blue/green deployment as CodeDeploy performs it on a service: a second task set, and traffic
 * shifted by the minute.
 */
import type { LoadBalancer } from '../elb/load-balancer.ts';
import type { TargetGroup } from '../elb/target-group.ts';
import type { TimeFactor } from '../time-factor.ts';
import {
  type Deployment,
  primaryOf,
  type ServiceRecord,
  type TaskDefinitionRecord,
} from './model.ts';
import {
  addTaskSet,
  drainTaskSet,
  healthyIn,
  isGone,
  promoteTaskSet,
  removeTaskSet,
} from './task-sets.ts';

export interface BlueGreenOptions {
  readonly time: TimeFactor;
  readonly service: ServiceRecord;
  readonly loadBalancer: LoadBalancer;
  readonly taskDefinition: TaskDefinitionRecord;
  /** How many percent of the traffic go over in each minute. */
  readonly shiftPercent: number;
  /** Whether an alarm says that the deployment does harm: it is rolled back then. */
  readonly isAlarming: () => boolean;
  readonly signal: AbortSignal;
}

/** AWS seconds. */
const LOOK_EVERY = 5;
const SHIFT_EVERY = 60;
/** How long the new tasks may need to become healthy. */
const START_LIMIT = 900;
/** How long the old tasks stay after the last shift: an alarm can still call them back. */
const TERMINATION_WAIT = 180;

/** Resolves when one task set is left, the new or the old one; at once when the signal comes. */
export async function deployBlueGreen(options: BlueGreenOptions): Promise<void> {
  const { service, taskDefinition, signal } = options;
  const blue = primaryOf(service);
  const green = addTaskSet(service, taskDefinition, otherGroup(options, blue));
  const succeeded = await replace(options, { blue, green });
  if (signal.aborted) return;
  const leaving = succeeded ? blue : green;
  if (!succeeded) {
    route(options, { blue, green }, 0);
    promoteTaskSet(service, blue);
  }
  drainTaskSet(leaving);
  await lookUntil(options, Number.POSITIVE_INFINITY, () => isGone(service, leaving));
  removeTaskSet(service, leaving);
}

interface Sets {
  readonly blue: Deployment;
  readonly green: Deployment;
}

/** @returns whether the new set serves and stays; not when an alarm said that it does harm. */
async function replace(options: BlueGreenOptions, sets: Sets): Promise<boolean> {
  const { service, shiftPercent, isAlarming } = options;
  const { green } = sets;
  const isUp = () => healthyIn(service, green) >= green.desiredCount;
  await lookUntil(options, START_LIMIT, () => isUp() || isAlarming());
  if (!isUp()) return false;
  for (let percent = shiftPercent; percent < 100; percent += shiftPercent) {
    route(options, sets, percent);
    if (await lookUntil(options, SHIFT_EVERY, isAlarming)) return false;
  }
  if (options.signal.aborted) return false;
  route(options, sets, 100);
  promoteTaskSet(service, green);
  return !(await lookUntil(options, TERMINATION_WAIT, isAlarming));
}

function route({ loadBalancer }: BlueGreenOptions, { blue, green }: Sets, percent: number): void {
  const share = (targetGroup: TargetGroup | undefined, weight: number) =>
    targetGroup === undefined ? [] : [{ targetGroup, weight }];
  loadBalancer.route([
    ...share(blue.targetGroup, 100 - percent),
    ...share(green.targetGroup, percent),
  ]);
}

function otherGroup({ loadBalancer }: BlueGreenOptions, blue: Deployment): TargetGroup | undefined {
  return loadBalancer.targetGroups.find((group) => group !== blue.targetGroup);
}

/** @returns whether the condition held within so many AWS seconds. */
async function lookUntil(
  { time, signal }: BlueGreenOptions,
  awsSeconds: number,
  holds: () => boolean,
): Promise<boolean> {
  const endAt = Date.now() + time.seconds(awsSeconds);
  while (!holds()) {
    if (Date.now() > endAt) return false;
    if (!(await time.pause(LOOK_EVERY, signal))) return false;
  }
  return true;
}
