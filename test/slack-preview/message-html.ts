/** A message as Slack shows it, in HTML; every text is escaped. */
import type { Block, Button, Text, WebhookPayload } from '../lab/slack/block-kit.ts';
import { readLine, type Span, unescaped, withEmoji } from '../lab/slack/mrkdwn.ts';
import { withPictures } from './emoji-svg.ts';

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

export const MESSAGE_STYLE = `
*{box-sizing:border-box}
.light{background:#fff;color:#1d1c1d;--link:#0b4f8f;--dim:#515051;--code:#b3123b;--back:#f6f6f6;--line:#bbb}
.dark{background:#1a1d21;color:#d1d2d3;--link:#5cb8f0;--dim:#b0b1b3;--code:#f0a0b0;--back:#24272c;--line:#565856}
.slack{overflow-wrap:anywhere;min-width:0}
.text,.fields,.context,.actions{margin:6px 0}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:6px 8px}.fields div{min-width:0}
@media(max-width:480px){.fields{grid-template-columns:1fr}}
.context{font-size:12.5px;color:var(--dim)}
.bar{padding-left:10px;border-left:4px solid}
.slack a{color:var(--link);text-decoration:underline}
pre,code{font:12px/1.45 monospace;background:var(--back);border:1px solid var(--line);border-radius:3px}
pre{margin:4px 0;padding:6px 8px;white-space:pre-wrap}code{padding:1px 3px;color:var(--code)}
.actions{display:flex;flex-wrap:wrap;gap:8px}
.button{padding:3px 11px;border:1px solid var(--line);border-radius:4px;font-weight:700;font-size:13px}
.primary{background:#006644;color:#fff}.danger{background:#b3123b;color:#fff}
.emoji{width:1.15em;height:1.15em;vertical-align:-.2em}
mark{background:#fff0c2;color:#5c3d00}
`;

export function messageHtml({ text = '', blocks = [], attachments = [] }: WebhookPayload): string {
  const alone = blocks.length === 0 ? `<div class="text">${escapeHtml(unescaped(text))}</div>` : '';
  const bars = attachments.map(({ color = '', blocks: inner = [] }) => {
    const style = /^#[0-9a-f]{6}$/.test(color) ? ` style="border-color:${color}"` : '';
    return `<div class="bar"${style}>${inner.map(blockHtml).join('')}</div>`;
  });
  return [alone, ...blocks.map(blockHtml), ...bars].join('\n');
}

function blockHtml(block: Block): string {
  switch (block.type) {
    case 'section': {
      const text = block.text ? `<div class="text">${textHtml(block.text)}</div>` : '';
      const fields = (block.fields ?? []).map((field) => `<div>${textHtml(field)}</div>`);
      return text + (fields.length === 0 ? '' : `<div class="fields">${fields.join('')}</div>`);
    }
    case 'context': {
      const texts = block.elements.map((one) => ('text' in one ? textHtml(one as Text) : ''));
      return `<div class="context">${texts.join(' ')}</div>`;
    }
    case 'actions':
      return `<div class="actions">${block.elements.map(buttonHtml).join('')}</div>`;
    default:
      return '';
  }
}

function buttonHtml({ text, style }: Button): string {
  return `<span class="button ${style ?? ''}">${escapeHtml(withEmoji(text.text))}</span>`;
}

function textHtml(text: Text): string {
  if (text.type === 'plain_text') return withPictures(escapeHtml(withEmoji(text.text)));
  // Every second part stands between fences.
  return text.text
    .split(/\n?```\n?/)
    .map((part, index) =>
      index % 2 === 1
        ? `<pre>${escapeHtml(unescaped(part))}</pre>`
        : part.split('\n').map(lineHtml).join('<br>'),
    )
    .join('');
}

function lineHtml(line: string): string {
  return readLine(line, { timeZone: 'UTC' }).map(spanHtml).join('');
}

function spanHtml({ text, styles, url }: Span): string {
  const shown = withPictures(escapeHtml(text));
  if (url !== undefined) return `<a href="${escapeHtml(url)}">${shown}</a>`;
  if (styles.includes('code')) return `<code>${shown}</code>`;
  if (styles.includes('bold')) return `<b>${shown}</b>`;
  if (!styles.includes('mention')) return shown;
  // Slack knows the name of the group.
  return `<mark>${text.startsWith('@subteam^') ? '@oncall' : shown}</mark>`;
}
