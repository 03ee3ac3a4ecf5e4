/**
 * One real health check over HTTP, as a load balancer makes it: a new connection, one GET, a time
 * limit.
 */
import { get } from 'node:http';
import type { CheckResult } from './health-state.ts';

export interface HealthCheckOptions {
  readonly path: string;
  readonly timeoutMs: number;
  readonly matches: (statusCode: number) => boolean;
}

/** Never rejects: whatever goes wrong is a result. */
export function checkTarget(
  host: string,
  port: number,
  { path, timeoutMs, matches }: HealthCheckOptions,
): Promise<CheckResult> {
  const { promise, resolve } = Promise.withResolvers<CheckResult>();
  const request = get({
    host,
    port,
    path,
    agent: false,
    headers: { 'user-agent': 'ELB-HealthChecker/2.0', connection: 'close' },
  });
  // A limit on the whole check: the socket's own timeout starts anew with every byte.
  const limit = setTimeout(() => {
    resolve({ kind: 'timed-out' });
    request.destroy();
  }, timeoutMs);
  request.once('response', (response) => {
    const code = response.statusCode ?? 0;
    response.resume();
    response.once('end', () =>
      resolve(matches(code) ? { kind: 'passed' } : { kind: 'wrong-code', code }),
    );
    response.once('error', () => resolve({ kind: 'failed' }));
  });
  request.once('error', () => resolve({ kind: 'failed' }));
  return promise.finally(() => clearTimeout(limit));
}

/** Reads a matcher such as `200`, `200,302` or `200-299`. */
export function parseMatcher(matcher: string): (statusCode: number) => boolean {
  const ranges = matcher.split(',').map((part) => {
    const [from, to = from] = part.trim().split('-').map(Number);
    if (from === undefined || to === undefined || Number.isNaN(from + to)) {
      throw new Error(
        `matcher: got ${JSON.stringify(matcher)}, wanted codes such as 200 or 200-299`,
      );
    }
    return { from, to };
  });
  return (code) => ranges.some(({ from, to }) => code >= from && code <= to);
}
