/**
 * What passes between the gateway's socket and whoever answers: a request read to its end, and a
 * whole answer.
 */

export interface WireRequest {
  readonly method: string;
  /** Path and query string, as sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** AWS error code, when this answer is a failure. */
  readonly error?: string;
}
