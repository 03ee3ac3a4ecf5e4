/** The scenes and the story that the tests of the timeline share. */
import type { Change } from '../../functions/core/change.ts';
import type { Entry } from '../../functions/core/entry.ts';
import type { LockState } from '../../functions/core/lock.ts';
import { type EpochMillis, later, seconds } from '../../functions/core/time.ts';
import { aLock, anAlarm, aTarget, aTask, NOW, type Scene, traffic } from './builders.ts';
import { answerOf, changeOf, stepOf } from './steps.ts';

/** Seconds after the first look. */
export const plus = (value: number): EpochMillis => later(NOW, seconds(value));

/** What an entry is and whether it is told: `held storm told`. */
export const spellEntry = ({ kind, reason, announce }: Entry): string =>
  [kind, reason, announce ? 'told' : undefined].filter((part) => part !== undefined).join(' ');
export const spellEntries = ({ entries }: Change): readonly string[] => entries.map(spellEntry);

/** Task 2 has been replaced by task 5, which started at `startedAt`; nobody fails any more. */
export function healed(startedAt: EpochMillis, alarmSince: EpochMillis): Scene {
  const tasks = [1, 3, 4, 5];
  return {
    alarms: [anAlarm({ state: 'OK', since: alarmSince })],
    tasks: tasks.map((n) => aTask(n, n === 5 ? { startedAt } : {})),
    targets: tasks.map((n) => aTarget(n)),
    traffic: tasks.map((n) => traffic(n, 100, 0)),
  };
}

export const STORM: Scene = { traffic: [1, 2, 3, 4].map((n) => traffic(n, 100, 80)) };
export const QUIET: Scene = { traffic: [1, 2, 3, 4].map((n) => traffic(n, 100, 0)) };
export const DEPLOYING: Scene = {
  service: {
    deployments: [
      { id: 'ecs-svc/2', status: 'PRIMARY', rolloutState: 'IN_PROGRESS', taskDefinition: 'x:43' },
    ],
  },
};

/** The alarm rang at NOW - 60 s; the stop is claimed at NOW and accepted 2 s later. */
export function stopped(lock: LockState = aLock()): {
  readonly claimed: Change;
  readonly done: Change;
} {
  const step = stepOf({ lock });
  const claimed = changeOf({ lock });
  return { claimed, done: answerOf(step, claimed.next, plus(2), 'accepted') };
}

/**
 * From the alarm to the proof: claimed at 0 s, stopped at 2 s, replaced at 40 s, alarm OK at 50 s,
 * proven at 120 s.
 */
export function recovered(): readonly Change[] {
  const { claimed, done } = stopped();
  const scene = healed(plus(40), plus(50));
  const well = changeOf({ lock: done.next, at: plus(60), scene });
  const proven = changeOf({ lock: well.next, at: plus(120), scene });
  return [claimed, done, well, proven];
}
