/** What one JSON log line says, by the field names of its service; no line can make this throw. */
import type { LogFields } from '../../core/guarded-service.ts';

export type LogLine = Readonly<Record<string, unknown>>;

/** @returns the line's object; nothing for text, lists and broken JSON. */
export function parseLine(message: string | undefined): LogLine | undefined {
  // Most lines that are no object end here: a failed parse costs more than a look at the first
  // character.
  if (message === undefined || !/^\s*\{/.test(message)) return undefined;
  try {
    return JSON.parse(message) as LogLine;
  } catch {
    return undefined;
  }
}

/** The task that writes the stream: awslogs names it `<prefix>/<container>/<task id>`. */
export function taskOf(stream: string | undefined): string | undefined {
  const id = stream?.split('/').at(-1);
  return id === '' ? undefined : id;
}

/**
 * HTTP status, 100 to 599: the first field that holds one, so a `status` of `ok` hides no
 * `statusCode`.
 */
export function statusOf(line: LogLine, fields: LogFields): number | undefined {
  return first(line, fields.status, (value) => {
    const status = toNumber(value);
    return status !== undefined && status >= 100 && status < 600 ? status : undefined;
  });
}

/** Such as `error`, `WARN`, or pino's `50`. */
export function levelOf(line: LogLine, fields: LogFields): string | undefined {
  return first(line, fields.level, (value) =>
    (typeof value === 'string' && value !== '') || typeof value === 'number'
      ? String(value)
      : undefined,
  );
}

/** A regular expression's part: words of syslog, winston, Python, zap and Java. */
export const ERROR_WORDS = 'err(or)?|fatal|crit(ical)?|alert|emerg(ency)?|d?panic|severe';
/** Pino's 50 is error, its 60 fatal. */
export const ERROR_NUMBER = 50;
/** slog writes `ERROR+2` for what lies above an error. */
const ERROR_LEVEL = new RegExp(`^(?:${ERROR_WORDS})\\b`, 'i');

export function isErrorLevel(level: string): boolean {
  return Number(level) >= ERROR_NUMBER || ERROR_LEVEL.test(level);
}

const PINO_LEVELS: Readonly<Record<string, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** The level as a person reads it: pino's numbers by their names. */
export function sayLevel(level: string): string {
  return PINO_LEVELS[level] ?? level.toLowerCase();
}

const UNIT_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  µs: 0.001,
  μs: 0.001,
  ms: 1,
  s: 1_000,
};
const WITH_UNIT = /^(\d+(?:\.\d+)?)\s*(us|µs|μs|ms|s)$/i;

/** Milliseconds: a number, or text such as `12`, `12ms`, `0.5s`. */
export function durationOf(line: LogLine, fields: LogFields): number | undefined {
  return first(line, fields.duration, (value) => {
    const plain = toNumber(value);
    if (plain !== undefined) return plain >= 0 ? plain : undefined;
    const [, amount, unit = ''] = WITH_UNIT.exec(String(value)) ?? [];
    return amount === undefined ? undefined : Number(amount) * (UNIT_MS[unit.toLowerCase()] ?? 1);
  });
}

export function traceIdOf(line: LogLine, fields: LogFields): string | undefined {
  return first(line, fields.traceId, (value) =>
    typeof value === 'string' && value !== '' ? value : undefined,
  );
}

/**
 * Where loggers put a thrown error: pino, Powertools, slog and winston, then Python's traceback.
 */
const ERROR_FIELDS = ['err', 'error', 'exception', 'exc_info'];

/** The message, with the thrown error's own behind it unless it is the same; not redacted yet. */
export function messageOf(line: LogLine, fields: LogFields): string {
  const message = first(line, fields.message, text) ?? '';
  const error = first(line, ERROR_FIELDS, errorText) ?? '';
  if (error === '' || message.includes(error)) return message;
  return message === '' ? error : `${message}: ${error}`;
}

/** A message that is not text is shown as JSON, not as `[object Object]`. */
function text(value: unknown): string | undefined {
  if (value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function errorText(value: unknown): string | undefined {
  if (typeof value === 'string') return lastLine(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const { message } = value as { message?: unknown };
  return typeof message === 'string' ? message : undefined;
}

/** A traceback says at its end what went wrong. */
function lastLine(value: string): string | undefined {
  return value.trim().split('\n').at(-1)?.trim();
}

/** What the first field gives that gives anything. */
function first<T>(
  line: LogLine,
  names: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const name of names) {
    for (const value of [own(line, name), follow(line, name)]) {
      const found = value === undefined ? undefined : read(value);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Some loggers flatten: `dd.trace_id` may be a key, or lead into an object. */
function follow(line: LogLine, path: string): unknown {
  if (!path.includes('.')) return undefined;
  return path.split('.').reduce<unknown>(own, line);
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^\s*-?\d+(?:\.\d+)?\s*$/.test(value)) return undefined;
  return Number(value);
}
