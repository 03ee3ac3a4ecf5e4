/** Whether a request is Slack's: its signature over time and body, by the secret that only Slack and we know. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { between, durationMillis, type EpochMillis, minutes } from '../../core/time.ts';

/** Slack's own advice; a clock that is wrong by more is no clock to believe, in either direction. */
const SKEW_MAX = minutes(5);

const VERSION = 'v0';
const SIGNATURE = /^v0=([0-9a-f]{64})$/;
const SECONDS = /^\d{1,12}$/;

export interface Signed {
  /** `X-Slack-Request-Timestamp`: seconds since 1970. */
  readonly timestamp: string | undefined;
  /** `X-Slack-Signature`. */
  readonly signature: string | undefined;
  /** As it was sent, byte for byte. */
  readonly body: Uint8Array;
}

/**
 * - `unsigned`: a header is missing, or is none
 * - `stale`: signed too long ago, or in the future; a replay looks like that
 * - `forged`: not by this secret, or not of this body
 */
export type Signature = 'genuine' | 'unsigned' | 'stale' | 'forged';

/** The signature is compared in a time that does not depend on where it differs. */
export function checkSignature(
  secret: string,
  { timestamp, signature, body }: Signed,
  now: EpochMillis,
): Signature {
  const given = SIGNATURE.exec(signature ?? '')?.[1];
  if (given === undefined || timestamp === undefined || !SECONDS.test(timestamp)) return 'unsigned';
  const wanted = createHmac('sha256', secret)
    .update(`${VERSION}:${timestamp}:`)
    .update(body)
    .digest();
  if (!timingSafeEqual(wanted, Buffer.from(given, 'hex'))) return 'forged';
  return skewOf(timestamp, now) > SKEW_MAX ? 'stale' : 'genuine';
}

function skewOf(timestamp: string, now: EpochMillis): number {
  const at = durationMillis(Number(timestamp) * 1_000) as number as EpochMillis;
  return Math.max(between(at, now), between(now, at));
}
