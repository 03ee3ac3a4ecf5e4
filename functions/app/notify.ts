/** Tells people what the topic, the healer's own alarms and the calendar say. */
import { describe, isHealerError } from '../core/errors.ts';
import type { Notice, Telling } from '../core/notice.ts';
import { type EpochMillis, later, seconds } from '../core/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Teller } from '../ports/messaging.ts';
import type { DeadLetters, InboundTellings, TellingRecord } from '../ports/tellings.ts';

export interface NotifyDeps {
  readonly clock: Clock;
  readonly teller: Teller;
  readonly journal: Journal;
  readonly open: (event: unknown) => InboundTellings;
  readonly digest: (signal: AbortSignal) => Promise<Notice>;
  /** Absent where nothing comes through a queue. */
  readonly deadLetters?: DeadLetters;
}

/** What SQS takes as "these again, please". */
interface TellingsAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Incidents that one batch tells of at the same time; they share a channel, which takes a message a second. */
const AT_ONCE = 4;
/** With the longest step after it, its wait for a turn included, it is less than the time limit of the function. */
const BEGIN_WITHIN = seconds(20);
/** Handed out so often, a newer version of this function would have come. */
const RECEIVES_MAX = 5;

/**
 * A batch answers with the messages that the queue is to hand out again: each in its incident's order, each incident
 * by itself. A direct invocation tells one after the other.
 *
 * @throws HealerError for a direct invocation, so that whoever invoked it may try again.
 */
export async function notify(
  deps: NotifyDeps,
  event: unknown,
  signal: AbortSignal,
): Promise<TellingsAnswer | undefined> {
  const inbound = deps.open(event);
  if (inbound.kind === 'batch') return tellBatch(deps, inbound.records, signal);
  for (const telling of inbound.tellings) {
    try {
      await tell(deps, telling, signal);
    } catch (error) {
      fail(deps, telling, error);
      throw error;
    }
  }
  return undefined;
}

interface Opened {
  readonly record: TellingRecord;
  readonly tellings: readonly Telling[];
}

async function tellBatch(
  deps: NotifyDeps,
  records: readonly TellingRecord[],
  signal: AbortSignal,
): Promise<TellingsAnswer> {
  const failed = new Set<string>();
  const opened: Opened[] = [];
  for (const record of records) {
    try {
      opened.push({ record, tellings: record.open() });
    } catch (error) {
      deps.journal.failed({ what: `message ${record.id}`, error });
      if (!(await isGivenUp(deps, record, error, signal))) failed.add(record.id);
    }
  }
  const lines = [...linesOf(opened).values()];
  const until = later(deps.clock.now(), BEGIN_WITHIN);
  const work = async (): Promise<void> => {
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
      for (const { record } of await tellLine(deps, line, until, signal)) failed.add(record.id);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { batchItemFailures: [...failed].map((id) => ({ itemIdentifier: id })) };
}

/** What must be told one after the other, in its order. */
function linesOf(opened: readonly Opened[]): ReadonlyMap<string, readonly Opened[]> {
  const ordered = opened.toSorted((a, b) => seqOf(a) - seqOf(b));
  return Map.groupBy(ordered, ({ record, tellings: [first] }) => {
    if (first?.kind === 'entry') return first.entry.incidentId;
    return first?.kind === 'notice' && first.notice.kind === 'drill'
      ? first.notice.drillId
      : record.id;
  });
}

function seqOf({ tellings: [first] }: Opened): number {
  if (first?.kind === 'entry') return first.entry.seq;
  const isEnd = first?.kind === 'notice' && first.notice.kind === 'drill' && first.notice.end;
  return isEnd ? 1 : 0;
}

/** @returns what is still to be told: where one fails, or the time is up, what comes after it waits. */
async function tellLine(
  deps: NotifyDeps,
  line: readonly Opened[],
  until: EpochMillis,
  signal: AbortSignal,
): Promise<readonly Opened[]> {
  const left: Opened[] = [];
  for (const [index, each] of line.entries()) {
    if (deps.clock.now() >= until) return [...left, ...line.slice(index)];
    const failure = await failureOf(deps, each, signal);
    if (failure === undefined) continue;
    if (!isForGood(failure.error)) return [...left, ...line.slice(index)];
    if (!(await isGivenUp(deps, each.record, failure.error, signal))) left.push(each);
  }
  return left;
}

/** @returns why a message could not be told; nothing when it was. */
async function failureOf(
  deps: NotifyDeps,
  { tellings }: Opened,
  signal: AbortSignal,
): Promise<{ readonly error: unknown } | undefined> {
  for (const telling of tellings) {
    try {
      await tell(deps, telling, signal);
    } catch (error) {
      fail(deps, telling, error);
      return { error };
    }
  }
  return undefined;
}

/** Nobody but a newer version of the healer could tell it; all else is mended in time, or by a person. */
function isForGood(error: unknown): boolean {
  if (!isHealerError(error)) return false;
  return error.code === 'event.malformed' || (error.code === 'chat.refused' && !error.retryable);
}

/** It must not come back for days, nor be lost. */
async function isGivenUp(
  { deadLetters, journal }: NotifyDeps,
  { id, receives, body }: TellingRecord,
  why: unknown,
  signal: AbortSignal,
): Promise<boolean> {
  if (deadLetters === undefined || receives < RECEIVES_MAX || !isForGood(why)) return false;
  try {
    await deadLetters.send(body, describe(why), signal);
    return true;
  } catch (error) {
    journal.failed({ what: `give up message ${id}`, error });
    return false;
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

function fail({ journal }: NotifyDeps, telling: Telling, error: unknown): void {
  const service = serviceOf(telling);
  const told = service === undefined ? {} : { service };
  journal.failed({ what: `notify ${nameOf(telling)}`, error, ...told });
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
