/**
 * One call of an `AwsService`: input checked, handler run, answer checked, any failure put on the
 * wire.
 */
import { AwsError, type AwsService, type CallContext } from './operation.ts';
import type { AnswerContext, WireProtocol } from './protocol.ts';
import { errorSpelling, operationShape } from './service-schema.ts';
import { ShapeError } from './shape.ts';
import type { WireAnswer } from './wire.ts';

/**
 * Codes for a required member that is missing, where the service does not call it
 * ValidationException.
 */
const MISSING_MEMBER_CODE: Readonly<Record<string, string>> = {
  ecs: 'InvalidParameterException',
  logs: 'InvalidParameterException',
  elasticloadbalancing: 'ValidationError',
  monitoring: 'ValidationError',
};

export interface ServedCall {
  /** The input, in the SDK's types where it fits its shape, as sent where it does not. */
  readonly input: unknown;
  readonly run: () => Promise<WireAnswer>;
}

/** Reads a call now; `run` may be repeated, and never rejects. */
export function readServed(
  service: AwsService,
  protocol: WireProtocol,
  to: AnswerContext,
  call: CallContext,
): ServedCall {
  const refused = (error: unknown) => ({
    input: protocol.raw(to.request),
    run: () => Promise.resolve(writeFailure(service, protocol, to, error)),
  });
  const handler = service.operations[to.operation];
  const shape = operationShape(service.schemas, to.operation);
  if (!handler || !shape) return refused(unknownOperation(service, to.operation, !shape));
  let input: unknown;
  try {
    input = protocol.read(to.request, shape.input);
  } catch (error) {
    return refused(asRequestError(service, protocol, error));
  }
  const run = async (): Promise<WireAnswer> => {
    try {
      return protocol.answer(to, shape.output, await handler(input, call));
    } catch (error) {
      return writeFailure(service, protocol, to, error);
    }
  };
  return { input, run };
}

/**
 * A failure in the service's own spelling; what is not an `AwsError` is a bug of the lab, and says
 * so.
 */
export function writeFailure(
  service: Pick<AwsService, 'schemas'>,
  protocol: WireProtocol,
  to: AnswerContext,
  error: unknown,
): WireAnswer {
  if (!(error instanceof AwsError)) {
    const message = `bug of the lab in ${to.signingName}:${to.operation}: ${describe(error)}`;
    return protocol.failure(to, {
      name: 'InternalFailure',
      queryCode: 'InternalFailure',
      message,
      status: 500,
    });
  }
  const { name, queryCode, status } = errorSpelling(service.schemas, error.code);
  // 400 is what an AwsError has when nobody said otherwise: the shape's own status is better.
  const finalStatus = error.status === 400 ? (status ?? 400) : error.status;
  return protocol.failure(to, { name, queryCode, message: error.message, status: finalStatus });
}

function unknownOperation(service: AwsService, operation: string, notInSdk: boolean): AwsError {
  const offered = Object.keys(service.operations).sort().join(', ');
  const why = notInSdk ? ' (not an operation of the SDK client)' : '';
  return new AwsError(
    'UnknownOperationException',
    `${service.signingName}: operation: got ${operation}${why}, want one of ${offered}`,
  );
}

function asRequestError(service: AwsService, protocol: WireProtocol, error: unknown): unknown {
  if (!(error instanceof ShapeError)) return error;
  const missing = MISSING_MEMBER_CODE[service.signingName] ?? 'ValidationException';
  if (error.problem === 'missing-member') return new AwsError(missing, error.message);
  const malformed = protocol.name === 'query' ? 'ValidationError' : 'SerializationException';
  return new AwsError(malformed, error.message);
}

function describe(error: unknown): string {
  if (error instanceof ShapeError) return `the answer does not fit its shape: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
