/** How the load balancer's checks fail: from the targets as they are, and from the events about those that are gone. */
import type { CauseInput } from './cause.ts';
import { failedEnds, windowStart } from './cause-ends.ts';
import { isWell } from './evidence.ts';

/**
 * - `code`: it answers, with a code that does not count as healthy
 * - `timeout`: no answer in time
 * - `refused`: no connection, or no answer that could be understood
 */
export type FaultKind = 'code' | 'timeout' | 'refused';

/** One task that fails its checks, or failed them until it was stopped for it. */
export interface Fault {
  readonly taskId: string;
  readonly revision: string;
  readonly kind: FaultKind;
  /** Of the answers; empty unless the kind is `code`. */
  readonly codes: readonly number[];
  /** The port that the checks go to. */
  readonly port: number;
  /** AWS's own. */
  readonly words: string;
  readonly isRunning: boolean;
}

/**
 * The faults that count: those of running tasks past their grace, and where there are none, those of tasks that were
 * stopped for them. A task that is still starting may fail its checks for no worse reason than that.
 */
export function faultsOf(input: CauseInput): readonly Fault[] {
  const running = runningFaults(input);
  return (running.length > 0 ? running : stoppedFaults(input)).toSorted((a, b) =>
    a.taskId === b.taskId ? a.port - b.port : a.taskId < b.taskId ? -1 : 1,
  );
}

function runningFaults({ diagnosis }: CauseInput): readonly Fault[] {
  return diagnosis.views
    .filter(({ condition }) => condition === 'ill')
    .flatMap(({ task, targets }) =>
      targets
        .filter(({ state, reason }) => state === 'unhealthy' && reason !== 'Elb.InternalError')
        .flatMap(({ reason = '', description = '', port }): readonly Fault[] => {
          const kind = KINDS[reason] ?? kindOf(description);
          if (kind === undefined) return [];
          const words = [reason, description].filter((part) => part !== '').join(': ');
          const codes = kind === 'code' ? codesOf(description) : [];
          const { id: taskId, revision } = task;
          return [{ taskId, revision, kind, codes, port, words, isRunning: true }];
        }),
    );
}

const UNHEALTHY =
  /\(task ([\w-]+)\) \(port (\d{1,5})\) is unhealthy in .{0,300}\(reason (.{1,300}?)\)/s;

/** The last that ECS said of each task that was stopped for it. */
export function stoppedFaults(input: CauseInput): readonly Fault[] {
  const start = windowStart(input);
  const ends = failedEnds(input).filter(({ stopCode }) => stopCode === 'ServiceSchedulerInitiated');
  const told = input.observation.service.events
    .filter(({ at }) => at > start)
    .toSorted((a, b) => b.at - a.at || (a.message < b.message ? -1 : 1))
    .map(({ message }) => UNHEALTHY.exec(message));
  return ends.flatMap(({ id: taskId, revision }): readonly Fault[] => {
    const [message = '', , port, words = ''] = told.find((found) => found?.[1] === taskId) ?? [];
    const kind = kindOf(words);
    if (kind === undefined) return [];
    const codes = kind === 'code' ? codesOf(words) : [];
    return [
      { taskId, revision, kind, codes, port: Number(port), words: message, isRunning: false },
    ];
  });
}

const KINDS: Readonly<Record<string, FaultKind>> = {
  'Target.ResponseCodeMismatch': 'code',
  'Target.Timeout': 'timeout',
  'Target.FailedHealthChecks': 'refused',
};

function kindOf(words: string): FaultKind | undefined {
  if (/^Health checks failed with these codes/i.test(words)) return 'code';
  if (/^Request timed out/i.test(words)) return 'timeout';
  return /^Health checks failed$/i.test(words) ? 'refused' : undefined;
}

function codesOf(words: string): readonly number[] {
  return [...words.matchAll(/\b([1-5]\d\d)\b/g)].map(([code]) => Number(code));
}

/** Whether a task like these passes the checks that they fail: then the checks are not what is wrong. */
export function isPassedBySome(
  { diagnosis }: CauseInput,
  isLike: (revision: string) => boolean,
): boolean {
  return diagnosis.views.some(
    (view) =>
      isWell(view) &&
      isLike(view.task.revision) &&
      view.targets.some(({ state }) => state === 'healthy'),
  );
}
