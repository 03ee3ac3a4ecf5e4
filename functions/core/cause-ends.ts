/** The tasks that ended lately because something is wrong, and whether that is still so. */
import type { CauseInput } from './cause.ts';
import { distinct } from './cause-words.ts';
import { isWell } from './evidence.ts';
import { runningDeployment, wantedRevisions } from './guardrail.ts';
import type { StoppedTaskReading } from './observation.ts';
import { type EpochMillis, earlier } from './time.ts';

/** Whether the load balancer's or the container's checks ended it. */
export function isFailedByChecks({ stopCode, stoppedReason }: StoppedTaskReading): boolean {
  return (
    stopCode === 'ServiceSchedulerInitiated' &&
    /failed (?:ELB|container) health checks/i.test(stoppedReason)
  );
}

/**
 * Tasks that failed within the policy's failure window, of revisions that are still wanted; newest first.
 *
 * What was stopped by a person, by us, by scaling or by a deployment has not failed, and what a deployment that was
 * rolled back left behind is over.
 */
export function failedEnds(input: CauseInput): readonly StoppedTaskReading[] {
  const start = windowStart(input);
  const wanted = wantedRevisions(input.observation.service);
  return input.observation.stopped
    .filter(({ stoppedAt }) => stoppedAt > start)
    .filter(({ revision }) => wanted(revision))
    .filter((task) => hasFailed(task))
    .toSorted((a, b) => b.stoppedAt - a.stoppedAt || (a.id < b.id ? -1 : 1));
}

function hasFailed(task: StoppedTaskReading): boolean {
  const { stopCode, startedAt } = task;
  if (stopCode === 'TaskFailedToStart') return true;
  if (stopCode === 'EssentialContainerExited')
    return startedAt === undefined || task.exitCode !== 0;
  return isFailedByChecks(task);
}

export function windowStart({ observation, service }: CauseInput): EpochMillis {
  return earlier(observation.at, service.policy.failureWindow);
}

/** Whether tasks are missing or not yet well: then what kept the last ones from starting still matters. */
export function isShort({ observation, diagnosis }: CauseInput): boolean {
  const { service } = observation;
  const { desired, running, pending } = service;
  return (
    Math.min(diagnosis.healthy, running) < desired ||
    pending > 0 ||
    runningDeployment(service) !== undefined
  );
}

/** Whether a later task of the same revision came up: then whatever it was has passed. */
export function hasPassed(
  { diagnosis }: CauseInput,
  failed: { readonly at: EpochMillis; readonly revision?: string },
): boolean {
  return diagnosis.views.some(
    (view) =>
      isWell(view) &&
      (failed.revision === undefined || view.task.revision === failed.revision) &&
      view.task.startedAt !== undefined &&
      view.task.startedAt > failed.at,
  );
}

export function revisionsOf(tasks: readonly { readonly revision: string }[]): readonly string[] {
  return distinct(tasks.map(({ revision }) => revision));
}
