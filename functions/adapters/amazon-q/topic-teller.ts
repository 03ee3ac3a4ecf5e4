import type { Teller } from '../../ports/messaging.ts';
import {
  type CustomNotification,
  entryNotification,
  noticeNotification,
} from './custom-notification.ts';

export interface TopicTellerOptions {
  readonly publish: (message: string, signal: AbortSignal) => Promise<void>;
  readonly runbookUrl?: string;
}

/** Tells people by a topic that Amazon Q Developer brings to their chat. */
export function topicTeller({ publish, runbookUrl }: TopicTellerOptions): Teller {
  const send = (notification: CustomNotification, signal: AbortSignal): Promise<void> =>
    publish(JSON.stringify(notification), signal);
  return {
    async entry(entry, signal) {
      if (entry.quiet !== true) await send(entryNotification(entry, runbookUrl), signal);
    },
    notice: (notice, signal) => send(noticeNotification(notice), signal),
  };
}
