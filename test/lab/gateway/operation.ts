/**
 * What a part of the lab must offer to be called as an AWS service: plain functions over the SDK's own input and
 * output types. The gateway does the rest (signing scope, wire protocol, shape check, recording, faults).
 */

/** Who calls, and when; `caller` is the access key id of the signature. */
export interface CallContext {
  readonly caller: string;
  readonly at: number;
  readonly requestId: string;
}

/** Input and output are the SDK's types (dates as `Date`); an `AwsError` becomes the service's wire error. */
export type OperationHandler<I, O> = (input: I, call: CallContext) => O | Promise<O>;

// biome-ignore lint/suspicious/noExplicitAny: operations of different shapes, each typed where it is made.
export type OperationTable = Readonly<Record<string, OperationHandler<any, any>>>;

export interface AwsService {
  /**
   * SigV4 signing name found in the credential scope, such as `ecs`, `elasticloadbalancing`,
   * `monitoring`, `logs`.
   */
  readonly signingName: string;
  /** The SDK client module; its exported `<Operation>$` schemas are what requests and answers are checked against. */
  readonly schemas: Readonly<Record<string, unknown>>;
  readonly operations: OperationTable;
}

/** A failure as AWS reports it, such as `InvalidParameterException` with HTTP 400. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
