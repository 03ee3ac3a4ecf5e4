import type { Teller } from '../../ports/messaging.ts';
import type { RenderOptions } from './entry-links.ts';
import { renderSlack } from './render.ts';
import { renderNotice } from './render-notice.ts';
import type { Webhook } from './webhook.ts';

/** Posts each announced step by itself: a webhook can neither edit nor thread. */
export function webhookTeller(webhook: Webhook, options: RenderOptions): Teller {
  return {
    async entry(entry, signal) {
      if (entry.quiet !== true) await webhook.post(renderSlack(entry, options), signal);
    },
    notice: (notice, signal) => webhook.post(renderNotice(notice), signal),
  };
}
