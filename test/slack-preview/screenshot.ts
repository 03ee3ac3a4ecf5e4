/** The picture of the README: a recovered incident's one message, and its thread beside it. */
import { openChromium } from '../browser/chromium.ts';
import type { BotIncident } from './bot-incident.ts';
import { CONVERSATION_STYLE, countHtml, repliesHtml, saidHtml } from './conversation-html.ts';
import { MESSAGE_STYLE } from './message-html.ts';

const WIDTH = 900;
const STYLE = `
body{margin:0;font:13px/1.4 system-ui,sans-serif}
#shot{display:grid;grid-template-columns:1.15fr 1fr;width:${WIDTH}px}
.pane{padding:0 14px 10px;min-width:0}.pane+.pane{border-left:1px solid #ddd}
h1,h2{margin:0 -14px 4px;padding:9px 14px;font-size:15px;border-bottom:1px solid #ddd}
pre,code,.context,.note,.time{font-size:11.5px}
`;

export function screenshotPage(incident: BotIncident): string {
  const root = incident.root.at(-1);
  if (root === undefined) throw new Error('incident: got no message, wanted one');
  const first = { ...root, at: incident.root[0]?.at ?? root.at };
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A recovered incident in Slack</title>
<style>${MESSAGE_STYLE}${CONVERSATION_STYLE}${STYLE}</style></head>
<body class="light"><main id="shot">
<section class="pane slack"><h1># checkout-alerts</h1>${saidHtml(first, 'edited')}${countHtml(incident)}</section>
<section class="pane slack"><h2>Thread</h2>${repliesHtml(incident)}</section>
</main></body></html>
`;
}

/** @returns a PNG. */
export async function screenshot(incident: BotIncident): Promise<Buffer> {
  const browser = await openChromium();
  try {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 800 } });
    await page.setContent(screenshotPage(incident));
    return await page.locator('#shot').screenshot();
  } finally {
    await browser.close();
  }
}
