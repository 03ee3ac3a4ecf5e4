/**
 * A service that another server answers: how the gateway hands a call on, and reads it for the
 * record.
 */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { WireAnswer, WireRequest } from './wire.ts';

export interface Upstream {
  /** The SDK client module, to read the input of a query-protocol call for the record. */
  readonly schemas: Readonly<Record<string, unknown>>;
  /** Account in the ARNs the service hands out, where it cannot be chosen. */
  readonly accountId?: string;
  /** Answers the call; `signal` ends when the caller has gone or the gateway closes. */
  readonly forward: (request: WireRequest, signal: AbortSignal) => Promise<WireAnswer>;
  /** Told once, when the gateway listens. */
  readonly publishedAt?: (gatewayUrl: string) => void;
}

/** Headers that belong to one connection, not to the call. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

export interface HttpForwarder {
  readonly forward: (request: WireRequest, signal?: AbortSignal) => Promise<WireAnswer>;
  close(): void;
}

/**
 * Sends calls to a server on loopback over kept-alive connections; rejects when it cannot be
 * reached.
 */
export function forwardTo(port: number): HttpForwarder {
  const agent = new Agent({ keepAlive: true });
  const forward = (request: WireRequest, signal?: AbortSignal) =>
    new Promise<WireAnswer>((resolve, reject) => {
      const outgoing = httpRequest(
        {
          host: '127.0.0.1',
          port,
          agent,
          method: request.method,
          path: request.path,
          headers: { ...withoutHopByHop(request.headers), 'content-length': request.body.length },
          ...(signal && { signal }),
        },
        (incoming) => {
          readAnswer(incoming).then(resolve, reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(request.body);
    });
  return { forward, close: () => agent.destroy() };
}

/** Reads a message to its end; header names are lower case, repeated ones joined. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function headersOf(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** The AWS error code of a failed answer, from its header or its body. */
function errorCodeOf(answer: Pick<WireAnswer, 'status' | 'headers' | 'body'>) {
  if (answer.status < 400) return undefined;
  const body = typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body).toString();
  const found =
    /"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"/.exec(body)?.[1] ??
    /<Code>([^<]+)<\/Code>/.exec(body)?.[1];
  return found ?? `HTTP ${answer.status}`;
}

async function readAnswer(incoming: IncomingMessage): Promise<WireAnswer> {
  const body = await readBody(incoming);
  const status = incoming.statusCode ?? 502;
  const headers = withoutHopByHop(headersOf(incoming));
  const error = errorCodeOf({ status, headers, body });
  return { status, headers, body, ...(error !== undefined && { error }) };
}

function withoutHopByHop(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
