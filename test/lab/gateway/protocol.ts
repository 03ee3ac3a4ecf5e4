/**
 * The wire protocols AWS services speak: which one a request came in, its input read, its answer or
 * failure written.
 */
import { cbor } from '@smithy/core/cbor';
import type { NormalizedSchema } from '@smithy/core/schema';
import { cborIn, cborOut, jsonIn, jsonOut } from './leaf-codecs.ts';
import { readForm } from './query-form.ts';
import { convert, ShapeError } from './shape.ts';
import type { WireAnswer, WireRequest } from './wire.ts';
import { writeXml, writeXmlError } from './xml-answer.ts';

/** What an answer must repeat from its request. */
export interface AnswerContext {
  readonly request: WireRequest;
  readonly signingName: string;
  readonly operation: string;
  readonly requestId: string;
}

interface Failure {
  /** Error name as the SDK's classes spell it. */
  readonly name: string;
  /** Error code as the query protocol spells it. */
  readonly queryCode: string;
  readonly message: string;
  readonly status: number;
}

export interface WireProtocol {
  readonly name: 'json' | 'cbor' | 'query';
  /** The input along its shape. @throws ShapeError when the request does not fit. */
  readonly read: (request: WireRequest, input: NormalizedSchema) => unknown;
  /** The input as sent, for the record of a request whose shape is unknown or does not fit. */
  readonly raw: (request: WireRequest) => unknown;
  readonly answer: (to: AnswerContext, output: NormalizedSchema, value: unknown) => WireAnswer;
  readonly failure: (to: AnswerContext, failure: Failure) => WireAnswer;
}

const json: WireProtocol = {
  name: 'json',
  read: (request, input) => convert(input, parseJson(request), jsonIn),
  raw: (request) => attempt(() => parseJson(request)) ?? request.body.toString(),
  answer: (to, output, value) => ({
    status: 200,
    headers: { 'content-type': jsonType(to), 'x-amzn-requestid': to.requestId },
    body: JSON.stringify(convert(output, value ?? {}, jsonOut)),
  }),
  failure: (to, { name, message, ...failure }) => ({
    status: failure.status,
    headers: {
      'content-type': jsonType(to),
      'x-amzn-requestid': to.requestId,
      'x-amzn-errortype': name,
      ...queryError(to, failure),
    },
    body: JSON.stringify({ __type: name, message }),
    error: name,
  }),
};

const rpcCbor: WireProtocol = {
  name: 'cbor',
  read: (request, input) => convert(input, parseCbor(request), cborIn),
  raw: (request) => attempt(() => parseCbor(request)) ?? request.body.toString('base64'),
  answer: (to, output, value) => ({
    status: 200,
    headers: cborHeaders(to),
    body: cbor.serialize(convert(output, value ?? {}, cborOut)),
  }),
  failure: (to, { name, message, ...failure }) => ({
    status: failure.status,
    headers: { ...cborHeaders(to), ...queryError(to, failure) },
    body: cbor.serialize({ __type: name, message }),
    error: name,
  }),
};

const query: WireProtocol = {
  name: 'query',
  read: (request, input) => readForm(input, formOf(request)),
  raw: (request) => Object.fromEntries(formOf(request)),
  answer: (to, output, value) => ({
    status: 200,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': to.requestId },
    body: writeXml(to.operation, output, value ?? {}, namespaceOf(to), to.requestId),
  }),
  failure: (to, { name, queryCode, message, status }) => ({
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': to.requestId },
    body: writeXmlError(queryCode, message, status, namespaceOf(to), to.requestId),
    error: name,
  }),
};

/** The protocol a request speaks and the operation it names, or undefined when it names none. */
export function readCall(
  request: WireRequest,
): { readonly protocol: WireProtocol; readonly operation: string } | undefined {
  const rpc = /\/service\/[^/]+\/operation\/([^/?]+)/.exec(request.path)?.[1];
  if (rpc !== undefined && request.headers['smithy-protocol'] === 'rpc-v2-cbor') {
    return { protocol: rpcCbor, operation: rpc };
  }
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    return { protocol: json, operation: target.slice(target.lastIndexOf('.') + 1) };
  }
  const action = formOf(request).get('Action');
  return action === null ? undefined : { protocol: query, operation: action };
}

/**
 * The protocol to refuse a request in when it names no operation: XML unless its content says
 * otherwise.
 */
export function protocolByContent(request: WireRequest): WireProtocol {
  return request.headers['content-type']?.includes('json') ? json : query;
}

/** The fields of a query-protocol request, from its body or its URL. */
function formOf(request: WireRequest): URLSearchParams {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  if (isForm && request.body.length > 0) return new URLSearchParams(request.body.toString());
  return new URL(request.path, 'http://gateway').searchParams;
}

function parseJson(request: WireRequest): unknown {
  const text = request.body.toString();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new ShapeError('wrong-type', '', `body: got ${text.slice(0, 120)}, want JSON`);
  }
}

function parseCbor(request: WireRequest): unknown {
  try {
    return request.body.length === 0 ? {} : cbor.deserialize(request.body);
  } catch {
    throw new ShapeError('wrong-type', '', `body: got ${request.body.length} bytes, want CBOR`);
  }
}

function jsonType(to: AnswerContext): string {
  return to.request.headers['content-type'] ?? 'application/x-amz-json-1.1';
}

function cborHeaders(to: AnswerContext): Record<string, string> {
  return {
    'content-type': 'application/cbor',
    'smithy-protocol': 'rpc-v2-cbor',
    'x-amzn-requestid': to.requestId,
  };
}

/** Clients of services that once spoke query ask for the old code beside the new name. */
function queryError(
  to: AnswerContext,
  failure: Pick<Failure, 'queryCode' | 'status'>,
): Record<string, string> {
  if (to.request.headers['x-amzn-query-mode'] !== 'true') return {};
  const fault = failure.status < 500 ? 'Sender' : 'Receiver';
  return { 'x-amzn-query-error': `${failure.queryCode};${fault}` };
}

function namespaceOf(to: AnswerContext): string {
  return `http://${to.signingName}.amazonaws.com/doc/`;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
