/** Each step once, in its order, whatever a queue and the chat do; by the bot, and by what only posts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../functions/core/entry.ts';
import { isHealerError } from '../../functions/core/errors.ts';
import { later, minutes } from '../../functions/core/time.ts';
import type { Teller } from '../../functions/ports/messaging.ts';
import { type Said, signal, ToldWorld, theSteps } from './told-world.ts';

const WAYS = ['bot', 'webhook'] as const;
const KINDS = ['stopped', 'held', 'escalated', 'explained', 'recovered'] as const;

/** What people were told step by step: a bot's root and its edits repeat that. */
function told(world: ToldWorld, way: (typeof WAYS)[number]): readonly number[] {
  const place = way === 'bot' ? 'reply' : 'root';
  return world.said.filter((said) => said.place === place).map(({ seq }) => seq);
}

async function codeOf(work: Promise<void>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => {
      if (!isHealerError(error)) throw error;
      return error.code;
    },
  );
}

/** A queue: what fails comes again, some of it at the same time. */
async function deliver(
  teller: Teller,
  deliveries: readonly Entry[],
  { atOnce, onRound }: { readonly atOnce: number; readonly onRound: (round: number) => void },
): Promise<void> {
  let left = deliveries;
  for (let round = 1; left.length > 0; round += 1) {
    if (round > 200) throw new Error(`${left.length} deliveries fail for ever`);
    onRound(round);
    const batch = left.slice(0, atOnce);
    const codes = await Promise.all(batch.map((entry) => codeOf(teller.entry(entry, signal))));
    left = [...left.slice(atOnce), ...batch.filter((_, index) => codes[index] !== undefined)];
  }
}

const scenes = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      hearing: fc.constantFrom('announce', 'announce', 'quiet', 'none'),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .chain((parts) => {
    const steps = theSteps(
      ...parts.map(({ kind, hearing }, index) => ({
        kind,
        reason: 'storm' as const,
        // At least the last is told.
        announce: hearing === 'announce' || index === parts.length - 1,
        ...(hearing === 'quiet' && index < parts.length - 1 && { quiet: true as const }),
      })),
    );
    const heard = steps.filter(({ announce, quiet }) => announce || quiet === true);
    return fc.record({
      steps: fc.constant(steps),
      deliveries: fc
        .array(fc.constantFrom(...heard), { maxLength: 5 })
        .chain((again) =>
          fc.shuffledSubarray([...heard, ...again], { minLength: heard.length + again.length }),
        ),
      // When each step is in the timeline: some only after later ones were delivered.
      keptAt: fc.array(fc.integer({ min: 1, max: 4 }), {
        minLength: steps.length,
        maxLength: steps.length,
      }),
      troubles: fc.array(fc.constantFrom('none', 'down'), { maxLength: 12 }),
      atOnce: fc.integer({ min: 1, max: 4 }),
    });
  });

describe.each(WAYS)('by %s', (way) => {
  test('each step is told once, in its order', async () => {
    await fc.assert(
      fc.asyncProperty(scenes, async ({ steps, deliveries, keptAt, troubles, atOnce }) => {
        const world = new ToldWorld();
        world.troubles = [...troubles];
        const onRound = (round: number): void => {
          for (const step of steps) if ((keptAt[step.seq - 1] ?? 1) <= round) world.keep(step);
        };

        await deliver(world[way](), deliveries, { atOnce, onRound });

        const heard = steps.filter(
          ({ announce, quiet }) => announce || (way === 'bot' && quiet === true),
        );
        expect(told(world, way)).toEqual(heard.map(({ seq }) => seq));
      }),
      { numRuns: 500 },
    );
  });

  test('nothing is looked up when each step comes after the one before', async () => {
    const world = new ToldWorld();
    const steps = theSteps({ kind: 'stopped' }, { kind: 'escalated' }, { kind: 'recovered' });

    for (const step of steps) await world[way]().entry(step, signal);

    expect(world.reads).toBe(0);
    expect(told(world, way)).toEqual([1, 2, 3]);
  });

  test('a step waits for one before it that is not kept yet, and at last not any more', async () => {
    const world = new ToldWorld();
    const [, second] = theSteps({ kind: 'stopped' }, { kind: 'recovered' }) as [Entry, Entry];

    expect(await codeOf(world[way]().entry(second, signal))).toBe('store.contended');
    expect(told(world, way)).toEqual([]);
    world.now = later(second.at, minutes(2));

    expect(await codeOf(world[way]().entry(second, signal))).toBeUndefined();
    expect(told(world, way)).toEqual([2]);
  });

  test('what the chat takes at no time holds up nothing, and fails by itself', async () => {
    const world = new ToldWorld();
    world.refused = [2];
    const steps = theSteps({ kind: 'stopped' }, { kind: 'held' }, { kind: 'recovered' });
    for (const step of steps) world.keep(step);
    const [, refused, last] = steps as [Entry, Entry, Entry];

    expect(await codeOf(world[way]().entry(last, signal))).toBeUndefined();
    expect(await codeOf(world[way]().entry(refused, signal))).toBe('chat.refused');
    expect(told(world, way)).toEqual([1, 3]);
  });

  test('only a post whose answer is lost is made twice', async () => {
    const troubles = fc.array(fc.constantFrom('none', 'lost'), { minLength: 1, maxLength: 6 });

    await fc.assert(
      fc.asyncProperty(troubles, async (planned) => {
        const world = new ToldWorld();
        world.troubles = [...planned];
        const steps = theSteps({ kind: 'stopped' }, { kind: 'escalated' }, { kind: 'recovered' });
        for (const step of steps) world.keep(step);

        await deliver(world[way](), steps.toReversed(), { atOnce: 1, onRound: () => {} });

        const seqs = told(world, way);
        expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
        expect([...new Set(seqs)]).toEqual([1, 2, 3]);
        const lost = planned.filter((trouble) => trouble === 'lost').length;
        expect(seqs.length - 3).toBeLessThanOrEqual(lost);
      }),
    );
  });
});

describe('a bot that tells several steps together', () => {
  async function together(...parts: readonly Partial<Entry>[]): Promise<readonly Said[]> {
    const world = new ToldWorld();
    const steps = theSteps(...parts);
    for (const step of steps) world.keep(step);
    for (const step of steps.slice(-1)) await world.bot().entry(step, signal);
    return world.said;
  }

  test('opens with the newest state, and has the whole story in the thread', async () => {
    const said = await together({ kind: 'stopped' }, { kind: 'recovered' });

    expect(said).toEqual([
      { place: 'root', seq: 2, isLoud: true },
      { place: 'reply', seq: 1, isLoud: false },
      { place: 'reply', seq: 2, isLoud: false },
    ]);
  });

  test('calls for what is not over, and not for what is', async () => {
    const call = { kind: 'escalated', reason: 'storm' } as const;

    const open = await together(call, { kind: 'acknowledged' });
    const over = await together(call, { kind: 'recovered' });

    const loud = (said: readonly Said[]) =>
      said.filter(({ place, isLoud }) => place === 'reply' && isLoud).map(({ seq }) => seq);
    expect(loud(open)).toEqual([1]);
    expect(loud(over)).toEqual([]);
  });

  test('lets the channel hear once that it is open again', async () => {
    const world = new ToldWorld();
    const again = { reopened: 1 };
    const steps = theSteps(
      { kind: 'recovered' },
      { kind: 'reopened', ...again },
      { kind: 'held', ...again },
      { kind: 'held', ...again },
    );
    for (const step of steps) world.keep(step);

    await world.bot().entry(steps[0] as Entry, signal);
    await world.bot().entry(steps[3] as Entry, signal);

    const replies = world.said.filter(({ place }) => place === 'reply');
    expect(replies.map(({ isLoud }) => isLoud)).toEqual([false, true, false, false]);
    expect(world.said.filter(({ place }) => place === 'edit').map(({ seq }) => seq)).toEqual([4]);
  });

  test('shows the state below the answer to a click', async () => {
    const said = await together(
      { kind: 'stopped' },
      { kind: 'escalated', reason: 'storm' },
      { kind: 'held', reason: 'at-floor', requestedBy: 'ana (U0123)' },
    );

    expect(said[0]).toMatchObject({ place: 'root', seq: 2 });
    expect(said.slice(1).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test('shows that state too when the edit fails at first', async () => {
    const world = new ToldWorld();
    const steps = theSteps(
      { kind: 'stopped' },
      { kind: 'escalated', reason: 'storm' },
      { kind: 'held', reason: 'at-floor', requestedBy: 'ana (U0123)' },
    );
    const [first, , answer] = steps as [Entry, Entry, Entry];
    for (const step of steps) world.keep(step);
    await world.bot().entry(first, signal);
    world.troubles = ['none', 'none', 'down'];

    await deliver(world.bot(), [answer], { atOnce: 1, onRound: () => {} });

    expect(told(world, 'bot')).toEqual([1, 2, 3]);
    expect(world.said.at(-1)).toMatchObject({ place: 'edit', seq: 2 });
  });
});
