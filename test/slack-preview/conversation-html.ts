/** A message in its channel and the thread that hangs on it, as Slack's desktop shows them. */
import type { BotIncident, Said } from './bot-incident.ts';
import { escapeHtml, messageHtml } from './message-html.ts';

export const CONVERSATION_STYLE = `
.said{display:grid;grid-template-columns:36px minmax(0,1fr);gap:8px;padding:8px 0}
.face{display:grid;place-items:center;width:36px;height:36px;border-radius:6px;background:#1d6fb8}
.who{font-weight:800}
.app{font-size:11px;padding:0 3px;border-radius:2px;background:var(--back);border:1px solid var(--line)}
.time,.note{font-size:12px;color:var(--dim);font-weight:400}
.count{margin:4px 0 0 44px;font-size:13px;font-weight:700;color:var(--link)}
`;

/** A pulse that goes on. */
const FACE = `<svg viewBox="0 0 24 24" width="26">
<path d="M1 13h6l2-7 4 13 3-9 1.5 3H23" fill="none" stroke="#fff" stroke-width="2.2" stroke-linejoin="round"/>
</svg>`;

export function saidHtml({ at, payload, isBroadcast }: Said, note = ''): string {
  const time = new Date(at).toISOString().slice(11, 16);
  const loud = isBroadcast ? '<div class="note">also sent to the channel</div>' : '';
  const edited = note === '' ? '' : `<span class="note"> (${escapeHtml(note)})</span>`;
  return `<div class="said"><div class="face" aria-hidden="true">${FACE}</div><div>
<div><span class="who">Self-healing</span> <span class="app">APP</span> <span class="time">${time}</span>${edited}</div>
${loud}${messageHtml(payload)}</div></div>`;
}

export function repliesHtml({ replies }: BotIncident): string {
  return replies.map((reply) => saidHtml(reply)).join('\n');
}

export function countHtml({ replies: { length } }: BotIncident): string {
  return `<div class="count">${length} ${length === 1 ? 'reply' : 'replies'}</div>`;
}
