/** Messages as Slack shows them, near enough to judge what on-call read. */
import * as v from 'valibot';
import { readLine, type Span, unescaped, withEmoji } from '../../lab/slack/mrkdwn.ts';
import type { Journal } from '../journal.ts';
import { Clock } from './clock.ts';
import { type Html, html, section } from './html.ts';

const text = v.object({ type: v.string(), text: v.string() });
type Text = v.InferOutput<typeof text>;
const button = v.object({ type: v.literal('button'), text });
const element = v.union([text, button, v.object({ alt_text: v.string() })]);
const block = v.looseObject({
  type: v.string(),
  text: v.optional(v.union([text, v.string()])),
  fields: v.optional(v.array(text), []),
  elements: v.optional(v.array(v.fallback(element, { alt_text: 'not shown' })), []),
  accessory: v.optional(v.fallback(element, { alt_text: 'not shown' })),
  alt_text: v.optional(v.string()),
});
/** Looser than Slack: whatever was taken is shown as far as it can be. */
const message = v.looseObject({
  text: v.optional(v.string(), ''),
  blocks: v.optional(v.array(block), []),
  attachments: v.optional(
    v.array(
      v.looseObject({
        text: v.optional(v.string()),
        color: v.fallback(v.optional(v.pipe(v.string(), v.hexColor())), undefined),
        blocks: v.optional(v.array(block), []),
      }),
    ),
    [],
  ),
});
type Block = v.InferOutput<typeof block>;
type Element = v.InferOutput<typeof element>;

export function messages(journal: Journal): Html {
  const clock = new Clock(journal);
  const taken = journal.events.filter((event) => event.kind === 'slack' && event.status === 200);
  const none = journal.drill === undefined ? 'None was sent.' : 'They are where they were sent to.';
  // Times are those of the stream, if it has one for each message.
  const isMatched = taken.length === journal.messages.length;
  if (journal.messages.length === 0) return section('Messages', html`<p>${none}</p>`);
  return section(
    'Messages',
    html`<p>In the order in which Slack took them. The first line is what a phone shows.</p>\n`,
    journal.messages.map((payload, index) => {
      const at = isMatched ? taken[index]?.at : undefined;
      const when = at === undefined ? `message ${index + 1}` : clock.cell(at);
      return html`<article class="message"><p class="note">${when}</p>
${renderMessage(payload)}</article>\n`;
    }),
  );
}

/** Whatever it is: what is no message is shown as it came. */
export function renderMessage(payload: unknown): Html {
  const parsed = v.safeParse(message, payload);
  if (!parsed.success) return html`<pre>${JSON.stringify(payload)}</pre>`;
  const { text: preview, blocks, attachments } = parsed.output;
  const attached = attachments.map(({ text: own = '', color, blocks: inner }) => {
    const style = color === undefined ? undefined : html` style="border-color:${color}"`;
    return html`<div class="attached"${style}>${mrkdwn(own)}${inner.map(renderBlock)}</div>`;
  });
  return html`<p class="preview"><strong>${withEmoji(unescaped(preview))}</strong></p>
<div class="blocks">${blocks.map(renderBlock)}${attached}</div>`;
}

function renderBlock(each: Block): Html {
  if (each.type === 'divider') return html`<hr>`;
  const own = each.text === undefined ? undefined : renderText(each.text);
  const body = each.type === 'header' ? html`<p><strong>${own}</strong></p>` : own;
  const fields = each.fields.map((field) => html`<div>${renderText(field)}</div>`);
  const accessory = each.accessory === undefined ? undefined : renderElement(each.accessory);
  const image = each.alt_text === undefined ? undefined : html`<p>[image: ${each.alt_text}]</p>`;
  const elements = each.elements.map(renderElement);
  const columns = fields.length === 0 ? undefined : html`<div class="fields">${fields}</div>`;
  const kind = each.type.replaceAll(/\W/g, '');
  return html`<div class="block block-${kind}">${body}${columns}${accessory}${elements}${image}</div>\n`;
}

function renderElement(each: Element): Html {
  if ('alt_text' in each) return html`<span>[image: ${each.alt_text}]</span> `;
  const { text: own } = each;
  if (typeof own !== 'string') return html`<span class="button">${withEmoji(own.text)}</span> `;
  return renderText({ type: each.type, text: own });
}

function renderText(own: string | Text): Html {
  if (typeof own === 'string') return html`<p>${own}</p>`;
  return own.type === 'mrkdwn' ? mrkdwn(own.text) : html`<p>${withEmoji(own.text)}</p>`;
}

/** Every second part stands between fences. */
function mrkdwn(source: string): Html {
  const parts = source.split(/\n?```\n?/).map((part, index) => {
    if (part === '') return undefined;
    if (index % 2 === 1) return html`<pre>${unescaped(part)}</pre>`;
    const lines = part.split('\n').map((line, place) => {
      const spans = readLine(line, { timeZone: 'UTC' }).map(renderSpan);
      return html`${place === 0 ? undefined : html`<br>`}${spans}`;
    });
    return html`<p>${lines}</p>`;
  });
  return html`${parts}`;
}

const TAGS: readonly (readonly [Span['styles'][number], (inner: Html) => Html])[] = [
  ['code', (inner) => html`<code>${inner}</code>`],
  ['bold', (inner) => html`<b>${inner}</b>`],
  ['italic', (inner) => html`<i>${inner}</i>`],
  ['strike', (inner) => html`<s>${inner}</s>`],
  ['mention', (inner) => html`<span class="mention">${inner}</span>`],
];

function renderSpan({ text: words, styles, url }: Span): Html {
  const styled = TAGS.reduce(
    (inner, [style, wrap]) => (styles.includes(style) ? wrap(inner) : inner),
    html`${words}`,
  );
  // Only what a browser opens as a page: a message is somebody's input.
  if (url === undefined || !/^https?:/.test(url)) return styled;
  return html`<a href="${url}" rel="noreferrer">${styled}</a>`;
}
