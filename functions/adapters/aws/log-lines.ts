/**
 * The last words of tasks, whatever they look like. Needs `logs:FilterLogEvents` on the log group.
 */
import type { CloudWatchLogsClient, FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import type { TaskLines } from '../../core/cause.ts';
import { isHealerError } from '../../core/errors.ts';
import type { GuardedService } from '../../core/guarded-service.ts';
import { redact } from '../../core/redact.ts';
import { earliest, latest } from '../../core/time.ts';
import type { LineReader, LineSpan } from '../../ports/readers.ts';
import { levelOf, messageOf, parseLine, sayLevel, taskOf } from './log-line.ts';
import { type LogSearch, searchLogs } from './log-search.ts';

const LINES_MAX = 20;
/** 3 MB: these lines explain a decision and are no part of it, so they may be few but not slow. */
const PAGES_MAX = 3;
const TIME_MAX_MS = 5_000;
/** Streams that one search takes. */
const STREAMS_MAX = 100;

/**
 * Of each task the last 20 lines, oldest first: for a JSON line its level, message and error, else
 * the raw text.
 *
 * One search over all spans together. It gives the oldest lines first, so in a busy group the
 * others would come before ours: the first page then only tells what streams are called there, and
 * those of our tasks are searched. Where three pages do not reach the end, the lines are the last
 * of those that were reached.
 */
export function logLines(client: CloudWatchLogsClient): LineReader {
  return {
    async lines(service, spans, signal) {
      if (service.logGroup === undefined || spans.length === 0) return [];
      const limits = {
        spent: { calls: 0, bytesScanned: 0 },
        abortSignal: AbortSignal.any([signal, AbortSignal.timeout(TIME_MAX_MS)]),
      };
      const search: Search = async (part, take) =>
        searchLogs(client, { ...union(spans), logGroup: service.logGroup, ...part }, take, limits);
      const kept = await collect(search, spans);
      return [...kept]
        .filter(([, events]) => events.length > 0)
        .map(([taskId, events]): TaskLines => {
          return { taskId, lines: events.map(({ message }) => say(message ?? '', service)) };
        });
    },
  };
}

type Kept = ReadonlyMap<string, FilteredLogEvent[]>;
type Search = (
  part: Pick<LogSearch, 'pagesMax' | 'streams'>,
  take: (event: FilteredLogEvent) => void,
) => Promise<boolean>;

async function collect(search: Search, spans: readonly LineSpan[]): Promise<Kept> {
  const prefixes = new Set<string>();
  const few = nothingOf(spans);
  const isWhole = await search({ pagesMax: 1 }, (event) => {
    prefixes.add((event.logStreamName ?? '').replace(/[^/]*$/, ''));
    keep(few, event);
  });
  if (isWhole) return few;
  const streams = [...prefixes].flatMap((prefix) => spans.map(({ taskId }) => prefix + taskId));
  if (streams.length <= STREAMS_MAX) {
    try {
      const own = nothingOf(spans);
      await search({ pagesMax: PAGES_MAX, streams }, (event) => keep(own, event));
      return own;
    } catch (error) {
      // A task that never ran has no stream, and one unknown name may spoil the whole search.
      if (!isHealerError(error) || error.code === 'dependency.unavailable') throw error;
    }
  }
  const all = nothingOf(spans);
  await search({ pagesMax: PAGES_MAX }, (event) => keep(all, event));
  return all;
}

function nothingOf(spans: readonly LineSpan[]): Kept {
  return new Map(spans.map(({ taskId }) => [taskId, []]));
}

function union(spans: readonly LineSpan[]) {
  return {
    from: earliest(...spans.map(({ from }) => from)),
    to: latest(...spans.map(({ to }) => to)),
  };
}

function keep(kept: Kept, event: FilteredLogEvent): void {
  const events = kept.get(taskOf(event.logStreamName) ?? '');
  if (events === undefined || (event.message ?? '').trim() === '') return;
  events.push(event);
  if (events.length > LINES_MAX) events.shift();
}

function say(raw: string, { logFields }: GuardedService): string {
  const line = parseLine(raw);
  const message = line === undefined ? '' : messageOf(line, logFields);
  // A JSON line without a message says more as it is.
  if (line === undefined || message === '') return redact(raw.trim());
  const level = levelOf(line, logFields);
  return redact(level === undefined ? message : `${sayLevel(level)} ${message}`);
}
