/** Says what is wrong when a person is to be told: reads the last words of the tasks concerned, and names the cause. */
import { type Cause, nameCause, type TaskLines } from '../core/cause.ts';
import { failedEnds } from '../core/cause-ends.ts';
import type { Decision } from '../core/decide.ts';
import type { Diagnosis, TaskView } from '../core/evidence.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import { wantsCause } from '../core/incident.ts';
import type { LockState } from '../core/lock.ts';
import type { CompleteObservation, StoppedTaskReading } from '../core/observation.ts';
import {
  type EpochMillis,
  earlier,
  earliest,
  later,
  latest,
  minutes,
  seconds,
} from '../core/time.ts';
import type { Escalate, Hold, Reason } from '../core/verdict.ts';
import type { Journal } from '../ports/journal.ts';
import type { LineReader, LineSpan } from '../ports/readers.ts';

export interface ExplainDeps {
  readonly lines: LineReader;
  readonly journal: Journal;
}

/** Holds that a person may have to end. */
const EXPLAINED: readonly Reason[] = [
  'cannot-start',
  'crash-loop',
  'no-targets',
  'storm',
  'same-revision',
  'attempts-failed',
  'no-suspect',
];

/** Of the running tasks, and of the stopped ones; they die of one cause, or none is named. */
const TASKS_MAX = 3;
const SPAN_MAX = minutes(30);
/** An application says in its first minutes where it listens, and that it is ready. */
const START_SPAN = seconds(120);
/** The container starts before the task is RUNNING. */
const START_LEAD = seconds(60);
/** A task that never was RUNNING has not lived longer. */
const NEVER_RAN_SPAN = minutes(5);
/** The last words may arrive after the end. */
const END_LAG = seconds(5);

/**
 * Adds the cause to a verdict that is told to a person, when the evidence names one.
 *
 * A failed read of the lines costs only what they would have shown. A hold that goes on writes no new entry, so it is
 * not explained again. A person who was called without a cause is told it when the next looks find it.
 */
export async function explain(
  deps: ExplainDeps,
  seen: { readonly service: GuardedService; readonly lock: LockState },
  decision: Decision,
  signal: AbortSignal,
): Promise<Decision> {
  const { verdict, observation, diagnosis } = decision;
  if (verdict.kind !== 'hold' && verdict.kind !== 'escalate') return decision;
  if (observation === undefined || diagnosis === undefined) return decision;
  if (!isToBeExplained(verdict, seen, observation.at)) return decision;
  const look: Look = { service: seen.service, observation, diagnosis };
  const cause = await causeOf(deps, look, signal);
  return cause === undefined ? decision : { ...decision, verdict: { ...verdict, cause } };
}

/** Remembers its first answers: a decision that is made again on the same observation reads nothing again. */
export function readOnce(reader: LineReader): LineReader {
  const answers = new Map<string, ReturnType<LineReader['lines']>>();
  return {
    lines(service, spans, signal) {
      const key = JSON.stringify([service.id, spans]);
      const answer = answers.get(key) ?? reader.lines(service, spans, signal);
      answers.set(key, answer);
      return answer;
    },
  };
}

interface Look {
  readonly service: GuardedService;
  readonly observation: CompleteObservation;
  readonly diagnosis: Diagnosis;
}

function isToBeExplained(
  verdict: Hold | Escalate,
  { service, lock: { incident } }: Parameters<typeof explain>[1],
  now: EpochMillis,
): boolean {
  if (verdict.kind === 'escalate') return true;
  if (incident?.state === 'escalated') {
    return EXPLAINED.includes(verdict.reason) && wantsCause(incident, service.policy, now);
  }
  if (incident?.hold?.reason === verdict.reason) return false;
  return EXPLAINED.includes(verdict.reason);
}

/** A rule that fails must not keep the verdict from being told. */
async function causeOf(
  deps: ExplainDeps,
  look: Look,
  signal: AbortSignal,
): Promise<Cause | undefined> {
  try {
    return nameCause({ ...look, lines: await readLines(deps, look, signal) });
  } catch (error) {
    deps.journal.failed({ what: 'name cause', error, service: look.service.id });
    return undefined;
  }
}

async function readLines(
  { lines, journal }: ExplainDeps,
  look: Look,
  signal: AbortSignal,
): Promise<readonly TaskLines[]> {
  const { service } = look;
  const concerned = chooseRunning(look);
  const start = earlier(look.observation.at, SPAN_MAX);
  const bound = ({ taskId, from, to }: LineSpan): LineSpan[] =>
    to <= start || to <= from ? [] : [{ taskId, from: latest(from, start), to }];
  const spans = [
    ...concerned.flatMap((view) => startSpans(view, look)),
    ...chooseStopped(look).map(endSpan),
  ].flatMap(bound);
  const since = troubleSince(look, concerned);
  const to = look.observation.at;
  const recent = concerned
    .map(({ task }): LineSpan => ({ taskId: task.id, from: since, to }))
    .flatMap(bound);
  const read = async (wanted: readonly LineSpan[]) =>
    service.logGroup === undefined || wanted.length === 0
      ? []
      : lines.lines(service, wanted, signal);
  try {
    const [first, last] = await Promise.all([read(spans), read(recent)]);
    return merge(first, last);
  } catch (error) {
    journal.failed({ what: 'read last lines', error, service: service.id });
    return [];
  }
}

/** A list for each task: what it said at first, and what it says since its trouble began. */
function merge(first: readonly TaskLines[], last: readonly TaskLines[]): readonly TaskLines[] {
  const ids = [...new Set([...first, ...last].map(({ taskId }) => taskId))];
  const of = (all: readonly TaskLines[], id: string) =>
    all.filter(({ taskId }) => taskId === id).flatMap(({ lines }) => lines);
  return ids.map((taskId) => ({ taskId, lines: of(first, taskId), recent: of(last, taskId) }));
}

/** The ill before those whose state cannot be told, and before those that still start. */
function chooseRunning({ diagnosis }: Look): readonly TaskView[] {
  const { views, illIds } = diagnosis;
  const rankOf = ({ task, condition }: TaskView): number => {
    if (condition === 'leaving') return 0;
    if (condition === 'ill' || illIds.includes(task.id)) return 3;
    return condition === 'unknown' ? 2 : condition === 'starting' ? 1 : 0;
  };
  return views
    .filter((view) => rankOf(view) > 0)
    .toSorted((a, b) => rankOf(b) - rankOf(a) || (a.task.id < b.task.id ? -1 : 1))
    .slice(0, TASKS_MAX);
}

function chooseStopped(look: Look): readonly StoppedTaskReading[] {
  return failedEnds({ ...look, lines: [] }).slice(0, TASKS_MAX);
}

function startSpans({ task }: TaskView, { observation }: Look): readonly LineSpan[] {
  const { createdAt, startedAt } = task;
  const began = createdAt ?? startedAt;
  if (began === undefined) return [];
  const from = earlier(began, START_LEAD);
  const to = startedAt === undefined ? observation.at : later(startedAt, START_SPAN);
  return [{ taskId: task.id, from, to: earliest(to, observation.at) }];
}

function endSpan({ id: taskId, startedAt, stoppedAt }: StoppedTaskReading): LineSpan {
  const from =
    startedAt === undefined ? earlier(stoppedAt, NEVER_RAN_SPAN) : earlier(startedAt, START_LEAD);
  return { taskId, from, to: later(stoppedAt, END_LAG) };
}

/**
 * Since when all of these tasks have been in trouble, as far as AWS says: the last of their "is unhealthy" events, and
 * where there is none, the last of the alarms that ring. Later is safer: an old line must not pass for a new one.
 */
function troubleSince({ observation }: Look, concerned: readonly TaskView[]): EpochMillis {
  const { service, alarms } = observation;
  const told = service.events.filter(
    ({ message }) =>
      message.includes('is unhealthy in') &&
      concerned.some(({ task }) => message.includes(`(task ${task.id})`)),
  );
  if (told.length > 0) return latest(...told.map(({ at }) => at));
  const ringing = alarms.filter(({ state }) => state === 'ALARM');
  return ringing.length > 0
    ? latest(...ringing.map(({ since }) => since))
    : earlier(observation.at, minutes(5));
}
