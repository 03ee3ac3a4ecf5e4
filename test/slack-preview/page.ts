/** One page with every message of the set: desktop, light and dark, and the text of the notification. */
import { checkPayload } from '../lab/slack/block-kit.ts';
import { unescaped } from '../lab/slack/mrkdwn.ts';
import { escapeHtml, messageHtml } from './message-html.ts';
import type { Sample } from './samples.ts';

const STYLE = `
*{box-sizing:border-box}
body{margin:0 auto;padding:16px;max-width:1200px;font:15px/1.47 system-ui,sans-serif;color:#1d1c1d;background:#f4f4f4}
.looks{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:12px}
.slack,.phone{padding:12px 16px;border-radius:8px;overflow-wrap:anywhere;min-width:0}
.light{background:#fff;color:#1d1c1d;--link:#0b4f8f;--dim:#515051;--code:#b3123b;--back:#f6f6f6;--line:#bbb}
.dark{background:#1a1d21;color:#d1d2d3;--link:#5cb8f0;--dim:#b0b1b3;--code:#f0a0b0;--back:#24272c;--line:#565856}
.phone{margin:0 0 12px;max-width:390px;background:#dfe5ee;color:#1d1c1d}
.text,.fields,.context,.actions{margin:8px 0}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:8px}.fields div{min-width:0}
.context{font-size:13px;color:var(--dim)}
.slack a{color:var(--link);text-decoration:underline}
pre,code{font:12px/1.5 monospace;background:var(--back);border:1px solid var(--line);border-radius:3px}
pre{margin:4px 0;padding:8px;white-space:pre-wrap}code{padding:1px 3px;color:var(--code)}
.actions{display:flex;flex-wrap:wrap;gap:8px}
.button{padding:4px 12px;border:1px solid var(--line);border-radius:4px;font-weight:700}
.primary{background:#006644;color:#fff}.danger{background:#b3123b;color:#fff}
mark{background:#fff0c2;color:#5c3d00}
`;

export function previewPage(samples: readonly Sample[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Slack messages</title><style>${STYLE}</style></head>
<body><main><h1>Slack messages</h1>
${samples.map(sampleHtml).join('\n')}
</main></body></html>
`;
}

/** @throws Error when Slack would refuse it: a preview of that would deceive. */
function sampleHtml({ name, message }: Sample): string {
  const checked = checkPayload({ text: message.text, blocks: [...message.blocks] });
  if (checked.kind === 'refused') throw new Error(`${name}: ${checked.reason}`);
  const body = messageHtml(checked.payload);
  return `<section data-message="${escapeHtml(name)}"><h2>${escapeHtml(name)}</h2>
<p class="phone"><b>Slack</b><br>${escapeHtml(unescaped(message.text))}</p>
<div class="looks"><div class="slack light">${body}</div><div class="slack dark">${body}</div></div>
</section>`;
}
