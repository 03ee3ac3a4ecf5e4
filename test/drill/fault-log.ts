/**
 * What the drill broke, from when until when: by it a stop is right or wrong, and a recovery true
 * or false.
 */
import type { Deployment, TaskRecord } from '../lab/ecs/model.ts';

/** Epoch milliseconds; without an end it was still on when it was asked for. */
export interface FaultSpan {
  readonly from: number;
  readonly to?: number;
}

interface IllTask {
  readonly task: TaskRecord;
  readonly from: number;
  /** When it ends by itself. */
  readonly endsAt?: number;
}

interface IllRevision {
  readonly from: number;
  readonly deployment: Deployment;
}

/** Where tasks and deployments are looked up; the tasks with those that have stopped. */
export interface Fleet {
  readonly tasks: readonly TaskRecord[];
  readonly deployments: readonly Deployment[];
}

export class FaultLog {
  readonly #tasks: IllTask[] = [];
  readonly #mended: { readonly task: TaskRecord; readonly at: number }[] = [];
  readonly #revisions: IllRevision[] = [];
  /** The next tasks to start, beside those that were there already. */
  readonly #coming: { readonly known: ReadonlySet<TaskRecord>; readonly count: number }[] = [];
  readonly #conditions: (FaultSpan & { readonly what: string })[] = [];

  /** @param endsAt when it ends by itself, as a hang of a given time does. */
  makeIll(tasks: readonly TaskRecord[], from: number, endsAt?: number): void {
    for (const task of tasks) {
      this.#tasks.push({ task, from, ...(endsAt === undefined ? {} : { endsAt }) });
    }
  }

  mend(tasks: readonly TaskRecord[], at: number): void {
    this.#mended.push(...tasks.map((task) => ({ task, at })));
  }

  expectIll(known: readonly TaskRecord[], count: number): void {
    this.#coming.push({ known: new Set(known), count });
  }

  release(deployment: Deployment, from: number): void {
    this.#revisions.push({ deployment, from });
  }

  /** Something outside the tasks, such as a dependency, is broken. */
  breakDown(what: string, from: number): void {
    this.restore(what, from);
    this.#conditions.push({ what, from });
  }

  restore(what: string, at: number): void {
    for (const [index, condition] of this.#conditions.entries()) {
      if (condition.what !== what || condition.to !== undefined) continue;
      this.#conditions[index] = { ...condition, to: at };
    }
  }

  /** ARNs of every task that was ill by the drill's doing at any time. */
  illTasks(fleet: Fleet): ReadonlySet<string> {
    const ofRevisions = this.#revisions.flatMap(({ deployment }) => tasksOf(deployment, fleet));
    const ill = [...this.#tasks.map(({ task }) => task), ...this.#arrived(fleet), ...ofRevisions];
    return new Set(ill.map(({ arn }) => arn));
  }

  spans(fleet: Fleet): readonly FaultSpan[] {
    const arrived = this.#arrived(fleet).map((task) => ({ task, from: task.createdAt.getTime() }));
    return [
      ...[...this.#tasks, ...arrived].map((ill) => this.#untilItIsWell(ill)),
      ...this.#revisions.map((revision) => untilAllLeave(revision, fleet)),
      ...this.#conditions.map(({ from, to }) => ({ from, ...(to === undefined ? {} : { to }) })),
    ];
  }

  /** Mended, or over by itself, or told to stop: then it is no fault of the service any more. */
  #untilItIsWell({ task, from, endsAt }: IllTask): FaultSpan {
    const mended = this.#mended.filter((entry) => entry.task === task && entry.at >= from);
    const ends = [endsAt, task.stoppingAt?.getTime(), task.stoppedAt?.getTime(), mended[0]?.at];
    const end = Math.min(...ends.filter((at) => at !== undefined));
    return Number.isFinite(end) ? { from, to: end } : { from };
  }

  #arrived({ tasks }: Fleet): readonly TaskRecord[] {
    return this.#coming.flatMap(({ known, count }) =>
      tasks.filter((task) => !known.has(task)).slice(0, count),
    );
  }
}

function tasksOf({ taskDefinition }: Deployment, { tasks }: Fleet): readonly TaskRecord[] {
  return tasks.filter(({ deployment }) => deployment.taskDefinition.arn === taskDefinition.arn);
}

/** A release is over when nothing deploys it any more and its last task has left. */
function untilAllLeave({ deployment, from }: IllRevision, fleet: Fleet): FaultSpan {
  const { arn } = deployment.taskDefinition;
  const tasks = tasksOf(deployment, fleet);
  const isDeployed = fleet.deployments.some(({ taskDefinition }) => taskDefinition.arn === arn);
  if (isDeployed || tasks.some(({ desiredStatus }) => desiredStatus === 'RUNNING')) return { from };
  const left = tasks.map(({ stoppingAt }) => stoppingAt?.getTime() ?? from);
  return { from, to: Math.max(from, ...left) };
}
