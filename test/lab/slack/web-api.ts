/** Slack's Web API as far as a bot needs it: it posts, edits and knows its tokens, with Slack's refusals. */
import { randomBytes } from 'node:crypto';
import { checkPayload, type WebhookPayload } from './block-kit.ts';

const TEXT_MAX = 40_000;
/** Undocumented, and below what the limits of single blocks add up to. */
const BLOCKS_MAX = 13_000;

/** A message of the bot, as it stands now. */
export interface BotMessage {
  readonly ts: string;
  readonly channel: string;
  /** The message that it is a reply to. */
  readonly threadTs?: string;
  /** Whether a reply is shown in the channel too. */
  readonly isBroadcast: boolean;
  /** Every state it had, the newest last. */
  readonly states: readonly WebhookPayload[];
  readonly metadata?: unknown;
}

export interface ApiAnswer {
  readonly ok: boolean;
  readonly error?: string;
  readonly channel?: string;
  readonly ts?: string;
  /** Whose token it is. */
  readonly user?: string;
  readonly team?: string;
}

/** What was asked, once it is read. */
export interface ApiCall {
  readonly method: string;
  readonly token: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

type Fields = ApiCall['fields'];
/** Codes that are no refusal of a payload stand without a reason. */
type Outcome = { readonly answer: ApiAnswer; readonly reason?: string };

export class WebApi {
  readonly token = `xoxb-${randomBytes(12).toString('hex')}`;
  /** The channel that the bot is in. */
  readonly channel = 'C0LAB00001';
  /** A channel that it is not in. */
  readonly foreignChannel = 'C0LAB00002';
  readonly #messages = new Map<string, BotMessage>();
  #count = 0;

  messages(): readonly BotMessage[] {
    return [...this.#messages.values()];
  }

  /** Somebody deletes it. */
  remove(ts: string): void {
    this.#messages.delete(ts);
  }

  answer({ method, token, fields }: ApiCall): Outcome {
    if (token === '') return refusal('not_authed');
    if (token !== this.token) return refusal('invalid_auth');
    if (method === 'chat.postMessage') return this.#post(fields);
    if (method === 'chat.update') return this.#update(fields);
    if (method !== 'auth.test') return refusal('unknown_method');
    return { answer: { ok: true, user: 'ecs-self-healing', team: 'Lab' } };
  }

  #post(fields: Fields): Outcome {
    const problem = this.#channelProblem(fields['channel']) ?? threadProblem(fields);
    if (problem !== undefined) return refusal(problem);
    const threadTs = fields['thread_ts'] as string | undefined;
    if (threadTs !== undefined && !this.#messages.has(threadTs)) return refusal('thread_not_found');
    const checked = check(fields);
    if ('answer' in checked) return checked;
    const message = {
      ts: this.#nextTs(),
      channel: this.channel,
      isBroadcast: fields['reply_broadcast'] === true,
      states: [checked],
      ...(threadTs === undefined ? {} : { threadTs }),
      ...(fields['metadata'] === undefined ? {} : { metadata: fields['metadata'] }),
    };
    this.#messages.set(message.ts, message);
    return { answer: { ok: true, channel: message.channel, ts: message.ts } };
  }

  #update(fields: Fields): Outcome {
    const problem = this.#channelProblem(fields['channel']);
    if (problem !== undefined) return refusal(problem);
    const before = this.#messages.get(String(fields['ts']));
    const last = before?.states.at(-1);
    if (before === undefined || last === undefined) return refusal('message_not_found');
    // What an update leaves out stays as it was.
    const { blocks, attachments } = last;
    const kept = { ...(blocks && { blocks }), ...(attachments && { attachments }) };
    const checked = check({ ...kept, ...fields });
    if ('answer' in checked) return checked;
    this.#messages.set(before.ts, { ...before, states: [...before.states, checked] });
    return { answer: { ok: true, channel: before.channel, ts: before.ts } };
  }

  #channelProblem(channel: unknown): string | undefined {
    if (channel === this.channel) return undefined;
    return channel === this.foreignChannel ? 'not_in_channel' : 'channel_not_found';
  }

  /** Seconds with six digits behind the point, as Slack names a message; unique. */
  #nextTs(): string {
    this.#count += 1;
    const at = Math.floor(Date.now() / 1_000);
    return `${at}.${String(this.#count).padStart(6, '0')}`;
  }
}

function refusal(error: string, reason?: string): Outcome {
  return { answer: { ok: false, error }, ...(reason === undefined ? {} : { reason }) };
}

function threadProblem({ thread_ts: threadTs, reply_broadcast: broadcast }: Fields) {
  if (threadTs !== undefined && !/^\d+\.\d{6}$/.test(String(threadTs))) return 'invalid_thread_ts';
  return broadcast === true && threadTs === undefined ? 'invalid_arguments' : undefined;
}

function check(fields: Fields): WebhookPayload | Outcome {
  const { metadata, reply_broadcast: _broadcast, ts: _ts, token: _token, ...payload } = fields;
  if (String(payload['text'] ?? '').length > TEXT_MAX) return refusal('msg_too_long');
  if (sizeOf(payload['blocks']) + sizeOf(payload['attachments']) > BLOCKS_MAX) {
    return refusal('msg_blocks_too_long');
  }
  if (metadata !== undefined && !isMetadata(metadata)) return refusal('invalid_metadata_format');
  const checked = checkPayload(payload);
  return checked.kind === 'accepted' ? checked.payload : refusal(checked.code, checked.reason);
}

function sizeOf(part: unknown): number {
  return part === undefined ? 0 : JSON.stringify(part).length;
}

function isMetadata(value: unknown): boolean {
  const { event_type: type, event_payload: payload } = value as Record<string, unknown>;
  return typeof type === 'string' && type !== '' && typeof payload === 'object' && payload !== null;
}

const FLAGS = ['unfurl_links', 'unfurl_media', 'reply_broadcast', 'mrkdwn', 'link_names'];
const JSON_FIELDS = ['blocks', 'attachments', 'metadata'];

/**
 * The fields of a JSON body, or of a form in which lists and objects are JSON.
 *
 * @returns undefined when it is neither.
 */
export function readFields(body: string, type = ''): ApiCall['fields'] | undefined {
  try {
    if (type.startsWith('application/json')) return JSON.parse(body) as ApiCall['fields'];
    return Object.fromEntries(
      [...new URLSearchParams(body)].map(([name, value]) => {
        if (FLAGS.includes(name)) return [name, value === 'true'];
        return [name, JSON_FIELDS.includes(name) ? JSON.parse(value) : value];
      }),
    );
  } catch {
    return undefined;
  }
}
