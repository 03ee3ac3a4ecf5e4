import * as v from 'valibot';
import { shortenInput, showInput } from '../../core/bad-input.ts';
import { HealerError } from '../../core/errors.ts';
import { BY_MAX, WHY_MAX } from '../../core/pause.ts';
import { redact, redactSecrets } from '../../core/redact.ts';
import { epochMillis } from '../../core/time.ts';

/** As the healer names its services. */
export const ServiceId = v.pipe(v.string(), v.regex(/^[^/\s]+\/[^/\s]+$/, '<cluster>/<service>'));

/** Of an incident, as messages and the timeline name it. */
export const IncidentId = v.pipe(v.string(), v.regex(/^inc-[\w-]{1,60}$/, 'inc-<time>-<letters>'));

/** Who asks. It is told and logged, so a secret that was pasted there goes no further. */
export const Person = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(BY_MAX),
  v.transform((name) => redactSecrets(name, BY_MAX)),
);

/** The last moment of the year 9999: all that is written as a time fits. */
const LAST_MOMENT = 253_402_300_799_999;

/** Milliseconds since 1970, as the healer writes times into its own messages. */
export const Instant = v.pipe(
  v.number(),
  v.minValue(0, 'a time in milliseconds since 1970'),
  v.maxValue(LAST_MOMENT, 'a time in milliseconds until the year 9999'),
);

/** Why somebody asks, in their own words. */
export const Sentence = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(WHY_MAX),
  v.transform((words) => redact(words, WHY_MAX)),
);

/** What the deliveries of one request have in common. */
export const RequestName = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(100),
  v.transform((name) => name.toWellFormed()),
);

/** When a person asked, as a message may say it: its age in a queue is lost when it is sent there again. */
export const AskedAt = v.pipe(
  v.string(),
  v.isoTimestamp('a time with its zone such as 2026-11-20T10:30:00Z'),
  v.transform((text) => epochMillis(Date.parse(text))),
);

/** @throws {event.malformed} naming the field, the value got and the value wanted. */
export function read<const S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  what: string,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = shortenInput(v.getDotPath(issue) ?? '');
  const field = path === '' ? what : `${what}: ${path}`;
  const message = `${field}: got ${shortenInput(issue.received)}, wanted ${wantedBy(issue)}`;
  throw new HealerError('event.malformed', message, { details: { field: path } });
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
  } catch {
    // What the engine says of it quotes more of the text, and not redacted.
    throw new HealerError('event.malformed', `${what}: got ${showInput(text)}, wanted JSON`);
  }
}
