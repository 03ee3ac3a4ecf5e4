/**
 * FilterLogEvents: events of many streams as one, in time order, a page at a time.
 */
import type {
  FilterLogEventsCommandInput,
  FilterLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../gateway/operation.ts';
import { type Matcher, parseFilterPattern } from './filter-pattern.ts';
import { groupNamed } from './log-group.ts';
import { type LogStore, type StoredEvent, sizeOf } from './log-store.ts';
import { type Place, readToken, writeToken } from './page-token.ts';
import { PatternError } from './pattern-error.ts';

const MOST_EVENTS = 10_000;
export const MOST_BYTES = 1024 * 1024;

/**
 * @throws AwsError for an unknown group, a pattern the lab does not speak, or limits out of range.
 */
export function filterLogEvents(
  store: LogStore,
  input: FilterLogEventsCommandInput,
): FilterLogEventsResponse {
  const group = groupNamed(store, input);
  const limit = checkLimit(input.limit);
  checkTimes(input.startTime, input.endTime);
  const wanted = streamFilter(input);
  const matches = matcherOf(input.filterPattern);
  const { nextToken, limit: _, ...query } = input;
  const after = nextToken === undefined ? undefined : readToken(query, nextToken);
  const page: StoredEvent[] = [];
  let bytes = 0;
  let last: Place | undefined;
  for (const event of store.events(group.name, after?.timestamp ?? input.startTime)) {
    if (event.timestamp > (input.endTime ?? Number.POSITIVE_INFINITY)) break;
    if (!isAfter(event, after) || !wanted(event.stream) || !matches(event.message)) continue;
    bytes += sizeOf(event);
    if (page.length === limit || (bytes > MOST_BYTES && page.length > 0)) {
      return { ...answer(page), nextToken: writeToken(query, last ?? event) };
    }
    page.push(event);
    last = event;
  }
  return answer(page);
}

export function checkLimit(limit: number | undefined): number {
  if (limit === undefined) return MOST_EVENTS;
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_EVENTS) return limit;
  const message = `limit: got ${limit}, want a whole number from 1 to ${MOST_EVENTS}`;
  throw new AwsError('InvalidParameterException', message);
}

export function checkTimes(startTime: number | undefined, endTime: number | undefined): void {
  for (const [name, time] of Object.entries({ startTime, endTime })) {
    if (time === undefined || (Number.isInteger(time) && time >= 0)) continue;
    const message = `${name}: got ${time}, want whole epoch milliseconds`;
    throw new AwsError('InvalidParameterException', message);
  }
  if (startTime !== undefined && endTime !== undefined && startTime > endTime) {
    const message = `startTime: got ${startTime}, want at most endTime ${endTime}`;
    throw new AwsError('InvalidParameterException', message);
  }
}

export function isAfter(event: StoredEvent, place: Place | undefined): boolean {
  if (!place || event.timestamp > place.timestamp) return true;
  return event.timestamp === place.timestamp && event.sequence > place.sequence;
}

function streamFilter(input: FilterLogEventsCommandInput): (stream: string) => boolean {
  const { logStreamNames: names, logStreamNamePrefix: prefix } = input;
  if (names !== undefined && prefix !== undefined) {
    const message = 'logStreamNames and logStreamNamePrefix: got both, want one of them';
    throw new AwsError('InvalidParameterException', message);
  }
  if (names !== undefined) {
    const wanted = new Set(names);
    return (stream) => wanted.has(stream);
  }
  return (stream) => stream.startsWith(prefix ?? '');
}

function matcherOf(pattern = ''): Matcher {
  try {
    return parseFilterPattern(pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new AwsError('InvalidParameterException', error.message);
  }
}

function answer(page: readonly StoredEvent[]): FilterLogEventsResponse {
  const events = page.map(({ stream, timestamp, message, ingestionTime, sequence }) => ({
    logStreamName: stream,
    timestamp,
    message,
    ingestionTime,
    eventId: String(sequence).padStart(56, '0'),
  }));
  return { events, searchedLogStreams: [] };
}
