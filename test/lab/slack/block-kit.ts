/**
 * What an incoming webhook takes: the message, and Block Kit with its limits. Unknown names are
 * refused.
 */
import * as v from 'valibot';

import { mrkdwnProblem } from './mrkdwn.ts';

const BLOCKS_MAX = 50;
const ATTACHMENTS_MAX = 100;

const lengthUpTo = (max: number) =>
  v.pipe(v.string(), v.minLength(1, 'is empty'), v.maxLength(max, `is longer than ${max}`));

// Control characters reach nobody's eyes, and some end up in a terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const visible = v.regex(/^[^\0-\x08\x0B\x0C\x0E-\x1F\x7F]*$/, 'has control characters');

const markup = v.rawCheck<string>(({ dataset, addIssue }) => {
  const problem = dataset.typed ? mrkdwnProblem(dataset.value) : undefined;
  if (problem !== undefined) addIssue({ message: problem });
});

const id = v.optional(lengthUpTo(255));

const plainText = (max: number) =>
  v.strictObject({
    type: v.literal('plain_text'),
    text: v.pipe(lengthUpTo(max), visible),
    emoji: v.optional(v.boolean()),
  });

const mrkdwn = (max: number) =>
  v.strictObject({
    type: v.literal('mrkdwn'),
    text: v.pipe(lengthUpTo(max), visible, markup),
    verbatim: v.optional(v.boolean()),
  });

const anyText = (max: number) => v.variant('type', [plainText(max), mrkdwn(max)]);

const url = v.pipe(lengthUpTo(3_000), v.url('is not a URL'));
const style = v.optional(v.picklist(['primary', 'danger']));

const button = v.strictObject({
  type: v.literal('button'),
  text: plainText(75),
  action_id: id,
  url: v.optional(url),
  value: v.optional(lengthUpTo(2_000)),
  style,
  confirm: v.optional(
    v.strictObject({
      title: v.optional(plainText(100)),
      text: anyText(300),
      confirm: v.optional(plainText(30)),
      deny: v.optional(plainText(30)),
      style,
    }),
  ),
  accessibility_label: v.optional(lengthUpTo(75)),
});

const image = { type: v.literal('image'), image_url: url, alt_text: lengthUpTo(2_000) };

const section = v.pipe(
  v.strictObject({
    type: v.literal('section'),
    block_id: id,
    text: v.optional(anyText(3_000)),
    fields: v.optional(v.pipe(v.array(anyText(2_000)), v.minLength(1), v.maxLength(10))),
    accessory: v.optional(v.variant('type', [button, v.strictObject(image)])),
    expand: v.optional(v.boolean()),
  }),
  v.check(({ text, fields }) => Boolean(text ?? fields), 'has neither text nor fields'),
);

const elements = <T extends v.GenericSchema>(element: T, max: number) =>
  v.pipe(v.array(element), v.minLength(1, 'is empty'), v.maxLength(max, `has more than ${max}`));

/**
 * The blocks a webhook message of ours may use; Slack has more, and each would have to be added
 * with its limits.
 */
const block = v.variant('type', [
  v.strictObject({ type: v.literal('header'), block_id: id, text: plainText(150) }),
  section,
  v.strictObject({
    type: v.literal('context'),
    block_id: id,
    elements: elements(
      v.variant('type', [plainText(3_000), mrkdwn(3_000), v.strictObject(image)]),
      10,
    ),
  }),
  v.strictObject({ type: v.literal('actions'), block_id: id, elements: elements(button, 25) }),
  v.strictObject({ type: v.literal('divider'), block_id: id }),
  v.strictObject({ ...image, block_id: id, title: v.optional(plainText(2_000)) }),
  v.strictObject({ type: v.literal('markdown'), block_id: id, text: lengthUpTo(12_000) }),
]);

const blocks = v.pipe(
  v.array(block),
  v.maxLength(BLOCKS_MAX, `has more than ${BLOCKS_MAX} blocks`),
  v.check((list) => {
    const ids = list.flatMap(({ block_id }) => block_id ?? []);
    return new Set(ids).size === ids.length;
  }, 'repeats a block_id'),
);

const text = v.pipe(v.string(), visible, markup);
const flag = v.optional(v.boolean());
const name = v.optional(v.string());

const attachment = v.strictObject({
  blocks: v.optional(blocks),
  color: name,
  fallback: name,
  pretext: v.optional(text),
  text: v.optional(text),
  title: name,
  title_link: v.optional(url),
  fields: v.optional(
    v.array(v.strictObject({ title: v.string(), value: text, short: v.optional(v.boolean()) })),
  ),
  footer: v.optional(lengthUpTo(300)),
  ts: v.optional(v.union([v.string(), v.number()])),
  mrkdwn_in: v.optional(v.array(v.string())),
});

const message = v.strictObject({
  text: v.optional(text),
  blocks: v.optional(blocks),
  attachments: v.optional(v.pipe(v.array(attachment), v.maxLength(ATTACHMENTS_MAX, 'too many'))),
  channel: name,
  username: name,
  icon_emoji: name,
  icon_url: name,
  thread_ts: name,
  mrkdwn: flag,
  link_names: flag,
  unfurl_links: flag,
  unfurl_media: flag,
});

export type WebhookPayload = v.InferOutput<typeof message>;
export type Block = v.InferOutput<typeof block>;
export type Attachment = v.InferOutput<typeof attachment>;
export type Button = v.InferOutput<typeof button>;
export type Text = v.InferOutput<ReturnType<typeof anyText>>;

/** Why a payload is refused: Slack's code, and where and what, which Slack does not tell. */
interface Refusal {
  readonly code: 'invalid_payload' | 'invalid_blocks' | 'no_text' | 'too_many_attachments';
  readonly reason: string;
}

export type Checked =
  | { readonly kind: 'accepted'; readonly payload: WebhookPayload }
  | ({ readonly kind: 'refused' } & Refusal);

/**
 * Checks a webhook's payload as Slack does, and stricter: unknown names and stray markup are
 * refused too.
 */
export function checkPayload(payload: unknown): Checked {
  const result = v.safeParse(message, payload);
  if (!result.success) {
    const [issue] = result.issues;
    const path = issue.path?.map(({ key }) => String(key)) ?? [];
    return { kind: 'refused', code: codeOf(path), reason: `${path.join('.')}: ${issue.message}` };
  }
  const { text: fallback, blocks: list, attachments } = result.output;
  if (!fallback && !list?.length && !attachments?.length) {
    return { kind: 'refused', code: 'no_text', reason: 'neither text nor blocks' };
  }
  return { kind: 'accepted', payload: result.output };
}

function codeOf(path: readonly string[]): Refusal['code'] {
  if (path.includes('blocks')) return 'invalid_blocks';
  return path.length === 1 && path[0] === 'attachments'
    ? 'too_many_attachments'
    : 'invalid_payload';
}
