/** Takes whatever arrives, finds the service it is about, and reconciles it. */
import { type Delivery, happenedAt, isAboutPause, type PauseDelivery } from '../core/delivery.ts';
import type { EpochMillis } from '../core/time.ts';
import type { GuardedServices } from '../ports/guarded-services.ts';
import type { Inbound, Incoming } from '../ports/inbound.ts';
import { refuseByTime, servicesOf } from './accept.ts';
import { takeIncident } from './acknowledge.ts';
import { journalPass, type Outcome } from './outcome.ts';
import { pauseOrResume } from './pause.ts';
import { type ReconcileDeps, reconcile } from './reconcile.ts';
import { lookAround } from './watchdog.ts';

export interface RemediateDeps extends ReconcileDeps {
  readonly guarded: GuardedServices;
  readonly open: (event: unknown) => Inbound;
}

export interface Invocation {
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** What SQS takes as "these again, please". */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * A batch answers with the messages that failed, which the queue delivers again and at last moves to the dead-letter
 * queue. A direct invocation answers with what was decided, or throws.
 */
export async function remediate(
  deps: RemediateDeps,
  event: unknown,
  invocation: Invocation,
): Promise<BatchAnswer | Outcome | readonly Outcome[]> {
  const inbound = deps.open(event);
  if (inbound.kind === 'direct') {
    const outcomes = await runAll(deps, inbound.deliveries, invocation);
    const [only, ...others] = outcomes;
    return only !== undefined && others.length === 0 ? only : outcomes;
  }
  const failures = await Promise.all(
    inbound.records.map(async ({ id, sentAt, open }) => {
      try {
        // Each message writes under a name of its own: two about one service must not take each other's for theirs.
        const requestId = `${id}@${invocation.requestId}`;
        await runAll(deps, open(), { ...invocation, requestId }, { request: id, sentAt });
        return [];
      } catch (error) {
        deps.journal.failed({ what: `message ${id}`, error });
        return [{ itemIdentifier: id }];
      }
    }),
  );
  return { batchItemFailures: failures.flat() };
}

interface Message {
  /** What every delivery of the same message shares. */
  readonly request: string;
  readonly sentAt?: EpochMillis | undefined;
}

/** Nothing of a message is begun before all of it is found to be ours. */
async function runAll(
  deps: RemediateDeps,
  arrivals: readonly Incoming[],
  invocation: Invocation,
  { request, sentAt }: Message = { request: invocation.requestId },
): Promise<readonly Outcome[]> {
  const services = await deps.guarded.all();
  const now = deps.clock.now();
  const runs = arrivals.map((arrival) => {
    if (arrival.kind === 'watchdog') return () => lookAround(deps, services, invocation.signal);
    const [service, ...others] = servicesOf(services, arrival);
    const refused = refuseByTime(arrival, now, sentAt);
    if (refused !== undefined) {
      const pass = { outcome: refused, version: 0 };
      return () => Promise.resolve(journalPass(deps, arrival, pass, now));
    }
    if (isAboutPause(arrival)) {
      const delivery = withTime(arrival, sentAt);
      const asked = { delivery, services: [service, ...others], ...invocation };
      return () => pauseOrResume(deps, { ...asked, request: nameOf(arrival) ?? request });
    }
    if (arrival.kind === 'acknowledge') {
      return () => takeIncident(deps, { service, delivery: arrival, ...invocation });
    }
    const delivery = complete(arrival, request, sentAt);
    return () => reconcile(deps, { service, delivery, ...invocation });
  });
  return Promise.all(runs.map((run) => run()));
}

/** What is delivered again was asked for when it was sent first. */
function withTime(delivery: PauseDelivery, sentAt?: EpochMillis): PauseDelivery {
  const askedAt = happenedAt(delivery, sentAt);
  return delivery.kind === 'pause' && askedAt !== undefined ? { ...delivery, askedAt } : delivery;
}

function nameOf(delivery: PauseDelivery): string | undefined {
  return delivery.kind === 'pause-check' ? undefined : delivery.request;
}

/** A request of a person that has no name of its own gets that of the message; an alarm gets the message's age. */
function complete(delivery: Delivery, request: string, sentAt?: EpochMillis): Delivery {
  if (delivery.kind === 'manual') return { ...delivery, request: delivery.request ?? request };
  return delivery.kind === 'alarm' && sentAt !== undefined ? { ...delivery, sentAt } : delivery;
}
