/** One page with all that people see: desktop, light and dark, and the text of the notification. */
import { payloadOf } from '../../functions/adapters/slack/blocks.ts';
import { checkPayload } from '../lab/slack/block-kit.ts';
import { unescaped } from '../lab/slack/mrkdwn.ts';
import type { BotIncident } from './bot-incident.ts';
import { CONVERSATION_STYLE, repliesHtml, saidHtml } from './conversation-html.ts';
import { escapeHtml, MESSAGE_STYLE, messageHtml } from './message-html.ts';
import type { Preview } from './preview.ts';
import type { Sample } from './samples.ts';

const STYLE = `
body{margin:0 auto;padding:16px;max-width:1200px;font:15px/1.47 system-ui,sans-serif}
body{color:#1d1c1d;background:#f4f4f4}
.looks{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:12px}
.slack,.phone{padding:12px 16px;border-radius:8px;overflow-wrap:anywhere}
.phone{margin:0 0 12px;max-width:390px;background:#dfe5ee;color:#1d1c1d}
h4{margin:0 0 4px}
.json{max-height:360px;overflow:auto;background:#fff;color:#1d1c1d;--line:#bbb}
`;

export function previewPage({ samples, incidents, notifications }: Preview): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Slack messages</title><style>${MESSAGE_STYLE}${CONVERSATION_STYLE}${STYLE}</style></head>
<body><main><h1>What people see</h1>
<h2>An incident, by a bot</h2>
${incidents.map(({ name, incident }) => incidentHtml(name, incident)).join('\n')}
<h2>Every message, by a webhook</h2>
${samples.map(sampleHtml).join('\n')}
<h2>On a topic, for Amazon Q Developer</h2>
<div class="looks">
${notifications.map(({ name, notification }) => notificationHtml(name, notification)).join('\n')}
</div>
</main></body></html>
`;
}

/** @throws Error when Slack would refuse it: a preview of that would deceive. */
function sampleHtml({ name, message }: Sample): string {
  const checked = checkPayload(payloadOf(message));
  if (checked.kind === 'refused') throw new Error(`${name}: ${checked.reason}`);
  const body = messageHtml(checked.payload);
  return `<section data-message="${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3>
<p class="phone"><b>Slack</b><br>${escapeHtml(unescaped(message.text))}</p>
<div class="looks"><div class="slack light">${body}</div><div class="slack dark">${body}</div></div>
</section>`;
}

function incidentHtml(name: string, incident: BotIncident): string {
  const { root } = incident;
  const states = root.map((said, index) => {
    const shown = saidHtml(said, index === 0 ? '' : 'edited');
    return `<div class="slack light"><h4>The message, step ${index + 1}</h4>${shown}</div>`;
  });
  return `<section data-incident="${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3>
<div class="looks">${states.join('')}
<div class="slack dark"><h4>Its thread</h4>${repliesHtml(incident)}</div></div></section>`;
}

function notificationHtml(name: string, notification: object): string {
  const json = escapeHtml(JSON.stringify(notification, undefined, 2));
  return `<section data-notification="${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3>
<pre class="json" tabindex="0">${json}</pre></section>`;
}
