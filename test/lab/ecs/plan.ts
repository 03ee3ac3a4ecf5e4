/**
 * The scheduler's decision as a pure function: which tasks of one service to start and which to
 * stop now.
 */

export interface PlannedTask {
  readonly id: string;
  readonly deploymentId: string;
  readonly availabilityZone: string;
  readonly createdAtMs: number;
  readonly healthy: boolean;
  /** Failed its health checks: to be replaced. */
  readonly condemned: boolean;
  readonly protected: boolean;
  readonly replaces: string | undefined;
}

export interface SchedulerView {
  readonly desiredCount: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly primaryId: string;
  /** Tasks that are not being stopped. */
  readonly tasks: readonly PlannedTask[];
}

export interface PlannedStart {
  readonly deploymentId: string;
  readonly replaces?: string;
}

export interface PlannedStop {
  readonly id: string;
  readonly why: 'unhealthy' | 'scaling';
}

export interface SchedulerPlan {
  readonly start: readonly PlannedStart[];
  readonly stop: readonly PlannedStop[];
}

/**
 * Plans one scheduler pass.
 *
 * Unhealthy tasks come first: a replacement of the same revision is started before they are stopped
 * where the maximum allows it, otherwise they are stopped one at a time within the minimum. Then
 * the primary deployment is filled, and what is too much is stopped.
 */
export function planService(view: SchedulerView): SchedulerPlan {
  const ceiling = Math.floor((view.desiredCount * view.maximumPercent) / 100);
  const floor = Math.ceil((view.desiredCount * view.minimumHealthyPercent) / 100);
  const start: PlannedStart[] = [];
  const stop: PlannedStop[] = [];

  replaceUnhealthy(view, { ceiling, floor }, start, stop);

  const good = view.tasks.filter(({ condemned }) => !condemned);
  const primary = good.filter(({ deploymentId }) => deploymentId === view.primaryId);
  const starting = start.filter(({ deploymentId }) => deploymentId === view.primaryId);
  const missing = view.desiredCount - primary.length - starting.length;
  const room = ceiling - view.tasks.length - start.length;
  for (let index = 0; index < Math.min(missing, room); index += 1) {
    start.push({ deploymentId: view.primaryId });
  }

  const spare = good.filter(({ healthy }) => healthy).length - floor;
  stop.push(...excess(view, good, primary, spare));
  return { start, stop };
}

function replaceUnhealthy(
  view: SchedulerView,
  { ceiling, floor }: { readonly ceiling: number; readonly floor: number },
  start: PlannedStart[],
  stop: PlannedStop[],
): void {
  const condemned = view.tasks.filter((task) => task.condemned);
  const leaving = condemned.filter((task) => view.desiredCount === 0 || isGivenUp(view, task));
  for (const { id } of leaving) stop.push({ id, why: 'scaling' });
  for (const task of condemned.filter((candidate) => !leaving.includes(candidate))) {
    const replacement = view.tasks.find(({ replaces }) => replaces === task.id);
    if (replacement !== undefined) {
      // A replacement that failed too is the next to be replaced: tasks that never become healthy
      // go round for ever.
      if (replacement.healthy || replacement.condemned)
        stop.push({ id: task.id, why: 'unhealthy' });
    } else if (view.tasks.length + start.length < ceiling) {
      start.push({ deploymentId: task.deploymentId, replaces: task.id });
    } else if (stop.length === 0 && mayStopFirst(view, floor)) {
      stop.push({ id: task.id, why: 'unhealthy' });
    }
  }
}

/**
 * A revision that is being replaced, and of which nothing serves, gets no task any more: the room is
 * the new one's.
 */
function isGivenUp({ primaryId, tasks }: SchedulerView, { deploymentId }: PlannedTask): boolean {
  const serves = tasks.some((task) => task.deploymentId === deploymentId && task.healthy);
  return deploymentId !== primaryId && !serves;
}

/** One at a time: nobody else is on the way up, and enough healthy tasks remain. */
function mayStopFirst(view: SchedulerView, floor: number): boolean {
  const good = view.tasks.filter(({ condemned }) => !condemned);
  return good.every(({ healthy }) => healthy) && good.length >= floor;
}

function excess(
  view: SchedulerView,
  good: readonly PlannedTask[],
  primary: readonly PlannedTask[],
  spare: number,
): readonly PlannedStop[] {
  const old = good.filter(({ deploymentId }) => deploymentId !== view.primaryId);
  const tooMany = Math.max(primary.length - view.desiredCount, 0);
  const stoppable = (tasks: readonly PlannedTask[]): readonly PlannedTask[] =>
    inStopOrder(tasks.filter((task) => !task.protected));
  const candidates = [...stoppable(old), ...stoppable(primary).slice(0, tooMany)];
  const stop: PlannedStop[] = [];
  let left = spare;
  for (const task of candidates) {
    // Stopping a task that does not serve costs no capacity.
    if (task.healthy && left <= 0) continue;
    if (task.healthy) left -= 1;
    stop.push({ id: task.id, why: 'scaling' });
  }
  return stop;
}

/** Not serving first, then from the zone with the most tasks, then the oldest. */
function inStopOrder(tasks: readonly PlannedTask[]): readonly PlannedTask[] {
  const inZone = Map.groupBy(tasks, ({ availabilityZone }) => availabilityZone);
  const crowd = (task: PlannedTask): number => inZone.get(task.availabilityZone)?.length ?? 0;
  return tasks.toSorted(
    (a, b) =>
      Number(a.healthy) - Number(b.healthy) || crowd(b) - crowd(a) || a.createdAtMs - b.createdAtMs,
  );
}
