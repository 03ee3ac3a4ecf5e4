/**
 * StartQuery, GetQueryResults and StopQuery: a query takes a while, and is asked for until it is
 * complete.
 */
import { randomUUID } from 'node:crypto';
import type {
  GetQueryResultsCommandInput,
  GetQueryResultsResponse,
  StartQueryCommandInput,
  StartQueryResponse,
  StopQueryCommandInput,
  StopQueryResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError, type OperationTable } from '../../gateway/operation.ts';
import { groupNamed } from '../log-group.ts';
import type { LogStore } from '../log-store.ts';
import { type Command, parseQuery } from './query.ts';
import { type QueryOutcome, runQuery } from './run-query.ts';
import { QueryError } from './tokens.ts';

export interface QueriesOptions {
  readonly store: LogStore;
  /** How long a query is `Running`. @default 100 */
  readonly queryMs?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

interface Query {
  readonly startedMs: number;
  readonly outcome: QueryOutcome;
  cancelled: boolean;
}

const QUERY_MS = 100;
const NOTHING_YET = { recordsMatched: 0, recordsScanned: 0, bytesScanned: 0 };

export function makeQueryOperations({
  store,
  queryMs = QUERY_MS,
  now = Date.now,
}: QueriesOptions): OperationTable {
  const queries = new Map<string, Query>();
  const find = (id: string | undefined): Query => {
    const query = queries.get(id ?? '');
    if (query !== undefined) return query;
    throw new AwsError('ResourceNotFoundException', `Query with id ${id} does not exist`);
  };
  const isRunning = ({ startedMs, cancelled }: Query): boolean =>
    !cancelled && now() < startedMs + queryMs;
  return {
    StartQuery: (input: StartQueryCommandInput): StartQueryResponse => {
      const outcome = answer(store, input);
      const queryId = randomUUID();
      queries.set(queryId, { startedMs: now(), outcome, cancelled: false });
      return { queryId };
    },
    GetQueryResults: (input: GetQueryResultsCommandInput): GetQueryResultsResponse => {
      const query = find(input.queryId);
      const queryLanguage = 'CWLI' as const;
      if (query.cancelled || isRunning(query)) {
        const status = query.cancelled ? 'Cancelled' : 'Running';
        return { queryLanguage, status, results: [], statistics: NOTHING_YET };
      }
      return { queryLanguage, status: 'Complete', ...query.outcome };
    },
    StopQuery: (input: StopQueryCommandInput): StopQueryResponse => {
      const query = find(input.queryId);
      if (!isRunning(query)) {
        const status = query.cancelled ? 'Cancelled' : 'Complete';
        const message = `Query is already ended with ${status} status`;
        throw new AwsError('InvalidParameterException', message);
      }
      query.cancelled = true;
      return { success: true };
    },
  };
}

function answer(store: LogStore, input: StartQueryCommandInput): QueryOutcome {
  const { startTime = 0, endTime = 0, queryString = '', limit } = input;
  if (startTime > endTime) {
    const message = `startTime: got ${startTime}, want at most endTime ${endTime}`;
    throw new AwsError('InvalidParameterException', message);
  }
  const groups = groupsOf(store, input);
  return runQuery(store, parse(queryString), { groups, startTime, endTime, limit });
}

function groupsOf(store: LogStore, input: StartQueryCommandInput): readonly string[] {
  const { logGroupName, logGroupNames, logGroupIdentifiers } = input;
  const given = [logGroupName, logGroupNames, logGroupIdentifiers];
  if (given.filter((names) => names !== undefined).length !== 1) {
    const message = 'logGroupName, logGroupNames, logGroupIdentifiers: want exactly one of them';
    throw new AwsError('InvalidParameterException', message);
  }
  const names = logGroupNames ?? (logGroupName === undefined ? [] : [logGroupName]);
  return [
    ...names.map((name) => groupNamed(store, { logGroupName: name }).name),
    ...(logGroupIdentifiers ?? []).map(
      (identifier) => groupNamed(store, { logGroupIdentifier: identifier }).name,
    ),
  ];
}

function parse(text: string): readonly Command[] {
  try {
    return parseQuery(text);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new AwsError('MalformedQueryException', error.message);
  }
}
