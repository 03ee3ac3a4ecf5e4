/** Requests to pause and to resume, and the checks that the healer sends itself. */
import * as v from 'valibot';
import { showInput } from '../../core/bad-input.ts';
import { ALL_SERVICES, type PauseDelivery } from '../../core/delivery.ts';
import { HealerError } from '../../core/errors.ts';
import { PAUSE_MAX } from '../../core/pause.ts';
import { durationMillis, type EpochMillis, epochMillis } from '../../core/time.ts';
import { AskedAt, Person, RequestName, read, Sentence, ServiceId } from './schema.ts';

const Scope = { serviceId: v.optional(ServiceId), all: v.optional(v.literal(true)) };

const TIME = 'a time with its zone such as 2026-11-20T10:30:00Z';
const Time = v.pipe(v.string(), v.isoTimestamp(TIME), v.transform(epochOf));

const SPAN = 'a duration such as PT30M, PT2H or P1D, of at most 7 days';
const SPAN_PATTERN = /^P(?=[\dT])(?:(\d{1,3})D)?(?:T(?=\d)(?:(\d{1,3})H)?(?:(\d{1,5})M)?)?$/;
const Span = v.pipe(
  v.string(),
  v.regex(SPAN_PATTERN, SPAN),
  v.check(isWithinLimits, SPAN),
  v.transform(spanOf),
);

const Pause = v.strictObject({
  kind: v.literal('pause'),
  ...Scope,
  by: Person,
  why: Sentence,
  until: v.optional(Time),
  for: v.optional(Span),
  request: v.optional(RequestName),
  askedAt: v.optional(AskedAt),
});

const Resume = v.strictObject({
  kind: v.literal('resume'),
  ...Scope,
  by: Person,
  why: v.optional(Sentence),
  request: v.optional(RequestName),
  askedAt: v.optional(AskedAt),
});

/** Of the pause, or of what else waits to be told with it. */
const PauseId = v.pipe(v.string(), v.regex(/^[a-z]+-[a-z0-9-]{1,60}$/, 'pause-<time>-<letters>'));

const PauseCheck = v.strictObject({
  kind: v.literal('pause-check'),
  serviceId: v.union([ServiceId, v.literal(ALL_SERVICES)]),
  pauseId: PauseId,
  until: v.pipe(v.number(), v.finite(), v.transform(epochMillis)),
});

/** @throws {event.malformed} naming the field, the value got and the value wanted. */
export function openPause(message: unknown): PauseDelivery {
  const given = read(Pause, message, 'pause request');
  const { kind, by, why, until, for: span, request, askedAt, ...scope } = given;
  const serviceId = scopeOf(scope, 'pause request');
  const pause = { kind, serviceId, by, why, ...asked({ request, askedAt }) };
  if (until !== undefined && span === undefined) return { ...pause, until };
  if (span !== undefined && until === undefined) return { ...pause, for: span };
  const got = until === undefined ? 'neither' : 'both';
  throw malformed(`pause request: until, for: got ${got}, wanted one of the two`);
}

/** @throws {event.malformed} */
export function openResume(message: unknown): PauseDelivery {
  const { kind, by, why, request, askedAt, ...scope } = read(Resume, message, 'resume request');
  const serviceId = scopeOf(scope, 'resume request');
  return {
    kind,
    serviceId,
    by,
    ...(why === undefined ? {} : { why }),
    ...asked({ request, askedAt }),
  };
}

interface Asked {
  readonly request?: string | undefined;
  readonly askedAt?: EpochMillis | undefined;
}

function asked({ request, askedAt }: Asked): { request?: string; askedAt?: EpochMillis } {
  return {
    ...(request === undefined ? {} : { request }),
    ...(askedAt === undefined ? {} : { askedAt }),
  };
}

/** @throws {event.malformed} */
export function openPauseCheck(message: unknown): PauseDelivery {
  return read(PauseCheck, message, 'check of a pause');
}

interface Scoped {
  readonly serviceId?: string | undefined;
  readonly all?: true | undefined;
}

/** All services are never meant by leaving something out. */
function scopeOf(scope: Scoped, what: string): string {
  const { serviceId, all } = scope;
  if (serviceId !== undefined && all === undefined) return serviceId;
  if (serviceId === undefined && all === true) return ALL_SERVICES;
  throw malformed(`${what}: serviceId, all: got ${showInput(scope)}, wanted one of the two`);
}

function malformed(message: string): HealerError {
  return new HealerError('event.malformed', message);
}

function epochOf(text: string) {
  return epochMillis(Date.parse(text));
}

function isWithinLimits(text: string): boolean {
  const span = spanOf(text);
  return span > 0 && span <= PAUSE_MAX;
}

function spanOf(text: string) {
  const [, days = 0, hours = 0, minutes = 0] = SPAN_PATTERN.exec(text) ?? [];
  return durationMillis(((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000);
}
