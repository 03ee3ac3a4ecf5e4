/** What leaves the outbox, in which order, and what stays. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { announce } from '../../functions/app/announce.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { HealerError } from '../../functions/core/errors.ts';
import { DEFAULT_POLICY } from '../../functions/core/policy.ts';
import { earlier, minutes } from '../../functions/core/time.ts';
import { aLock, anEntry, NOW } from '../core/builders.ts';
import { MemoryStore } from './memory-store.ts';

const signal = new AbortController().signal;
const SERVICE = { id: 'shop/checkout-api', policy: DEFAULT_POLICY };

function aStep(seq: number, part: Partial<Entry> = {}): Entry {
  const { incidentId = 'inc-1' } = part;
  return anEntry({ id: `${incidentId}#${seq}`, incidentId, seq, at: NOW, announce: true, ...part });
}

const nothing = (): void => {};
const SILENT = {
  decided: nothing,
  weighed: nothing,
  advanced: nothing,
  failed: nothing,
  looked: nothing,
};

interface Told {
  readonly published: readonly string[];
  /** Still in the outbox. */
  readonly left: readonly string[];
}

/** @param refused - ids that the topic does not take */
async function tell(
  outbox: readonly Entry[],
  own: readonly Entry[],
  refused: readonly string[] = [],
): Promise<Told> {
  const published: string[] = [];
  const left = await announce(
    {
      clock: { now: () => NOW },
      store: new MemoryStore(() => {}),
      announcer: {
        publish: ({ id }) => {
          if (refused.includes(id)) throw new HealerError('dependency.unavailable', 'down');
          published.push(id);
          return Promise.resolve();
        },
      },
      journal: SILENT,
    },
    SERVICE,
    aLock({ outbox }),
    own,
    signal,
  );
  return { published, left: left.map(({ id }) => id) };
}

describe('the entries of an incident', () => {
  test("are told in order, another's young ones before our own", async () => {
    const outbox = [aStep(3), aStep(1), aStep(2)];

    expect(await tell(outbox, outbox.slice(0, 1))).toEqual({
      published: ['inc-1#1', 'inc-1#2', 'inc-1#3'],
      left: [],
    });
  });

  test('that another has just added after our own are left to it', async () => {
    const outbox = [aStep(1), aStep(2)];

    expect(await tell(outbox, outbox.slice(0, 1))).toEqual({
      published: ['inc-1#1'],
      left: ['inc-1#2'],
    });
  });

  test('that somebody left behind are told by the next', async () => {
    const old = aStep(1, { at: earlier(NOW, minutes(5)) });

    expect(await tell([old], [])).toEqual({ published: ['inc-1#1'], left: [] });
  });

  test('stay from the first on that the topic does not take; another incident does not wait', async () => {
    const other = aStep(1, { incidentId: 'inc-2' });
    const outbox = [aStep(1), aStep(2), aStep(3), other];

    const { published, left } = await tell(outbox, outbox, ['inc-1#2']);

    expect(published.toSorted()).toEqual(['inc-1#1', 'inc-2#1']);
    expect(left).toEqual(['inc-1#2', 'inc-1#3']);
  });

  test('that nobody is told of are cleared without a message', async () => {
    const outbox = [aStep(1, { announce: false }), aStep(2, { announce: false, quiet: true })];

    expect(await tell(outbox, outbox)).toEqual({ published: ['inc-1#2'], left: [] });
  });
});

test('whatever fails, nothing is told before what precedes it', async () => {
  const seqs = fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 1 });
  const failing = fc.subarray([1, 2, 3, 4, 5, 6]);

  await fc.assert(
    fc.asyncProperty(seqs, failing, fc.nat(5), async (stored, refused, mine) => {
      const outbox = stored.map((seq) => aStep(seq));
      const own = outbox.slice(0, mine + 1);
      const down = refused.map((seq) => `inc-1#${seq}`);

      const { published, left } = await tell(outbox, own, down);

      const ordered = stored.toSorted((a, b) => a - b).map((seq) => `inc-1#${seq}`);
      expect(published).toEqual(ordered.slice(0, published.length));
      expect(left.toSorted()).toEqual(ordered.slice(published.length));
    }),
  );
});
