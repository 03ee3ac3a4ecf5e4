/** Tells the chat what the topic says. */
import type { Entry } from '../core/entry.ts';
import type { Journal } from '../ports/journal.ts';
import type { Chat, ChatMessage } from '../ports/messaging.ts';

export interface NotifyDeps {
  readonly chat: Chat;
  readonly journal: Journal;
  readonly open: (event: unknown) => readonly Entry[];
  readonly render: (entry: Entry) => ChatMessage;
}

/**
 * Posts each entry in order.
 *
 * @throws HealerError so that the platform delivers the event again and at last keeps it in the dead-letter
 *   queue; a post that was made before the failure is then made twice, which is the price of at least once.
 */
export async function notify(deps: NotifyDeps, event: unknown, signal: AbortSignal): Promise<void> {
  for (const entry of deps.open(event)) {
    try {
      await deps.chat.post(deps.render(entry), signal);
    } catch (error) {
      deps.journal.failed({ what: `notify ${entry.id}`, error, service: entry.serviceId });
      throw error;
    }
  }
}
