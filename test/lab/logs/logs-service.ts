/**
 * CloudWatch Logs over the lab's log store: the reading half of its API.
 */

import type {
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsResponse,
  DescribeLogStreamsCommandInput,
  DescribeLogStreamsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import * as schemas from '@aws-sdk/client-cloudwatch-logs';
import { AwsError, type AwsService } from '../gateway/operation.ts';
import { filterLogEvents } from './filter-log-events.ts';
import { getLogEvents } from './get-log-events.ts';
import { makeQueryOperations, type QueriesOptions } from './insights/queries.ts';
import { groupNamed } from './log-group.ts';
import type { LogGroup, LogStore, StoredStream } from './log-store.ts';

export interface LogsServiceOptions extends QueriesOptions {
  readonly region: string;
  readonly accountId: string;
}

const MOST_DESCRIBED = 50;

/**
 * FilterLogEvents, GetLogEvents, DescribeLogGroups, DescribeLogStreams and queries of Logs
 * Insights, for the gateway.
 */
export function logsService(options: LogsServiceOptions): AwsService {
  const { store, region, accountId } = options;
  const arnOf = (group: string) => `arn:aws:logs:${region}:${accountId}:log-group:${group}`;
  return {
    signingName: 'logs',
    schemas,
    operations: {
      FilterLogEvents: (input: schemas.FilterLogEventsCommandInput) =>
        filterLogEvents(store, input),
      GetLogEvents: (input: schemas.GetLogEventsCommandInput) => getLogEvents(store, input),
      DescribeLogGroups: (input: DescribeLogGroupsCommandInput) =>
        describeLogGroups(store, input, arnOf),
      DescribeLogStreams: (input: DescribeLogStreamsCommandInput) =>
        describeLogStreams(store, input, arnOf),
      ...makeQueryOperations(options),
    },
  };
}

function describeLogGroups(
  store: LogStore,
  input: DescribeLogGroupsCommandInput,
  arnOf: (group: string) => string,
): DescribeLogGroupsResponse {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: part } = input;
  if (prefix !== undefined && part !== undefined) {
    throw invalid('logGroupNamePrefix and logGroupNamePattern: got both, want one of them');
  }
  const matching = store
    .groups()
    .filter(({ name }) => name.startsWith(prefix ?? '') && name.includes(part ?? ''));
  const { page, nextToken } = pageOf(matching, input.limit, input.nextToken);
  return { logGroups: page.map((group) => groupAnswer(group, arnOf(group.name))), ...nextToken };
}

function groupAnswer({ name, creationTime, bytes }: LogGroup, arn: string) {
  return {
    logGroupName: name,
    creationTime,
    metricFilterCount: 0,
    arn: `${arn}:*`,
    logGroupArn: arn,
    logGroupClass: 'STANDARD' as const,
    storedBytes: bytes,
  };
}

function describeLogStreams(
  store: LogStore,
  input: DescribeLogStreamsCommandInput,
  arnOf: (group: string) => string,
): DescribeLogStreamsResponse {
  const group = groupNamed(store, input);
  const { logStreamNamePrefix: prefix, orderBy = 'LogStreamName', descending } = input;
  if (prefix !== undefined && orderBy === 'LastEventTime') {
    throw invalid('logStreamNamePrefix: got a prefix, want none when ordering by LastEventTime');
  }
  const byName = (left: StoredStream, right: StoredStream) => (left.name < right.name ? -1 : 1);
  const byTime = (left: StoredStream, right: StoredStream) =>
    (left.lastEventTimestamp ?? 0) - (right.lastEventTimestamp ?? 0) || byName(left, right);
  const matching = [...group.streams.values()]
    .filter(({ name }) => name.startsWith(prefix ?? ''))
    .sort(orderBy === 'LastEventTime' ? byTime : byName);
  if (descending) matching.reverse();
  const { page, nextToken } = pageOf(matching, input.limit, input.nextToken);
  const logStreams = page.map(({ name, ...times }) => ({
    logStreamName: name,
    ...times,
    arn: `${arnOf(group.name)}:log-stream:${name}`,
    storedBytes: 0,
  }));
  return { logStreams, ...nextToken };
}

/**
 * A page by the name its predecessor ended with, so that what is added meanwhile shifts nothing.
 */
function pageOf<T extends { readonly name: string }>(
  all: readonly T[],
  limit = MOST_DESCRIBED,
  token?: string,
) {
  if (limit < 1 || limit > MOST_DESCRIBED) {
    throw invalid(`limit: got ${limit}, want 1 to ${MOST_DESCRIBED}`);
  }
  const after = token === undefined ? -1 : all.findIndex(({ name }) => name === token);
  if (token !== undefined && after < 0) throw invalid('The specified nextToken is invalid.');
  const page = all.slice(after + 1, after + 1 + limit);
  const more = after + 1 + limit < all.length;
  const last = page.at(-1);
  return { page, nextToken: more && last ? { nextToken: last.name } : {} };
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
