/**
 * Requests and errors per task, from the service's own log lines.
 *
 * Two ways of reading, since neither serves everybody:
 * - FilterLogEvents is free and answers at once, but with whole lines in pages, the oldest first:
 *   of a busy service it reaches only the beginning of the window, when the fault may not have
 *   begun.
 * - Logs Insights counts the whole window on AWS's side and gives the newest error lines; it takes
 *   a second or two and is charged by the byte. Only a service whose lines are too many for the
 *   first way comes to it.
 *
 * Needs `logs:FilterLogEvents` and `logs:StartQuery` on the log group, and `logs:GetQueryResults`
 * on `*`. Without the last two a busy service is read as a sample.
 */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { isHealerError } from '../../core/errors.ts';
import type { GuardedService } from '../../core/guarded-service.ts';
import type { TrafficBasis, TrafficReading } from '../../core/observation.ts';
import type { TrafficReader } from '../../ports/readers.ts';
import { type Row, runQuery } from './log-insights.ts';
import { isErrorLevel, taskOf } from './log-line.ts';
import { type CountedBy, countQuery, errorQuery, filterPattern } from './log-query.ts';
import { type LogWindow, type Spent, searchLogs } from './log-search.ts';
import { countLine, type Tallies, tallyOf, toTasks } from './log-tally.ts';

/** Lines after which a window that is not at its end goes to Logs Insights. */
const INSIGHTS_FROM_LINES = 10_000;
/** The same for long lines, and for few among many others: a page is 1 MB at most. */
const PAGES_MAX = 5;
/** The same for pages that are slow to come. */
const SEARCH_TIME_MAX_MS = 4_000;
/** After this long without an answer of Logs Insights the sample has to do. */
const INSIGHTS_TIME_MAX_MS = 8_000;
/** Of everything together: logs must not use up the function's time. */
const TIME_MAX_MS = 15_000;
/**
 * US dollars for a GB scanned in us-east-1, as CloudWatch's price list says; other Regions ask
 * more.
 */
const USD_PER_GB = 0.005;
const GB = 2 ** 30;

/**
 * In the order in which they are tried: what a service answered tells more than how it complained.
 */
const BASES: readonly CountedBy[] = ['status', 'level'];

export interface LogTrafficOptions {
  /** Milliseconds that the search of lines may take; 4,000 when absent. */
  readonly searchTimeMs?: number;
  /** Milliseconds until a query is looked at first; 300 when absent. */
  readonly firstLookMs?: number;
  /** Milliseconds that Logs Insights may take; 8,000 when absent. */
  readonly insightsTimeMs?: number;
}

/** Counts per task; awslogs writes one stream per task. */
export function logTraffic(
  client: CloudWatchLogsClient,
  options: LogTrafficOptions = {},
): TrafficReader {
  return {
    async traffic(service, window, signal) {
      const spent = { calls: 0, bytesScanned: 0 };
      const total = AbortSignal.any([signal, AbortSignal.timeout(TIME_MAX_MS)]);
      const look: Look = { client, service, window, options, spent, signal: total };
      let found: Found = NOTHING;
      for (const basis of BASES) {
        found = await countBy(look, basis, found);
        if (found.tallies.size > 0) return toReading(look, basis, found);
      }
      return toReading(look, 'none', found);
    },
  };
}

/** One reading of one service. */
interface Look {
  readonly client: CloudWatchLogsClient;
  readonly service: GuardedService;
  readonly window: LogWindow;
  readonly options: LogTrafficOptions;
  readonly spent: Spent;
  readonly signal: AbortSignal;
}

interface Found {
  readonly tallies: Tallies;
  /** Set when Logs Insights has counted them, whatever it found. */
  readonly counted: boolean;
  readonly truncated: boolean;
}

const NOTHING: Found = { tallies: new Map(), counted: false, truncated: false };

/**
 * @param before - what the other basis found: a window that was too large for pages still is.
 * @throws {dependency.unavailable} when the search takes too long and Logs Insights is no help.
 */
async function countBy(look: Look, basis: CountedBy, before: Found): Promise<Found> {
  const sample: Tallies = new Map();
  const searched = before.counted ? 'partly' : await search(look, basis, sample);
  if (searched === 'whole') return { ...before, tallies: sample };
  const counts = await countWithInsights(look, basis, sample);
  if (counts !== undefined && (counts.size > 0 || sample.size === 0)) {
    return { tallies: counts, counted: true, truncated: before.truncated };
  }
  if (searched !== 'partly') throw searched.late;
  return { tallies: sample, counted: false, truncated: true };
}

/** How far it came, or why it took too long. */
async function search(
  look: Look,
  basis: CountedBy,
  tallies: Tallies,
): Promise<'whole' | 'partly' | { readonly late: unknown }> {
  const { client, service, window, spent, signal, options } = look;
  const timer = AbortSignal.timeout(options.searchTimeMs ?? SEARCH_TIME_MAX_MS);
  const limits = { pagesMax: PAGES_MAX, linesMax: INSIGHTS_FROM_LINES };
  const pattern = filterPattern(service, basis);
  try {
    const isWhole = await searchLogs(
      client,
      { ...window, ...limits, logGroup: service.logGroup, pattern },
      (event) => countLine(tallies, event, service, basis),
      { spent, abortSignal: AbortSignal.any([signal, timer]) },
    );
    return isWhole ? 'whole' : 'partly';
  } catch (error) {
    if (!timer.aborted || signal.aborted) throw error;
    return { late: error };
  }
}

/**
 * @returns the counts of the whole window; nothing when Logs Insights refuses, fails or takes too
 * long.
 */
async function countWithInsights(
  look: Look,
  basis: CountedBy,
  sample: Tallies,
): Promise<Tallies | undefined> {
  const timeMs = look.options.insightsTimeMs ?? INSIGHTS_TIME_MAX_MS;
  const abortSignal = AbortSignal.any([look.signal, AbortSignal.timeout(timeMs)]);
  const rows = await ask(look, countQuery(look.service, basis), abortSignal);
  if (rows === undefined) return undefined;
  const counts: Tallies = new Map();
  for (const row of rows) addRow(counts, row);
  if (![...counts.values()].some(({ errors }) => errors > 0)) return counts;
  const newest = await ask(look, errorQuery(look.service, basis), abortSignal);
  addErrorLines(counts, newest === undefined ? sample : talliesOf(look.service, basis, newest));
  return counts;
}

async function ask(
  { client, service, window, spent, options }: Look,
  text: string,
  abortSignal: AbortSignal,
): Promise<readonly Row[] | undefined> {
  const query = { ...window, logGroup: service.logGroup, text };
  const { firstLookMs } = options;
  try {
    return await runQuery(client, query, { spent, abortSignal, firstLookMs });
  } catch (error) {
    // There is always the sample to fall back on; what is no failure of AWS's is ours, and shows.
    if (!isHealerError(error)) throw error;
    return undefined;
  }
}

/** A row by level has no `errors`: all of its lines are, or none. */
function addRow(tallies: Tallies, row: Row): void {
  const taskId = taskOf(row['@logStream']);
  if (taskId === undefined) return;
  const tally = tallyOf(tallies, taskId);
  const requests = toCount(row['requests']);
  const { healLevel } = row;
  const failed = healLevel !== undefined && isErrorLevel(healLevel) ? requests : 0;
  tally.requests += requests;
  tally.errors += healLevel === undefined ? toCount(row['errors']) : failed;
  tally.timed += toCount(row['timed']);
  tally.slow += toCount(row['slow']);
}

/** A sum of nothing is left out, or empty. */
function toCount(value: string | undefined): number {
  const count = Number(value ?? 0);
  return Number.isFinite(count) ? count : 0;
}

function talliesOf(service: GuardedService, basis: CountedBy, newest: readonly Row[]): Tallies {
  const tallies: Tallies = new Map();
  for (const row of newest.toReversed()) {
    const line = { logStreamName: row['@logStream'], message: row['@message'] };
    countLine(tallies, line, service, basis);
  }
  return tallies;
}

function addErrorLines(counts: Tallies, lines: Tallies): void {
  for (const [taskId, tally] of counts) {
    tally.lastErrors = lines.get(taskId)?.lastErrors ?? [];
    tally.traceIds = lines.get(taskId)?.traceIds ?? [];
  }
}

function toReading(
  { window, spent }: Look,
  basis: TrafficBasis,
  { tallies, counted, truncated }: Found,
): TrafficReading {
  const { calls, bytesScanned } = spent;
  return {
    ...window,
    basis,
    cost: {
      source: counted ? 'Logs Insights' : 'FilterLogEvents',
      calls,
      ...(bytesScanned > 0 ? { bytesScanned } : {}),
      usd: (bytesScanned / GB) * USD_PER_GB,
    },
    tasks: toTasks(tallies),
    truncated,
  };
}
