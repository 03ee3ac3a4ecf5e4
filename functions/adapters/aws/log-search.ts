/**
 * FilterLogEvents, page by page and within limits. Needs `logs:FilterLogEvents` on the log group.
 */
import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { EpochMillis } from '../../core/time.ts';
import { patiently } from './pace.ts';

/**
 * What a page holds at most, by AWS's limit; or 1 MB, or less, or nothing at all though a token
 * follows.
 */
const PAGE_EVENTS = 10_000;

export interface LogWindow {
  readonly from: EpochMillis;
  readonly to: EpochMillis;
}

export interface LogSearch extends LogWindow {
  readonly logGroup: string | undefined;
  /** Every line when absent or empty. */
  readonly pattern?: string;
  /** All of the group when absent; at most 100. */
  readonly streams?: readonly string[];
  readonly pagesMax: number;
  /** Lines after which no further page is read. */
  readonly linesMax?: number;
}

/** What was spent on one reading so far. */
export interface Spent {
  calls: number;
  bytesScanned: number;
}

/** Takes each event, the oldest first. @returns whether nothing of the window was left unread. */
export async function searchLogs(
  client: CloudWatchLogsClient,
  search: LogSearch,
  take: (event: FilteredLogEvent) => void,
  { spent, abortSignal }: { readonly spent: Spent; readonly abortSignal: AbortSignal },
): Promise<boolean> {
  const { pagesMax, linesMax = Number.POSITIVE_INFINITY } = search;
  let nextToken: string | undefined;
  let lines = 0;
  let pages = 0;
  do {
    const command = commandFor(search, nextToken);
    spent.calls += 1;
    const page = await patiently(
      'logs:FilterLogEvents',
      () => client.send(command, { abortSignal }),
      { signal: abortSignal },
    );
    for (const event of page.events ?? []) take(event);
    lines += page.events?.length ?? 0;
    nextToken = page.nextToken;
    pages += 1;
  } while (nextToken !== undefined && pages < pagesMax && lines < linesMax);
  return nextToken === undefined;
}

function commandFor(
  { logGroup, from, to, pattern = '', streams }: LogSearch,
  nextToken: string | undefined,
): FilterLogEventsCommand {
  return new FilterLogEventsCommand({
    logGroupName: logGroup,
    startTime: from,
    endTime: to,
    ...(pattern === '' ? {} : { filterPattern: pattern }),
    ...(streams === undefined ? {} : { logStreamNames: [...streams] }),
    limit: PAGE_EVENTS,
    nextToken,
  });
}
