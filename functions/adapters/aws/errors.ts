/** The one place where an SDK error becomes one of ours. What is not listed is unknown, and unknown means hold. */
import { describe, type ErrorCode, HealerError } from '../../core/errors.ts';

interface Kind {
  readonly code: ErrorCode;
  readonly retryable: boolean;
}

const UNAVAILABLE: Kind = { code: 'dependency.unavailable', retryable: true };
const REFUSED: Kind = { code: 'dependency.refused', retryable: false };
const MISSING: Kind = { code: 'dependency.missing', retryable: false };

const KINDS: Readonly<Record<string, Kind>> = {
  ThrottlingException: UNAVAILABLE,
  Throttling: UNAVAILABLE,
  TooManyRequestsException: UNAVAILABLE,
  ProvisionedThroughputExceededException: UNAVAILABLE,
  TransactionCanceledException: UNAVAILABLE,
  TransactionConflictException: UNAVAILABLE,
  TransactionInProgressException: UNAVAILABLE,
  RequestLimitExceeded: UNAVAILABLE,
  LimitExceededException: UNAVAILABLE,
  ServerException: UNAVAILABLE,
  InternalServerError: UNAVAILABLE,
  InternalFailure: UNAVAILABLE,
  ServiceUnavailableException: UNAVAILABLE,
  HealthUnavailableException: UNAVAILABLE,
  TimeoutError: UNAVAILABLE,
  AbortError: UNAVAILABLE,
  ECONNREFUSED: UNAVAILABLE,
  ECONNRESET: UNAVAILABLE,
  AccessDeniedException: REFUSED,
  AccessDenied: REFUSED,
  AuthorizationErrorException: REFUSED,
  UnauthorizedOperation: REFUSED,
  InvalidParameterException: REFUSED,
  ClientException: REFUSED,
  ValidationException: REFUSED,
  MalformedQueryException: REFUSED,
  IdempotentParameterMismatchException: REFUSED,
  ClusterNotFoundException: MISSING,
  ServiceNotFoundException: MISSING,
  ServiceNotActiveException: MISSING,
  TargetGroupNotFoundException: MISSING,
  ResourceNotFoundException: MISSING,
  ParameterNotFound: MISSING,
};

/** @param what - the call, such as `ecs:DescribeTasks`; it begins the message. */
export function translate(error: unknown, what: string): HealerError {
  if (error instanceof HealerError) return error;
  const name = nameOf(unwrap(error));
  const kind = KINDS[name] ?? { code: 'dependency.unavailable', retryable: true };
  return new HealerError(kind.code, `${what}: ${name}: ${describe(error)}`, {
    retryable: kind.retryable,
    cause: error,
    details: { call: what, name },
  });
}

/** Powertools puts an error of its own around what the SDK threw. */
function unwrap(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'GetParameterError') return error;
  return error.cause ?? error;
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { code?: unknown };
  return error.name === 'Error' && typeof code === 'string' ? code : error.name;
}

/** What AWS's services call a caller who asks too much. */
const THROTTLES: readonly unknown[] = [
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
];

/** @param error - one that {@link translate} has made. */
export function isThrottled(error: unknown): boolean {
  return error instanceof HealerError && THROTTLES.includes(error.details['name']);
}

/** Runs one AWS call and translates what it throws. */
export async function calling<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translate(error, what);
  }
}
