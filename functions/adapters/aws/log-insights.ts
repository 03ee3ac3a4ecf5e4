/**
 * One query of CloudWatch Logs Insights: started, then asked for until it is complete.
 *
 * Needs `logs:StartQuery` on the log group and `logs:GetQueryResults`, which takes no resource but
 * `*`. A query that is given up runs to its end: within a window of minutes that costs less than
 * the permission to stop it.
 */
import { setTimeout as wait } from 'node:timers/promises';
import {
  type CloudWatchLogsClient,
  GetQueryResultsCommand,
  type GetQueryResultsCommandOutput,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { HealerError } from '../../core/errors.ts';
import { calling } from './errors.ts';
import { ROWS_MAX } from './log-query.ts';
import type { LogWindow, Spent } from './log-search.ts';

/** A query over some minutes takes about a second; each further look waits half as long again. */
const FIRST_LOOK_MS = 300;
const LOOK_LATER = 1.5;
const PENDING: readonly string[] = ['Scheduled', 'Running', 'Unknown'];

export interface InsightsQuery extends LogWindow {
  readonly logGroup: string | undefined;
  readonly text: string;
}

/** One group or line, its values by their names; what is null is left out. */
export type Row = Readonly<Record<string, string>>;

/**
 * @param options.firstLookMs - milliseconds until the first look, for callers that know their
 * service is quicker.
 * @throws {dependency.unavailable} when the query fails or the time is up, and what {@link calling}
 * throws.
 */
export async function runQuery(
  client: CloudWatchLogsClient,
  query: InsightsQuery,
  options: {
    readonly spent: Spent;
    readonly abortSignal: AbortSignal;
    readonly firstLookMs?: number | undefined;
  },
): Promise<readonly Row[]> {
  const { spent, abortSignal, firstLookMs = FIRST_LOOK_MS } = options;
  const start = new StartQueryCommand({
    logGroupName: query.logGroup,
    // Whole seconds, both inclusive: the window is rounded outwards.
    startTime: Math.floor(query.from / 1_000),
    endTime: Math.ceil(query.to / 1_000),
    queryString: query.text,
  });
  spent.calls += 1;
  const { queryId } = await calling('logs:StartQuery', () => client.send(start, { abortSignal }));
  let scanned = 0;
  for (let pauseMs = firstLookMs; ; pauseMs *= LOOK_LATER) {
    await calling('logs:GetQueryResults', () => wait(pauseMs, undefined, { signal: abortSignal }));
    const look = new GetQueryResultsCommand({ queryId });
    spent.calls += 1;
    const answer = await calling('logs:GetQueryResults', () => client.send(look, { abortSignal }));
    // Each look says the sum so far; a query that fails later has cost it all the same.
    const sum = answer.statistics?.bytesScanned ?? scanned;
    spent.bytesScanned += sum - scanned;
    scanned = sum;
    if (answer.status === 'Complete') return rowsOf(answer);
    if (!PENDING.includes(answer.status ?? 'Unknown')) {
      throw new HealerError('dependency.unavailable', `logs:GetQueryResults: ${answer.status}`);
    }
  }
}

function rowsOf({ results = [] }: GetQueryResultsCommandOutput): readonly Row[] {
  if (results.length >= ROWS_MAX) {
    throw new HealerError('dependency.refused', `logs:GetQueryResults: ${results.length} rows`);
  }
  return results.map((fields) =>
    Object.fromEntries(
      fields.flatMap(({ field, value }) =>
        field === undefined || value === undefined ? [] : [[field, value] as const],
      ),
    ),
  );
}
