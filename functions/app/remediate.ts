/** Takes whatever arrives, finds the service it is about, and reconciles it. */
import {
  ALL_SERVICES,
  type Arrival,
  type Delivery,
  isAboutPause,
  type PauseDelivery,
} from '../core/delivery.ts';
import { HealerError } from '../core/errors.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import type { GuardedServices } from '../ports/guarded-services.ts';
import type { Inbound } from '../ports/inbound.ts';
import { takeIncident } from './acknowledge.ts';
import type { Outcome } from './outcome.ts';
import { pauseOrResume } from './pause.ts';
import { type ReconcileDeps, reconcile } from './reconcile.ts';

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
    inbound.records.map(async ({ id, open }) => {
      try {
        // Each message writes under a name of its own: two about one service must not take each other's for theirs.
        const requestId = `${id}@${invocation.requestId}`;
        await runAll(deps, open(), { ...invocation, requestId }, id);
        return [];
      } catch (error) {
        deps.journal.failed({ what: `message ${id}`, error });
        return [{ itemIdentifier: id }];
      }
    }),
  );
  return { batchItemFailures: failures.flat() };
}

/** @param request - what every delivery of the same message shares. */
async function runAll(
  deps: RemediateDeps,
  arrivals: readonly Arrival[],
  invocation: Invocation,
  request = invocation.requestId,
): Promise<readonly Outcome[]> {
  const services = await deps.guarded.all();
  const runs = arrivals.map((arrival) => {
    if (isAboutPause(arrival)) {
      const asked = { delivery: arrival, services: scopeOf(services, arrival), ...invocation };
      return () => pauseOrResume(deps, { ...asked, request: nameOf(arrival) ?? request });
    }
    const service = find(services, arrival);
    if (arrival.kind === 'acknowledge') {
      return () => takeIncident(deps, { service, delivery: arrival, ...invocation });
    }
    const delivery = named(arrival, request);
    return () => reconcile(deps, { service, delivery, ...invocation });
  });
  return Promise.all(runs.map((run) => run()));
}

function nameOf(delivery: PauseDelivery): string | undefined {
  return delivery.kind === 'pause-check' ? undefined : delivery.request;
}

/** A request of a person that has no name of its own gets that of the message. */
function named(delivery: Delivery, request: string): Delivery {
  return delivery.kind === 'manual'
    ? { ...delivery, request: delivery.request ?? request }
    : delivery;
}

function scopeOf(
  services: readonly GuardedService[],
  delivery: PauseDelivery,
): readonly GuardedService[] {
  return delivery.serviceId === ALL_SERVICES ? services : [find(services, delivery)];
}

/** A composite alarm that nobody names is found by the child that made it fire. */
function find(services: readonly GuardedService[], delivery: Arrival): GuardedService {
  const found =
    delivery.kind === 'alarm'
      ? services.find(({ alarmArns }) =>
          [delivery.alarm.arn, ...delivery.alarm.triggeredBy].some((arn) =>
            alarmArns.includes(arn),
          ),
        )
      : services.find(({ id }) => id === delivery.serviceId);
  if (found !== undefined) return found;
  const got =
    delivery.kind === 'alarm' ? `alarm ${delivery.alarm.arn}` : `service ${delivery.serviceId}`;
  const known = services.map(({ id }) => id).join(', ');
  throw new HealerError(
    'event.not-guarded',
    `${got} belongs to no guarded service, wanted one of: ${known}`,
  );
}
