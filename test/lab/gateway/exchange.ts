/**
 * A request understood: who calls what, with which input, and how to run or refuse it.
 */
import { AwsError, type AwsService } from './operation.ts';
import { type AnswerContext, protocolByContent, readCall, type WireProtocol } from './protocol.ts';
import { readRestCall } from './rest.ts';
import { readServed, writeFailure } from './serve.ts';
import { operationShape } from './service-schema.ts';
import type { Upstream } from './upstream.ts';
import type { WireAnswer, WireRequest } from './wire.ts';

export interface Exchange {
  readonly caller: string;
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  /** Performs the operation; may be repeated. */
  readonly run: () => Promise<WireAnswer>;
  /** Answers with a failure, without performing anything. */
  readonly refuse: (code: string, message: string, status: number) => WireAnswer;
}

/** What a permission check is told of a call. */
export type AuthorizedCall = Pick<Exchange, 'caller' | 'service' | 'operation' | 'input'>;

/** A call that its caller may not make, as the service answers it. */
export interface Denial {
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

/** @returns why the call is not run; nothing when it may. */
export type Authorize = (call: AuthorizedCall) => Promise<Denial | undefined>;

interface Offer {
  readonly services: readonly AwsService[];
  readonly proxies?: Readonly<Record<string, Upstream>>;
  readonly region: string;
}

interface Moment {
  readonly at: number;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

interface Scope {
  readonly caller: string;
  readonly region: string;
  readonly service: string;
}

/** What web servers log for a caller that hung up; nobody ever receives it. */
const CALLER_GONE = 499;

/** Understands a request; one that cannot be understood is an exchange whose `run` refuses it. */
export function readExchange(offer: Offer, request: WireRequest, moment: Moment): Exchange {
  const scope = readScope(request);
  const service = offer.services.find(({ signingName }) => signingName === scope?.service);
  const named = readCall(request) ?? (service && readRestCall(request, service.schemas));
  const protocol = named?.protocol ?? protocolByContent(request);
  const identity = {
    caller: scope?.caller ?? '',
    service: scope?.service ?? '',
    operation: named?.operation ?? '',
  };
  const to = {
    request,
    signingName: identity.service,
    operation: identity.operation,
    requestId: moment.requestId,
  };
  const problem = findProblem(offer, scope, named?.operation);
  if (problem) {
    const run = () => Promise.resolve(writeFailure({ schemas: {} }, protocol, to, problem));
    return { ...identity, input: protocol.raw(request), run, refuse: refuser({}, protocol, to) };
  }
  if (service) {
    const call = { caller: identity.caller, at: moment.at, requestId: moment.requestId };
    const served = readServed(service, protocol, to, call);
    return { ...identity, ...served, refuse: refuser(service.schemas, protocol, to) };
  }
  const upstream = offer.proxies?.[identity.service] as Upstream;
  return {
    ...identity,
    input: proxiedInput(upstream, protocol, to),
    run: () => forward(upstream, protocol, to, moment.signal),
    refuse: refuser(upstream.schemas, protocol, to),
  };
}

/** Who signed, and for what: `Credential=AKID/date/region/service/aws4_request`, unverified. */
function readScope(request: WireRequest): Scope | undefined {
  const header = request.headers['authorization'] ?? '';
  const match = /Credential=([^/,\s]+)\/[^/,\s]+\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/.exec(
    header,
  );
  const [, caller, region, service] = match ?? [];
  return caller && region && service ? { caller, region, service } : undefined;
}

function findProblem(
  offer: Offer,
  scope: Scope | undefined,
  operation: string | undefined,
): AwsError | undefined {
  if (!scope) {
    const wanted =
      'want AWS4-HMAC-SHA256 Credential=<key id>/<date>/<region>/<service>/aws4_request';
    return new AwsError(
      'MissingAuthenticationToken',
      `Authorization: got no scope, ${wanted}`,
      403,
    );
  }
  if (scope.region !== offer.region) {
    const message = `region of the signature: got ${scope.region}, want ${offer.region}`;
    return new AwsError('InvalidSignatureException', message, 403);
  }
  const offered = [
    ...offer.services.map(({ signingName }) => signingName),
    ...Object.keys(offer.proxies ?? {}),
  ];
  if (!offered.includes(scope.service)) {
    const wanted = offered.sort().join(', ');
    const message = `service of the signature: got ${scope.service}, want one of ${wanted}`;
    return new AwsError('UnknownService', message, 404);
  }
  if (operation !== undefined) return undefined;
  return new AwsError(
    'MissingAction',
    'operation: got none, want X-Amz-Target, Action, a smithy-rpc path, or a path of the service',
  );
}

function refuser(
  schemas: AwsService['schemas'],
  protocol: WireProtocol,
  to: AnswerContext,
): Exchange['refuse'] {
  return (code, message, status) =>
    writeFailure({ schemas }, protocol, to, new AwsError(code, message, status));
}

/**
 * The input for the record only: whoever answers judges it, so what does not fit is kept as sent.
 */
function proxiedInput(upstream: Upstream, protocol: WireProtocol, to: AnswerContext): unknown {
  const shape = operationShape(upstream.schemas, to.operation);
  if (protocol.name === 'json' || !shape) return protocol.raw(to.request);
  try {
    return protocol.read(to.request, shape.input);
  } catch {
    return protocol.raw(to.request);
  }
}

async function forward(
  upstream: Upstream,
  protocol: WireProtocol,
  to: AnswerContext,
  signal: AbortSignal,
): Promise<WireAnswer> {
  try {
    return await upstream.forward(to.request, signal);
  } catch (error) {
    // A long poll its caller gave up is nobody's failure; the record still shows how it ended.
    const gone = new AwsError(
      'CallerGone',
      'the caller hung up, or the gateway closed',
      CALLER_GONE,
    );
    return writeFailure(upstream, protocol, to, signal.aborted ? gone : error);
  }
}
