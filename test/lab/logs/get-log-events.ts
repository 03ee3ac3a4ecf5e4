/**
 * GetLogEvents: one stream, forwards or backwards.
 */
import type {
  GetLogEventsCommandInput,
  GetLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../gateway/operation.ts';
import { checkLimit, checkTimes, isAfter, MOST_BYTES } from './filter-log-events.ts';
import { groupNamed } from './log-group.ts';
import { type LogStore, type StoredEvent, sizeOf } from './log-store.ts';
import { type Place, readToken, writeToken } from './page-token.ts';

/** Both tokens are always given; at the end of the stream the same token comes back. */
export function getLogEvents(
  store: LogStore,
  input: GetLogEventsCommandInput,
): GetLogEventsResponse {
  const group = groupNamed(store, input);
  const { logStreamName, startTime, endTime, nextToken: token } = input;
  if (!group.streams.has(logStreamName as string)) {
    const message = `The specified log stream does not exist. logStreamName: got ${logStreamName}`;
    throw new AwsError('ResourceNotFoundException', message);
  }
  const limit = checkLimit(input.limit);
  checkTimes(startTime, endTime);
  const query = { group: group.name, logStreamName, startTime, endTime };
  const place = token === undefined ? undefined : readToken(query, token.slice(2));
  const forward = token === undefined ? input.startFromHead === true : token.startsWith('f/');
  const inRange = [...store.events(group.name, startTime)].filter(
    // Unlike in FilterLogEvents, the end is exclusive here.
    (event) => event.stream === logStreamName && event.timestamp < (endTime ?? Infinity),
  );
  const candidates = inRange.filter(
    (event) => !place || (forward ? isAfter(event, place) : isBefore(event, place)),
  );
  const page = takePage(forward ? candidates : candidates.reverse(), limit);
  if (!forward) page.reverse();
  return {
    events: page.map(({ timestamp, message, ingestionTime }) => ({
      timestamp,
      message,
      ingestionTime,
    })),
    nextForwardToken: `f/${writeToken(query, page.at(-1) ?? place ?? BEGINNING)}`,
    nextBackwardToken: `b/${writeToken(query, page[0] ?? place ?? BEGINNING)}`,
  };
}

const BEGINNING: Place = { timestamp: 0, sequence: -1 };

function isBefore(event: StoredEvent, place: Place): boolean {
  if (event.timestamp !== place.timestamp) return event.timestamp < place.timestamp;
  return event.sequence < place.sequence;
}

function takePage(events: readonly StoredEvent[], limit: number): StoredEvent[] {
  const page: StoredEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    bytes += sizeOf(event);
    if (page.length === limit || (bytes > MOST_BYTES && page.length > 0)) break;
    page.push(event);
  }
  return page;
}
