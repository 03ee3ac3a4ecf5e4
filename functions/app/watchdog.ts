/**
 * Looks at one guarded service without deciding anything, so that blindness is known before an alarm rings, and so that
 * an incident that nobody follows any more is followed again.
 */
import { describe, HealerError, isHealerError } from '../core/errors.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import { serviceOfTurn, type Unreadable, unreadableIn } from '../core/watchdog.ts';
import type { IncidentStore } from '../ports/incident-store.ts';
import type { Journal } from '../ports/journal.ts';
import type { Inbox } from '../ports/messaging.ts';
import { mendChain } from './look-again.ts';
import { type ObserveDeps, observe } from './observe.ts';
import type { Outcome } from './outcome.ts';

export interface WatchDeps extends ObserveDeps {
  readonly store: Pick<IncidentStore, 'read' | 'readAccount'>;
  readonly journal: Pick<Journal, 'looked'>;
  readonly inbox: Inbox;
}

/** What one call of AWS failed with on a bad second is no blindness. */
const LOOKS_MAX = 2;

/**
 * Reads what a decision reads: the lock, the account, and every source of one service.
 *
 * @returns what it could not read, which is no failure: the next look is the retry.
 * @throws {config.invalid} when nothing is guarded.
 */
export async function lookAround(
  deps: WatchDeps,
  services: readonly GuardedService[],
  signal: AbortSignal,
): Promise<Outcome> {
  const service = serviceOfTurn(services, deps.clock.now());
  if (service === undefined) throw new HealerError('config.invalid', 'guarded services: got none');
  let unreadable = await look(deps, service, signal);
  for (let looks = 1; looks < LOOKS_MAX && unreadable.length > 0; looks += 1) {
    unreadable = await look(deps, service, signal);
  }
  deps.journal.looked({ service: service.id, unreadable });
  return outcomeOf(service, unreadable);
}

async function look(
  deps: WatchDeps,
  service: GuardedService,
  signal: AbortSignal,
): Promise<readonly Unreadable[]> {
  const [lock, account, observation] = await Promise.all([
    failureOf('lock', async () => {
      await mendChain(deps, { service, signal }, await deps.store.read(service.id, signal));
    }),
    failureOf('account', () => deps.store.readAccount(signal)),
    observe(deps, service, signal),
  ]);
  return [...lock, ...account, ...unreadableIn(observation)];
}

async function failureOf(
  source: string,
  read: () => Promise<unknown>,
): Promise<readonly Unreadable[]> {
  try {
    await read();
    return [];
  } catch (error) {
    const code = isHealerError(error) ? error.code : 'unexpected';
    return [{ source, code, message: describe(error) }];
  }
}

function outcomeOf({ id }: GuardedService, unreadable: readonly Unreadable[]): Outcome {
  const told = unreadable.map(({ source, code, message }) => `${source}: ${code}: ${message}`);
  return told.length === 0
    ? { service: id, verdict: 'settled', detail: 'every source could be read' }
    : { service: id, verdict: 'hold', reason: 'unreadable', detail: told.join('; ') };
}
