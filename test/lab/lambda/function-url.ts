/** The address of a function on loopback: HTTP in, payload format 2.0 to the function, HTTP out. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { LambdaFunction } from './function.ts';

export interface FunctionUrl {
  /** Ends with a slash, as Lambda's do. */
  readonly url: string;
  close(): Promise<void>;
}

export interface FunctionUrlOptions {
  readonly function: Pick<LambdaFunction, 'invoke'>;
  /** Whether everyone may ask; who may not gets a 403 from Lambda itself. */
  readonly isOpen: boolean;
}

/** Lambda takes no more. */
const BODY_BYTES_MAX = 6_291_456;

/** Starts it; requests in flight end when it is closed. */
export async function startFunctionUrl(options: FunctionUrlOptions): Promise<FunctionUrl> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch(() => {
      refuse(response, 502, 'Internal Server Error');
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  { function: owner, isOpen }: FunctionUrlOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await read(request);
  if (!isOpen) return refuse(response, 403, 'Forbidden');
  if (body.byteLength > BODY_BYTES_MAX) return refuse(response, 413, 'Request Entity Too Large');
  const { statusCode, functionError, payload } = await owner.invoke(eventOf(request, body), {
    mode: 'sync',
  });
  if (statusCode === 429) return refuse(response, 429, 'Rate Exceeded.');
  if (functionError !== undefined) return refuse(response, 502, 'Internal Server Error');
  write(response, payload);
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const TEXT = /^(text\/|application\/(json|javascript|xml))/;

/** Of other types than text the body is in base64; a form is none of the texts. */
function eventOf(request: IncomingMessage, body: Buffer): APIGatewayProxyEventV2 {
  const { pathname, search } = new URL(request.url ?? '/', 'http://lambda.invalid');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(',')]),
  );
  const isBase64Encoded = !TEXT.test(headers['content-type'] ?? '');
  const now = new Date();
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers,
    requestContext: {
      accountId: 'anonymous',
      apiId: 'lab',
      domainName: headers['host'] ?? '',
      domainPrefix: 'lab',
      http: {
        method: request.method ?? 'GET',
        path: pathname,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.byteLength === 0 ? {} : { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

/** What is no structured answer is the body of a 200. */
function write(response: ServerResponse, payload: unknown): void {
  const isStructured = typeof payload === 'object' && payload !== null && 'statusCode' in payload;
  const { statusCode, headers, body, isBase64Encoded } = (
    isStructured ? payload : { body: JSON.stringify(payload) }
  ) as APIGatewayProxyStructuredResultV2;
  const named = Object.entries(headers ?? {}).map(
    ([name, value]) => [name, String(value)] as const,
  );
  response.writeHead(statusCode ?? 200, {
    'content-type': 'application/json',
    ...Object.fromEntries(named),
  });
  response.end(body === undefined ? '' : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'));
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ Message: message }));
}
