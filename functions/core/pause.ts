/**
 * A person asks for quiet: pure transitions of a pause, for one service or for all, and the entries that tell of them.
 *
 * A pause forbids new stops only. Incidents are still opened and followed, a stop that was accepted is still recorded
 * and judged, and a recovery is still told.
 */
import type { AccountState } from './account.ts';
import { ALL_SERVICES, type PauseDelivery } from './delivery.ts';
import type { Entry, Facts } from './entry.ts';
import { HealerError } from './errors.ts';
import { pauseId } from './incident.ts';
import { activePause, type LockState, type Pause, type PauseRecord } from './lock.ts';
import { redact } from './redact.ts';
import { between, type EpochMillis, earliest, iso, later, minutes, spell } from './time.ts';

/** A week: longer is no pause but a decision, and `mode: observe` is the place for it. */
export const PAUSE_MAX = minutes(7 * 24 * 60);

/** Characters of a name and of a reason. */
export const BY_MAX = 100;
export const WHY_MAX = 300;

type BeginDelivery = Extract<PauseDelivery, { kind: 'pause' }>;

export interface PauseInput {
  /** Whatever stands there, over or not. */
  readonly pause: Pause | undefined;
  readonly delivery: PauseDelivery;
  /** The same for every delivery of one request, and for no other. */
  readonly request: string;
  readonly environment: string;
  readonly used: Pick<Facts, 'stopsUsed' | 'stopsAllowed'>;
  readonly now: EpochMillis;
}

/** `unchanged`: the request was carried out before, or there was nothing to end yet. */
export type PauseOutcome = 'paused' | 'resumed' | 'unchanged' | 'not-paused';

export interface PauseChange {
  readonly outcome: PauseOutcome;
  readonly detail: string;
  /** What stands there from now on. */
  readonly pause: Pause | undefined;
  /** Empty when nothing is to be written. */
  readonly entries: readonly Entry[];
}

/** @throws {event.malformed} when a pause would end in the past, or later than {@link PAUSE_MAX} from now. */
export function changePause(input: PauseInput): PauseChange {
  switch (input.delivery.kind) {
    case 'pause':
      return begin(input, input.delivery);
    case 'resume':
      return resume(input, input.delivery);
    case 'pause-check':
      return expire(input, input.delivery);
  }
}

/** The pause that holds the service: its own, or the one of all services; the one that ends last. */
export function pauseOver(
  lock: LockState,
  account: AccountState,
  now: EpochMillis,
): Pause | undefined {
  const own = activePause(lock.pause, now);
  const shared = activePause(account.pause, now);
  if (own === undefined || shared === undefined) return own ?? shared;
  return shared.until >= own.until ? shared : own;
}

function begin(input: PauseInput, delivery: BeginDelivery): PauseChange {
  const { pause: before, now, request } = input;
  const active = activePause(before, now);
  // Asked first: a delivery that comes again late is not to be called too late.
  if (active?.record?.request === request) return unchanged(input, active);
  if (before?.record?.request === request) return end(input, before);
  const over = overSince(delivery);
  if (over !== undefined && over <= now) return tooLate(before, over);
  const until = checkedEnd(delivery, now);
  const by = cleanName(delivery.by);
  const why = redact(delivery.why, WHY_MAX);
  if (active?.by === by && active.why === why && active.until === until) {
    return unchanged(input, active);
  }
  const ended = active === undefined && before !== undefined ? [ending(input, before)] : [];
  const record = nextRecord(input, active);
  const pause: Pause = { by, why, until, record };
  const change =
    active === undefined ? '' : `, instead of until ${iso(active.until)} by ${active.by}`;
  const detail = `by ${by}, until ${iso(until)}${change}: ${why}`;
  const told = makeEntry(input, record, { kind: 'paused', reason: 'paused', detail, until });
  return { outcome: 'paused', detail: `paused ${detail}`, pause, entries: [...ended, told] };
}

function resume(
  input: PauseInput,
  { by, why }: Extract<PauseDelivery, { kind: 'resume' }>,
): PauseChange {
  const { pause: before, now } = input;
  if (before === undefined) return nothing('there is no pause to end');
  const isOver = activePause(before, now) === undefined;
  const because = why === undefined ? '' : `: ${redact(why, WHY_MAX)}`;
  const who = isOver ? undefined : `ended by ${cleanName(by)}${because}`;
  const entry = ending(input, before, who);
  return { outcome: 'resumed', detail: entry.detail, pause: undefined, entries: [entry] };
}

function expire(
  input: PauseInput,
  { pauseId: checked, until }: Extract<PauseDelivery, { kind: 'pause-check' }>,
): PauseChange {
  const { pause: before, now } = input;
  if (before === undefined) return nothing('the pause has ended already');
  if (before.record?.id !== checked || before.until !== until) {
    return { ...unchanged(input, before), detail: 'superseded: the pause was changed meanwhile' };
  }
  return now < until ? unchanged(input, before) : end(input, before);
}

/** It is over by itself, and that is told. */
function end(input: PauseInput, before: Pause): PauseChange {
  const entry = ending(input, before);
  return { outcome: 'resumed', detail: entry.detail, pause: undefined, entries: [entry] };
}

function unchanged({ now }: PauseInput, pause: Pause): PauseChange {
  const left = spell(between(now, pause.until));
  const detail = `paused by ${pause.by} until ${iso(pause.until)}, ${left} left: ${pause.why}`;
  return { outcome: 'unchanged', detail, pause, entries: [] };
}

/** When a span ended that was asked for a while ago. */
function overSince(delivery: BeginDelivery): EpochMillis | undefined {
  if ('until' in delivery || delivery.askedAt === undefined || delivery.for === 0) return undefined;
  return later(delivery.askedAt, delivery.for);
}

/** Delivered again, most likely, after its pause was over; to begin it anew would be a pause that nobody asked for. */
function tooLate(before: Pause | undefined, over: EpochMillis): PauseChange {
  const detail = `the time that this pause was asked for ended at ${iso(over)}`;
  return { outcome: 'not-paused', detail, pause: before, entries: [] };
}

function nothing(detail: string): PauseChange {
  return { outcome: 'not-paused', detail, pause: undefined, entries: [] };
}

/** A span counts from when it was asked for, however long the request was on its way. */
function endOf(delivery: BeginDelivery, now: EpochMillis): EpochMillis {
  if ('until' in delivery) return delivery.until;
  return later(earliest(now, delivery.askedAt ?? now), delivery.for);
}

/** @throws {event.malformed} naming the field, the value got and the value wanted. */
function checkedEnd(delivery: BeginDelivery, now: EpochMillis): EpochMillis {
  const until = endOf(delivery, now);
  const field = 'until' in delivery ? 'until' : 'for';
  if (now < until && until <= later(now, PAUSE_MAX)) return until;
  const wanted = `an end after ${iso(now)} and at most 7 days later`;
  const message = `pause request: ${field}: got ${iso(until)}, wanted ${wanted}`;
  throw new HealerError('event.malformed', message, { details: { field } });
}

/** A change of a pause that is on goes on with its entries; a pause written into the table by hand has none. */
function nextRecord({ now, request, delivery }: PauseInput, active?: Pause): PauseRecord {
  const { record } = active ?? {};
  if (record !== undefined) return { ...record, request, seq: record.seq + 1 };
  const id = pauseId(now, `${delivery.serviceId}/${request}`);
  return { id, request, seq: 1, since: now };
}

function ending(input: PauseInput, pause: Pause, who = 'ended by itself, as asked for'): Entry {
  const { record } = pause;
  const next = nextRecord(input, pause);
  const lasted = record === undefined ? '' : ` after ${spell(between(record.since, input.now))}`;
  const detail = `the pause by ${pause.by}${lasted} ${who}`;
  return makeEntry(input, next, { kind: 'resumed', detail });
}

function makeEntry(
  { delivery, environment, used, now }: PauseInput,
  { id, seq }: PauseRecord,
  part: Pick<Entry, 'kind' | 'reason' | 'detail' | 'until'>,
): Entry {
  return {
    id: `${id}#${seq}`,
    incidentId: id,
    seq,
    at: now,
    announce: true,
    serviceId: delivery.serviceId,
    environment,
    trigger:
      delivery.kind === 'pause-check'
        ? 'end of the pause'
        : `${delivery.kind} by ${cleanName(delivery.by)}`,
    stopped: 0,
    reopened: 0,
    facts: { alarms: [], ...used },
    ledger: {},
    ...part,
  };
}

/** A name is not redacted: whom to ask is the point of it. */
export function cleanName(by: string): string {
  return by.replace(/\p{Cc}+/gu, ' ').slice(0, BY_MAX);
}

/** `shop-prod/checkout-api`, or in words that it is every one of them. */
export function nameScope(serviceId: string): string {
  return serviceId === ALL_SERVICES ? 'all services' : serviceId;
}
