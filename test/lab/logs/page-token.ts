/**
 * Tokens for the next page: opaque to callers, and good only for the query they came from.
 */
import { createHash } from 'node:crypto';
import { AwsError } from '../gateway/operation.ts';

/** A place in time order: just after this event. */
export interface Place {
  readonly timestamp: number;
  readonly sequence: number;
}

/** What the pages belong to: the input without what may change from page to page. */
type Query = Readonly<Record<string, unknown>>;

export function writeToken(query: Query, place: Place): string {
  return `${digest(query)}.${place.timestamp}.${place.sequence}`;
}

/** @throws AwsError InvalidParameterException when the token is not of this query. */
export function readToken(query: Query, token: string): Place {
  const [from, timestamp, sequence] = token.split('.').map((part) => part.trim());
  const place = { timestamp: Number(timestamp), sequence: Number(sequence) };
  if (
    from === digest(query) &&
    Number.isFinite(place.timestamp) &&
    Number.isFinite(place.sequence)
  ) {
    return place;
  }
  throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
}

function digest(query: Query): string {
  const members = Object.entries(query).sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url').slice(0, 16);
}
