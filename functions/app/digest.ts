/** Looks up what became of the week. */
import { digestOf, type Repeated, repeatedServices } from '../core/digest.ts';
import type { Entry } from '../core/entry.ts';
import { describe } from '../core/errors.ts';
import type { DigestNotice } from '../core/notice.ts';
import { earlier, minutes } from '../core/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { GuardedServices } from '../ports/guarded-services.ts';
import type { WeekHistory } from '../ports/week-history.ts';

export interface DigestDeps {
  readonly clock: Clock;
  readonly guarded: GuardedServices;
  readonly history: WeekHistory;
  readonly environment: string;
}

const WEEK = minutes(7 * 24 * 60);
/** Reads under way at the same time: a table on demand throttles whoever asks for hundreds at once. */
const AT_ONCE = 16;

/**
 * The last seven days of all guarded services.
 *
 * A service that cannot be read is named in the digest, with what is wrong.
 *
 * @throws HealerError when no service can be read: then it is the table, and a digest of nothing would be a lie.
 */
export async function digest(deps: DigestDeps, signal: AbortSignal): Promise<DigestNotice> {
  const to = deps.clock.now();
  const week = { from: earlier(to, WEEK), to };
  const all = await deps.guarded.all();
  const read = await readEach(all, async ({ id }) =>
    // An incident may have begun before the week that it ends in.
    attempt(id, () => deps.history.week(id, earlier(week.from, WEEK), signal)),
  );
  const services = read.flatMap((one) => ('value' in one ? [one.value] : []));
  const failed = read.flatMap((one) => ('value' in one ? [] : [one]));
  if (services.length === 0 && failed[0] !== undefined) throw failed[0].error;
  const repeated = repeatedServices(services, week);
  return digestOf({
    environment: deps.environment,
    week,
    services,
    unread: failed.map(({ of, error }) => ({ serviceId: of, why: describe(error) })),
    timelines: await readTimelines(deps, repeated, signal),
  });
}

/** What cannot be read is left out: then there is less of a hint, and the numbers are still true. */
async function readTimelines(
  { history }: DigestDeps,
  repeated: readonly Repeated[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Entry[]>> {
  const ids = repeated.flatMap(({ incidentIds }) => incidentIds);
  const read = await readEach(ids, (id) => attempt(id, () => history.timeline(id, signal)));
  return new Map(read.flatMap((one) => ('value' in one ? [[one.of, one.value] as const] : [])));
}

type Attempt<T> = { readonly of: string } & ({ readonly value: T } | { readonly error: unknown });

async function attempt<T>(of: string, read: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { of, value: await read() };
  } catch (error) {
    return { of, error };
  }
}

/** Reads some at a time, and gives the answers in the order of what was asked. */
async function readEach<T, R>(
  items: readonly T[],
  read: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const answers: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    answers.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(read))));
  }
  return answers;
}
