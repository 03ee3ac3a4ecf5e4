/** Tells people what the topic, the healer's own alarms and the calendar say. */
import type { Notice, Telling } from '../core/notice.ts';
import type { Journal } from '../ports/journal.ts';
import type { Teller } from '../ports/messaging.ts';

export interface NotifyDeps {
  readonly teller: Teller;
  readonly journal: Journal;
  readonly open: (event: unknown) => readonly Telling[];
  readonly digest: (signal: AbortSignal) => Promise<Notice>;
}

/**
 * Tells each in order.
 *
 * @throws HealerError so that the platform delivers the event again and at last keeps it in the dead-letter
 *   queue; what was told before the failure is then told twice, which is the price of at least once.
 */
export async function notify(deps: NotifyDeps, event: unknown, signal: AbortSignal): Promise<void> {
  for (const telling of deps.open(event)) {
    try {
      await tell(deps, telling, signal);
    } catch (error) {
      const service = serviceOf(telling);
      const told = service === undefined ? {} : { service };
      deps.journal.failed({ what: `notify ${nameOf(telling)}`, error, ...told });
      throw error;
    }
  }
}

async function tell(
  { teller, digest }: NotifyDeps,
  telling: Telling,
  signal: AbortSignal,
): Promise<void> {
  switch (telling.kind) {
    case 'entry':
      return teller.entry(telling.entry, signal);
    case 'notice':
      return teller.notice(telling.notice, signal);
    case 'digest-due':
      return teller.notice(await digest(signal), signal);
  }
}

function nameOf(telling: Telling): string {
  if (telling.kind === 'entry') return telling.entry.id;
  return telling.kind === 'notice' ? `notice ${telling.notice.kind}` : 'digest';
}

function serviceOf(telling: Telling): string | undefined {
  if (telling.kind === 'entry') return telling.entry.serviceId;
  if (telling.kind === 'notice' && telling.notice.kind === 'drill') return telling.notice.serviceId;
  return undefined;
}
