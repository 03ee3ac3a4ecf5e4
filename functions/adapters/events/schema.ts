import * as v from 'valibot';
import { HealerError } from '../../core/errors.ts';

/** Longest piece of bad input that an error shows. */
const SHOWN_MAX = 80;

/** As the healer names its services. */
export const ServiceId = v.pipe(v.string(), v.regex(/^[^/\s]+\/[^/\s]+$/, '<cluster>/<service>'));

/** Of an incident, as messages and the timeline name it. */
export const IncidentId = v.pipe(v.string(), v.regex(/^inc-[\w-]{1,60}$/, 'inc-<time>-<letters>'));

/** What the deliveries of one request have in common. */
export const RequestName = v.pipe(v.string(), v.minLength(1), v.maxLength(100));

/** @throws {event.malformed} naming the field, the value got and the value wanted. */
export function read<const S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  what: string,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue);
  const field = path === null ? what : `${what}: ${path}`;
  const message = `${field}: got ${issue.received.slice(0, SHOWN_MAX)}, wanted ${wantedBy(issue)}`;
  throw new HealerError('event.malformed', message, { details: { field: path ?? '' } });
}

/** A schema's own words where it has some; valibot's default ones begin with "Invalid". */
function wantedBy(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'never') return 'no field of this name';
  return issue.message.startsWith('Invalid') ? (issue.expected ?? issue.message) : issue.message;
}

/** @throws {event.malformed} when the text is not JSON. */
export function readJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HealerError('event.malformed', `${what}: got ${show(text)}, wanted JSON`, {
      cause: error,
    });
  }
}

export function show(value: unknown): string {
  return JSON.stringify(value).slice(0, SHOWN_MAX);
}
