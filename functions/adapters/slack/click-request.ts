/** A request to the function's URL: whether it is Slack's, and what it asks. No body is opened before that is known. */
import * as v from 'valibot';
import { HealerError } from '../../core/errors.ts';
import type { EpochMillis } from '../../core/time.ts';
import type { Opened } from '../../ports/clicks.ts';
import { openForm } from './click.ts';
import { checkSignature } from './signature.ts';

/** Slack's largest interactions, with the message in them, are a fraction of it. */
const BODY_MAX = 64 * 1_024;

/** Payload format 2.0; header names are in lower case there. */
const FunctionUrlEvent = v.looseObject({
  version: v.literal('2.0'),
  headers: v.record(v.string(), v.string()),
  requestContext: v.looseObject({ http: v.looseObject({ method: v.string() }) }),
  body: v.optional(v.string(), ''),
  isBase64Encoded: v.optional(v.boolean(), false),
});

/**
 * @param signingSecret - read for each request, from a cache that a rotated secret reaches.
 * @throws {config.invalid} or {dependency.*} when the secret is not to be had.
 */
export function openClickRequest(signingSecret: () => Promise<string>) {
  return async (event: unknown, now: EpochMillis): Promise<Opened> => {
    const parsed = v.safeParse(FunctionUrlEvent, event);
    if (!parsed.success) return refused(400, 'click.malformed');
    const { headers, requestContext, body: sent, isBase64Encoded } = parsed.output;
    if (requestContext.http.method !== 'POST') return refused(405, 'click.method');
    if (!isForm(headers['content-type'])) return refused(415, 'click.content-type');
    if (sent.length > (BODY_MAX * 4) / 3 + 4) return refused(413, 'click.too-large');
    const body = Buffer.from(sent, isBase64Encoded ? 'base64' : 'utf8');
    if (body.byteLength > BODY_MAX) return refused(413, 'click.too-large');
    const timestamp = headers['x-slack-request-timestamp'];
    const signature = headers['x-slack-signature'];
    const secret = usable(await signingSecret());
    const found = checkSignature(secret, { timestamp, signature, body }, now);
    return found === 'genuine' ? openForm(body.toString('utf8')) : refused(401, `click.${found}`);
  };
}

function isForm(contentType: string | undefined): boolean {
  return /^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType ?? '');
}

/** Everybody can sign with an empty secret. */
function usable(secret: string): string {
  if (secret.trim() !== '') return secret;
  throw new HealerError('config.invalid', 'signing secret: got nothing, wanted a text');
}

function refused(status: number, code: string): Opened {
  return { kind: 'refused', status, code };
}
