/** Which service an arrival is about, and whether it still counts; pure, and nothing is matched by a name alone. */
import { listNames } from '../core/bad-input.ts';
import {
  AHEAD_MAX,
  ALL_SERVICES,
  type Alarm,
  type Arrival,
  happenedAt,
  isLate,
  LATE_AFTER,
} from '../core/delivery.ts';
import { HealerError } from '../core/errors.ts';
import type { GuardedService } from '../core/guarded-service.ts';
import { redact } from '../core/redact.ts';
import { between, type EpochMillis, iso, later, spell } from '../core/time.ts';
import type { Outcome } from './outcome.ts';

/** An error is read by a person. */
const NAME_MAX = 200;

/**
 * The one that it is about, or all of them.
 *
 * @throws {event.not-guarded} for a service, or an alarm, that nobody named; that of another account or Region is one.
 */
export function servicesOf(
  services: readonly GuardedService[],
  arrival: Arrival,
): readonly [GuardedService, ...GuardedService[]] {
  const [first, ...others] = services;
  const isAboutAll = arrival.kind !== 'alarm' && arrival.serviceId === ALL_SERVICES;
  return isAboutAll && first !== undefined ? [first, ...others] : [find(services, arrival)];
}

function find(services: readonly GuardedService[], arrival: Arrival): GuardedService {
  const found =
    arrival.kind === 'alarm'
      ? findByAlarm(services, arrival.alarm)
      : services.find(({ id }) => id === arrival.serviceId);
  if (found !== undefined) return found;
  const got =
    arrival.kind === 'alarm' ? `alarm ${arrival.alarm.arn}` : `service ${arrival.serviceId}`;
  const wanted = listNames(services.map(({ id }) => id));
  throw new HealerError(
    'event.not-guarded',
    `${redact(got, NAME_MAX)} belongs to no guarded service, wanted one of: ${wanted}`,
  );
}

/**
 * A composite alarm that nobody named is found by the child that made it fire. A message may say anything of its
 * children, and a composite has none but of its own account and Region.
 */
function findByAlarm(
  services: readonly GuardedService[],
  { arn, triggeredBy }: Alarm,
): GuardedService | undefined {
  const home = homeOf(arn);
  const arns = [arn, ...triggeredBy.filter((child) => homeOf(child) === home)];
  return services.find(({ alarmArns }) => arns.some((known) => alarmArns.includes(known)));
}

/** `arn:aws:cloudwatch:eu-west-1:123456789012:alarm`, without the name, which may hold colons too. */
function homeOf(arn: string): string {
  return arn.split(':', 6).join(':');
}

/**
 * What came too late is about another hour: a person who asked for something then may not want it now.
 *
 * An alarm that came late is not refused here: it may ring still, and then somebody must hear of it.
 *
 * @returns what is recorded instead of acting; nothing when it still counts.
 * @throws {event.malformed} for a time in the future: clocks differ by seconds, and such a time was made up.
 */
export function refuseByTime(
  arrival: Arrival,
  now: EpochMillis,
  sentAt: EpochMillis | undefined,
): Outcome | undefined {
  refuseFuture(arrival, now);
  const at = happenedAt(arrival, sentAt);
  if (arrival.kind === 'alarm' || at === undefined || !isLate(arrival, now, sentAt))
    return undefined;
  const { kind, serviceId: service } = arrival;
  const detail =
    `this ${kind} request was sent ${spell(between(at, now))} ago, and counts for ` +
    `${spell(LATE_AFTER)}: nothing is done, ask again`;
  return { service, verdict: 'settled', reason: 'too-old', detail };
}

function refuseFuture(arrival: Arrival, now: EpochMillis): void {
  const [field, at] = timeOf(arrival);
  const limit = later(now, AHEAD_MAX);
  if (at === undefined || at <= limit) return;
  const message = `${arrival.kind}: ${field}: got ${iso(at)}, wanted a time until ${iso(limit)}`;
  throw new HealerError('event.malformed', message, { details: { field } });
}

function timeOf(arrival: Arrival): readonly [string, EpochMillis | undefined] {
  if (arrival.kind === 'alarm') return ['time of the state change', arrival.alarm.changedAt];
  return ['askedAt', 'askedAt' in arrival ? arrival.askedAt : undefined];
}
