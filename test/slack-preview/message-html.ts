/** A message as Slack shows it, in HTML; every text is escaped. */
import type { Block, Button, Text, WebhookPayload } from '../lab/slack/block-kit.ts';
import { readLine, type Span, unescaped, withEmoji } from '../lab/slack/mrkdwn.ts';

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

export function messageHtml({ blocks = [] }: WebhookPayload): string {
  return blocks.map(blockHtml).join('\n');
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
  if (text.type === 'plain_text') return escapeHtml(text.text);
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
  const shown = escapeHtml(text);
  if (url !== undefined) return `<a href="${escapeHtml(url)}">${shown}</a>`;
  if (styles.includes('code')) return `<code>${shown}</code>`;
  if (styles.includes('bold')) return `<b>${shown}</b>`;
  return styles.includes('mention') ? `<mark>${shown}</mark>` : shown;
}
