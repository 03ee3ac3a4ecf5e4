/** Tells how things stand, once a second, while a drill runs. */
import { pauseMs } from '../lab/time-factor.ts';
import { isFailed } from './load.ts';
import { GUARDED_TIER, type Stage } from './perform.ts';
import type { Status } from './progress.ts';

const STATUS_EVERY_MS = 1_000;

/** Until the signal; it resolves after the last one, so that nothing is told after the end. */
export async function tellStatuses(
  stage: Stage,
  tell: (status: Status) => void,
  signal: AbortSignal,
): Promise<void> {
  let failedBefore = 0;
  while (await pauseMs(STATUS_EVERY_MS, signal)) {
    const failed = stage.load.answers.filter(isFailed).length;
    // One that cannot be read is left out; the next one comes soon.
    await statusOf(stage, failed, failedBefore).then(tell, () => {});
    failedBefore = failed;
  }
}

async function statusOf(stage: Stage, failed: number, failedBefore: number): Promise<Status> {
  const { site } = stage.lab;
  const { incident } = await stage.lock(GUARDED_TIER);
  return {
    sent: stage.load.sent,
    failed,
    failing: failed - failedBefore,
    healthy: site.healthyTasks().length,
    desired: site.service.desiredCount,
    alarms: site.alarmsIn('ALARM'),
    incident:
      incident === undefined
        ? 'none'
        : `${incident.state}${incident.hold === undefined ? '' : ` (${incident.hold.reason})`}`,
  };
}
