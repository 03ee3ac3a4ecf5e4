/**
 * Services that name an operation by method and path, such as Lambda: which one a request means, and how its members
 * are spread over path, query, headers and body.
 */
import type { NormalizedSchema } from '@smithy/core/schema';
import { jsonIn, jsonOut } from './leaf-codecs.ts';
import type { AwsService } from './operation.ts';
import type { WireProtocol } from './protocol.ts';
import { convert, type LeafCodec } from './shape.ts';
import type { WireRequest } from './wire.ts';

type Schemas = AwsService['schemas'];

/** Path, query and headers hold only text. */
const bound: LeafCodec = {
  ...jsonIn,
  number: (value) => (typeof value === 'string' ? Number(value) : value),
  boolean: (value) => (typeof value === 'string' ? value === 'true' : value),
  blob: (value) => (value instanceof Uint8Array ? value : undefined),
};

const OPERATION = 9;
const LABEL = /\{(\w+)\}/g;

/** @returns nothing when the service has no operation at this method and path. */
export function readRestCall(
  request: WireRequest,
  schemas: Schemas,
): { readonly protocol: WireProtocol; readonly operation: string } | undefined {
  const { pathname } = urlOf(request);
  for (const [name, schema] of Object.entries(schemas)) {
    if (!Array.isArray(schema) || schema[0] !== OPERATION) continue;
    const http: unknown = (schema[3] as { http?: unknown } | undefined)?.http;
    if (!Array.isArray(http) || http[0] !== request.method) continue;
    const pattern = new RegExp(`^${String(http[1]).replace(LABEL, '(?<$1>[^/]+)')}/?$`);
    const labels = pattern.exec(pathname);
    if (labels === null) continue;
    return { protocol: protocolOf(labels.groups ?? {}), operation: name.replace(/\$$/, '') };
  }
  return undefined;
}

function protocolOf(labels: Readonly<Record<string, string>>): WireProtocol {
  return {
    name: 'json',
    read: (request, input) => convert(input, gather(request, labels, input), bound),
    raw: (request) => ({ ...labels, ...Object.fromEntries(urlOf(request).searchParams) }),
    answer: ({ requestId }, output, value) =>
      spread(output, (value ?? {}) as Record<string, unknown>, requestId),
    failure: ({ requestId }, { name, message, status }) => ({
      status,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': name,
      },
      body: JSON.stringify({ Message: message }),
      error: name,
    }),
  };
}

function gather(
  request: WireRequest,
  labels: Readonly<Record<string, string>>,
  input: NormalizedSchema,
): Record<string, unknown> {
  const query = urlOf(request).searchParams;
  const members = [...input.structIterator()];
  const isWhole = members.some(([, shape]) => shape.getMergedTraits().httpPayload);
  const found: Record<string, unknown> =
    isWhole || request.body.length === 0
      ? {}
      : (JSON.parse(request.body.toString()) as Record<string, unknown>);
  for (const [name, shape] of members) {
    const { httpLabel, httpQuery, httpHeader, httpPayload } = shape.getMergedTraits();
    const label = labels[name];
    if (httpLabel && label !== undefined) found[name] = decodeURIComponent(label);
    if (httpQuery !== undefined) found[name] = query.get(httpQuery);
    if (httpHeader !== undefined) found[name] = request.headers[httpHeader.toLowerCase()];
    if (httpPayload && request.body.length > 0) found[name] = request.body;
  }
  return found;
}

function spread(output: NormalizedSchema, value: Record<string, unknown>, requestId: string) {
  const written = convert(output, value, jsonOut) as Record<string, unknown>;
  const headers: Record<string, string> = {
    'x-amzn-requestid': requestId,
    'content-type': 'application/json',
  };
  let status = 200;
  let body: string | Uint8Array | undefined;
  for (const [name, shape] of output.structIterator()) {
    const { httpHeader, httpPayload, httpResponseCode } = shape.getMergedTraits();
    const member = written[name];
    if (member === undefined) continue;
    if (httpHeader !== undefined) headers[httpHeader.toLowerCase()] = String(member);
    else if (httpResponseCode) status = Number(member);
    else if (httpPayload && shape.isBlobSchema()) body = value[name] as Uint8Array;
    else continue;
    delete written[name];
  }
  return { status, headers, body: body ?? JSON.stringify(written) };
}

function urlOf({ path }: WireRequest): URL {
  return new URL(path, 'http://gateway');
}
