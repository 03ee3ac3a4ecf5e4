/** Whether a request for a fault comes from somebody who knows the secret, and is meant now. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A request that is older, or of a time so far ahead, was not made now. */
const SKEW_MS_MAX = 300_000;
/** The longest that a fault may last; it ends by itself. */
export const FAULT_MS_MAX = 1_800_000;

export interface DrillCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came, byte for byte. */
  readonly body: string;
}

export interface SignedRequest {
  /** Of the task that is meant. */
  readonly taskId: string;
  /** When it was asked for; epoch milliseconds. */
  readonly issuedAt: number;
  /** When the fault is to end by itself; epoch milliseconds. */
  readonly endsAt: number | undefined;
}

/** @returns undefined for whoever does not know the secret, and for what is not of this time. */
export function readSignedRequest(
  call: DrillCall,
  secret: string,
  now: number,
): SignedRequest | undefined {
  const { method, path, headers, body } = call;
  const [taskId, timestamp, endsAt, signature] = [
    'x-drill-task',
    'x-drill-timestamp',
    'x-drill-ends-at',
    'x-drill-signature',
  ].map((name) => String(headers[name] ?? ''));
  const digest = createHash('sha256').update(body).digest('hex');
  const text = ['v1', method, path, taskId, timestamp, endsAt, digest].join('\n');
  const wanted = `v1=${createHmac('sha256', secret).update(text).digest('hex')}`;
  if (!isSame(signature ?? '', wanted)) return undefined;
  const issuedAt = Number(timestamp);
  if (!(Math.abs(now - issuedAt) <= SKEW_MS_MAX)) return undefined;
  return {
    taskId: taskId ?? '',
    issuedAt,
    endsAt: endsAt === '' ? undefined : Number(endsAt),
  };
}

/** Digests have one length whatever the text's, which the constant-time comparison needs. */
function isSame(got: string, wanted: string): boolean {
  const [a, b] = [got, wanted].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
