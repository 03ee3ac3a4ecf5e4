import { randomBytes } from 'node:crypto';

const ROOT = /(?:^|;)\s*Root=([^;\s]+)/;

/** Takes the root of an `X-Amzn-Trace-Id` header, or makes one of the same form. */
export function traceIdOf(header: string | string[] | undefined, nowMs: number): string {
  const root = typeof header === 'string' ? ROOT.exec(header)?.[1] : undefined;
  if (root !== undefined) return root;
  const seconds = Math.floor(nowMs / 1000).toString(16);
  return `1-${seconds}-${randomBytes(12).toString('hex')}`;
}
