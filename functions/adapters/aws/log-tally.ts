/** Counts of requests and errors per task, from lines one by one. */
import type { GuardedService } from '../../core/guarded-service.ts';
import type { TaskTraffic } from '../../core/observation.ts';
import { redact } from '../../core/redact.ts';
import {
  durationOf,
  isErrorLevel,
  type LogLine,
  levelOf,
  messageOf,
  parseLine,
  sayLevel,
  statusOf,
  taskOf,
  traceIdOf,
} from './log-line.ts';
import type { CountedBy } from './log-query.ts';

const LAST_ERRORS_MAX = 5;
const TRACE_ID_MAX = 120;

export interface Tally {
  requests: number;
  errors: number;
  timed: number;
  slow: number;
  lastErrors: string[];
  traceIds: string[];
}

/** By task id. */
export type Tallies = Map<string, Tally>;

export interface StreamLine {
  readonly logStreamName?: string | undefined;
  readonly message?: string | undefined;
}

export function tallyOf(tallies: Tallies, taskId: string): Tally {
  const found = tallies.get(taskId);
  if (found !== undefined) return found;
  const tally = { requests: 0, errors: 0, timed: 0, slow: 0, lastErrors: [], traceIds: [] };
  tallies.set(taskId, tally);
  return tally;
}

/**
 * A line without a status, or without a level, does not count; nor does one that is no JSON object.
 */
export function countLine(
  tallies: Tallies,
  { logStreamName, message }: StreamLine,
  service: GuardedService,
  basis: CountedBy,
): void {
  const line = parseLine(message);
  const taskId = taskOf(logStreamName);
  const answer = line === undefined ? undefined : answerOf(line, service, basis);
  if (line === undefined || taskId === undefined || answer === undefined) return;
  const tally = tallyOf(tallies, taskId);
  tally.requests += 1;
  const took = durationOf(line, service.logFields);
  if (took !== undefined) {
    tally.timed += 1;
    if (took > service.policy.slowMs) tally.slow += 1;
  }
  if (!answer.failed) return;
  tally.errors += 1;
  keepLast(tally.lastErrors, `${answer.label} ${messageOf(line, service.logFields)}`.trimEnd());
  const traceId = traceIdOf(line, service.logFields);
  if (traceId !== undefined) keepLast(tally.traceIds, traceId);
}

function answerOf(
  line: LogLine,
  { logFields }: GuardedService,
  basis: CountedBy,
): { readonly failed: boolean; readonly label: string } | undefined {
  if (basis === 'status') {
    const status = statusOf(line, logFields);
    return status === undefined ? undefined : { failed: status >= 500, label: `${status}` };
  }
  const level = levelOf(line, logFields);
  return level === undefined ? undefined : { failed: isErrorLevel(level), label: sayLevel(level) };
}

function keepLast(list: string[], item: string): void {
  list.push(item);
  if (list.length > LAST_ERRORS_MAX) list.shift();
}

/** Only what is kept is redacted: a busy window has thousands of error lines. */
export function toTasks(tallies: Tallies): readonly TaskTraffic[] {
  return [...tallies].map(([taskId, tally]) => ({
    ...tally,
    taskId,
    lastErrors: tally.lastErrors.map((line) => redact(line)),
    traceIds: tally.traceIds.map((id) => redact(id, TRACE_ID_MAX)),
  }));
}
