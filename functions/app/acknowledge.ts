/** Writes down who has an incident, and tells it. */
import { type Acknowledgement, acknowledge } from '../core/acknowledge.ts';
import type { AcknowledgeDelivery } from '../core/delivery.ts';
import type { Entry } from '../core/entry.ts';
import { HealerError } from '../core/errors.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import type { LockState } from '../core/lock.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { journalPass, type Outcome } from './outcome.ts';

export interface AcknowledgeAsked {
  readonly delivery: AcknowledgeDelivery;
  readonly service: GuardedService;
  /** Of this invocation. */
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** Races that one invocation may lose. A person waits, and each try is one read and one write. */
const ATTEMPTS_MAX = 12;

/**
 * What cannot be told stays in the outbox, and the incident's next look tells it.
 *
 * @returns who has it now; that it is over, or that they had it already, is an answer too.
 * @throws HealerError when it should be asked for again: the store failed, or stayed contended.
 */
export async function takeIncident(deps: AnnounceDeps, asked: AcknowledgeAsked): Promise<Outcome> {
  const { delivery, service, requestId, signal } = asked;
  const startedAt = deps.clock.now();
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const lock = await deps.store.read(service.id, signal);
    const found = acknowledge({ service, lock, delivery, now: deps.clock.now() });
    const { change } = found;
    if (change === undefined) {
      return journalPass(deps, delivery, passOf(found, asked, lock.version), startedAt);
    }
    const { next, entry } = change;
    const writer = `${requestId}/acknowledge/${attempt}`;
    if ((await deps.store.commit(next, [entry], writer, signal)) === 'committed') {
      await tell(deps, asked, next, entry);
      return journalPass(deps, delivery, passOf(found, asked, next.version), startedAt);
    }
  }
  throw new HealerError('store.contended', `lock of ${service.id} stayed contended`, {
    retryable: true,
    details: { attempts: ATTEMPTS_MAX },
  });
}

async function tell(
  deps: AnnounceDeps,
  { service, signal }: AcknowledgeAsked,
  lock: LockState,
  entry: Entry,
): Promise<void> {
  deps.journal.advanced(entry);
  await announce(deps, service, lock, [entry], signal);
}

function passOf(
  { outcome: reason, detail }: Acknowledgement,
  { service, delivery }: AcknowledgeAsked,
  version: number,
) {
  const verdict = 'settled' as const;
  const incident = delivery.incidentId;
  return { outcome: { service: service.id, verdict, reason, detail, incident }, version };
}
