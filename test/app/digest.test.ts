import { describe, expect, test } from 'vitest';
import { type DigestDeps, digest } from '../../functions/app/digest.ts';
import type { ServiceWeek } from '../../functions/core/digest.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { HealerError } from '../../functions/core/errors.ts';
import { earlier, later, minutes } from '../../functions/core/time.ts';
import { anEntry, anIncident, aService, NOW } from '../core/builders.ts';

const signal = new AbortController().signal;
const THROTTLED = new HealerError('dependency.unavailable', 'dynamodb:Query: throttled', {
  retryable: true,
});

function ill(id: string): ServiceWeek['incidents'][number] {
  const openedAt = earlier(NOW, minutes(60));
  return anIncident({ id, state: 'recovered', openedAt, recoveredAt: later(openedAt, minutes(2)) });
}

/** Services by id, each with what its table says, or the error of reading it. */
function aHealer(
  weeks: Readonly<Record<string, ServiceWeek['incidents'] | Error>>,
  timelines: Readonly<Record<string, readonly Entry[]>> = {},
) {
  const asked: string[] = [];
  let reading = 0;
  let most = 0;
  const read = async <T>(name: string, value: T | Error | undefined): Promise<T> => {
    asked.push(name);
    reading += 1;
    most = Math.max(most, reading);
    await Promise.resolve();
    reading -= 1;
    if (value instanceof Error) throw value;
    if (value === undefined) throw THROTTLED;
    return value;
  };
  const deps: DigestDeps = {
    environment: 'prod',
    clock: { now: () => NOW },
    guarded: { all: async () => Object.keys(weeks).map((id) => aService({}, { id })) },
    history: {
      week: async (serviceId) => ({
        serviceId,
        incidents: await read(serviceId, weeks[serviceId]),
        drills: [],
      }),
      timeline: async (id) => read(id, timelines[id]),
    },
  };
  return { deps, asked, most: () => most };
}

describe('the weekly digest', () => {
  test('counts all services of the last seven days', async () => {
    const { deps } = aHealer({ 'shop/a': [ill('a')], 'shop/b': [] });

    expect(await digest(deps, signal)).toMatchObject({
      environment: 'prod',
      from: earlier(NOW, minutes(7 * 24 * 60)),
      to: NOW,
      services: 2,
      incidents: 1,
      recovered: 1,
    });
  });

  test('names a service that cannot be read, and why', async () => {
    const { deps } = aHealer({ 'shop/a': [ill('a')], 'shop/b': THROTTLED });

    expect(await digest(deps, signal)).toMatchObject({
      services: 2,
      incidents: 1,
      unread: [{ serviceId: 'shop/b', why: 'dynamodb:Query: throttled' }],
    });
  });

  test('fails when none can be read, so that it comes again', async () => {
    const { deps } = aHealer({ 'shop/a': THROTTLED, 'shop/b': THROTTLED });

    await expect(digest(deps, signal)).rejects.toBe(THROTTLED);
  });

  test('reads the timelines of what was ill again and again, and no other', async () => {
    const weeks = { 'shop/a': [ill('a1'), ill('a2'), ill('a3')], 'shop/b': [ill('b1')] };
    const stop = anEntry({ kind: 'stopped' }, { revision: 'a:57' });
    const { deps, asked } = aHealer(weeks, { a1: [stop], a2: [stop] });

    const { repeated } = await digest(deps, signal);

    // The third timeline cannot be read: there is less of a hint, and the numbers are still true.
    expect(repeated).toEqual([
      {
        serviceId: 'shop/a',
        incidents: 3,
        hint: expect.stringMatching(/^2 stops on revision a:57/),
      },
    ]);
    expect(asked.toSorted()).toEqual(['a1', 'a2', 'a3', 'shop/a', 'shop/b']);
  });

  test('reads some hundred services a few at a time', async () => {
    const weeks = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`shop/service-${index}`, []] as const),
    );
    const { deps, most } = aHealer(weeks);

    expect(await digest(deps, signal)).toMatchObject({ services: 300 });
    expect(most()).toBeLessThanOrEqual(16);
  });
});
