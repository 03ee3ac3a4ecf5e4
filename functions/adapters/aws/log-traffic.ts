import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogFields } from '../../core/guarded-service.ts';
import type { TaskTraffic, TrafficReading } from '../../core/observation.ts';
import { redact } from '../../core/redact.ts';
import type { TrafficReader } from '../../ports/readers.ts';
import { calling } from './errors.ts';

/** Pages read for one decision: up to 100,000 lines, and then the counts are a sample and say so. */
const PAGES_MAX = 10;
const PAGE_EVENTS = 10_000;
/**
 * A slow search must not use up the function's time: after this long the logs are unreadable, and
 * the verdict holds.
 */
const TIME_MAX_MS = 6_000;
const LAST_ERRORS_MAX = 5;
const TRACE_ID_MAX = 120;

/** Counts requests and errors per task from the service's own log lines; awslogs writes one stream per task. */
export function logTraffic(client: CloudWatchLogsClient): TrafficReader {
  return {
    async traffic(service, { from, to }, signal) {
      const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(TIME_MAX_MS)]);
      const tallies = new Map<string, Tally>();
      let nextToken: string | undefined;
      let pages = 0;
      do {
        const command = new FilterLogEventsCommand({
          logGroupName: service.logGroup,
          startTime: from,
          endTime: to,
          filterPattern: `{ $.${service.logFields.status} >= 100 }`,
          limit: PAGE_EVENTS,
          nextToken,
        });
        const page = await calling('logs:FilterLogEvents', () =>
          client.send(command, { abortSignal }),
        );
        for (const event of page.events ?? []) count(tallies, event, service.logFields);
        nextToken = page.nextToken;
        pages += 1;
      } while (nextToken !== undefined && pages < PAGES_MAX);
      return toReading(tallies, { from, to }, nextToken !== undefined);
    },
  };
}

interface Tally {
  requests: number;
  errors: number;
  lastErrors: string[];
  traceIds: string[];
}

function toReading(
  tallies: ReadonlyMap<string, Tally>,
  window: Pick<TrafficReading, 'from' | 'to'>,
  truncated: boolean,
): TrafficReading {
  // Only what is kept is redacted: a busy window has thousands of error lines.
  const tasks = [...tallies].map(
    ([taskId, tally]): TaskTraffic => ({
      taskId,
      requests: tally.requests,
      errors: tally.errors,
      lastErrors: tally.lastErrors.map((line) => redact(line)),
      traceIds: tally.traceIds.map((id) => redact(id, TRACE_ID_MAX)),
    }),
  );
  return { ...window, tasks, truncated };
}

function count(tallies: Map<string, Tally>, event: FilteredLogEvent, fields: LogFields): void {
  const line = parseLine(event.message);
  const status = Number(line === undefined ? Number.NaN : pick(line, fields.status));
  const taskId = event.logStreamName?.split('/').at(-1);
  if (line === undefined || taskId === undefined || !Number.isFinite(status)) return;
  const tally = tallies.get(taskId) ?? { requests: 0, errors: 0, lastErrors: [], traceIds: [] };
  tallies.set(taskId, tally);
  tally.requests += 1;
  if (status < 500) return;
  tally.errors += 1;
  keepLast(tally.lastErrors, `${status} ${messageOf(line, fields)}`);
  const traceId = pick(line, fields.traceId);
  if (typeof traceId === 'string') keepLast(tally.traceIds, traceId);
}

/** A message that is not text is shown as JSON, not as `[object Object]`. */
function messageOf(line: Record<string, unknown>, fields: LogFields): string {
  const message = pick(line, fields.message) ?? '';
  return typeof message === 'string' ? message : JSON.stringify(message);
}

function keepLast(list: string[], item: string): void {
  list.push(item);
  if (list.length > LAST_ERRORS_MAX) list.shift();
}

function parseLine(message: string | undefined): Record<string, unknown> | undefined {
  try {
    const line: unknown = JSON.parse(message ?? '');
    return typeof line === 'object' && line !== null
      ? (line as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Follows a dotted path such as `http.status`. */
function pick(line: Record<string, unknown>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)[key]
      : undefined;
  }, line);
}
