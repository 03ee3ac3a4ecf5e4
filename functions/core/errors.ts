/**
 * What can be broken, by code. Expected refusals are values, never errors.
 *
 * `retryable` says what the platform should do: true means the same delivery may succeed later.
 */
export type ErrorCode =
  | 'event.malformed'
  | 'event.unknown-kind'
  | 'event.not-guarded'
  | 'config.invalid'
  | 'dependency.unavailable'
  | 'dependency.refused'
  | 'dependency.missing'
  | 'dependency.outcome-unknown'
  | 'store.malformed'
  | 'store.contended'
  | 'chat.rate-limited'
  | 'chat.unavailable'
  | 'chat.refused';

type Details = Readonly<Record<string, string | number | boolean | undefined>>;

export interface HealerErrorOptions {
  readonly retryable?: boolean;
  readonly details?: Details;
  readonly cause?: unknown;
}

export class HealerError extends Error {
  override readonly name = 'HealerError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Details;

  constructor(code: ErrorCode, message: string, options: HealerErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

export function isHealerError(error: unknown): error is HealerError {
  return error instanceof HealerError;
}

/** The sentence for a log or a reading, whatever was thrown. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
