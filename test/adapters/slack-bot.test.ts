/** An incident as the channel sees it, whatever order and repetition its steps arrive in. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Entry } from '../../functions/core/entry.ts';
import { earlier, later, minutes } from '../../functions/core/time.ts';
import {
  anIncident,
  aStep,
  type BotWorld,
  ESCALATED,
  failureOf,
  isCalling,
  openBotWorld,
  RECOVERED,
  STATES,
  STOPPED,
  seqOf,
  signal,
  tellAll,
  textOf,
} from './slack-bot-world.ts';

let world: BotWorld;

beforeAll(async () => {
  world = await openBotWorld();
});
afterAll(() => world.close());

describe('an incident', () => {
  test('is one message, edited, with a reply for each step', async () => {
    const entries = anIncident(STOPPED, ESCALATED, RECOVERED);

    await tellAll(world.aBot(), entries);

    const { roots, replies } = world.seen(entries[0]?.incidentId);
    expect(roots).toHaveLength(1);
    expect(roots[0]?.states.map(({ text }) => /^[A-Z ]+(?= c)/.exec(text ?? '')?.[0])).toEqual([
      'ACTING',
      'NEEDS YOU',
      'RECOVERED',
    ]);
    expect(replies.map(({ threadTs }) => threadTs)).toEqual(Array(3).fill(roots[0]?.ts));
    expect(replies.map(textOf)).toEqual([
      expect.stringMatching(/^ACTING/),
      expect.stringMatching(/^NEEDS YOU/),
      expect.stringMatching(/^RECOVERED/),
    ]);
  });

  test('that nobody is told of is shown, and the channel does not hear of its end', async () => {
    const entries = anIncident({ kind: 'opened', quiet: true }, { ...RECOVERED, quiet: true });

    await tellAll(world.aBot({ broadcast: 'always' }), entries);

    const { roots, replies } = world.seen(entries[0]?.incidentId);
    expect(roots).toHaveLength(1);
    expect(roots[0]?.states.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^OPEN /),
      expect.stringMatching(/^RECOVERED /),
    ]);
    expect(replies.map(({ isBroadcast }) => isBroadcast)).toEqual([false]);
  });

  test('is heard of by the channel again only when a person must look', async () => {
    const entries = anIncident(STOPPED, ESCALATED, RECOVERED);

    await tellAll(world.aBot(), entries);

    const { roots, replies } = world.seen(entries[0]?.incidentId);
    expect(replies.map(({ isBroadcast }) => isBroadcast)).toEqual([false, true, false]);
    expect(replies.map(isCalling)).toEqual([false, true, false]);
    expect(isCalling(roots[0])).toBe(false);
  });

  test('that begins with a call, calls by its new message alone', async () => {
    const entries = anIncident({ kind: 'escalated', reason: 'storm' });

    await tellAll(world.aBot(), entries);

    const { roots, replies } = world.seen(entries[0]?.incidentId);
    expect(isCalling(roots[0])).toBe(true);
    expect(replies.map(isCalling)).toEqual([false]);
    expect(replies.map(({ isBroadcast }) => isBroadcast)).toEqual([false]);
  });

  test.each([
    ['always', [false, true, true], [false, true, false]],
    ['never', [false, false, false], [false, true, false]],
  ] as const)('broadcast %s', async (broadcast, loud, calling) => {
    const entries = anIncident(STOPPED, ESCALATED, RECOVERED);

    await tellAll(world.aBot({ broadcast }), entries);

    const { replies } = world.seen(entries[0]?.incidentId);
    expect(replies.map(({ isBroadcast }) => isBroadcast)).toEqual(loud);
    expect(replies.map(isCalling)).toEqual(calling);
  });

  test('that is open again goes on in its message, and the channel hears of it', async () => {
    const entries = anIncident(STOPPED, RECOVERED, { ...STOPPED, reopened: 1 }, RECOVERED, {
      ...STOPPED,
      reopened: 2,
    });

    await tellAll(world.aBot(), entries);

    const { roots, replies } = world.seen(entries[0]?.incidentId);
    expect(roots.map(textOf)).toEqual([expect.stringContaining('(re-opened, time 3)')]);
    expect(replies.map(({ isBroadcast }) => isBroadcast)).toEqual([
      false,
      false,
      true,
      false,
      true,
    ]);
    expect(replies.map(isCalling)).toEqual([false, false, false, false, true]);
  });

  test.each(['shop-prod/checkout-api', '*'])(
    'a pause of %s is one message too',
    async (serviceId) => {
      const pause = { kind: 'paused', serviceId, detail: 'by ana: load test' } as const;
      const entries = anIncident(pause, { ...pause, kind: 'resumed', detail: 'it was over' });

      await tellAll(world.aBot(), [...entries, ...entries]);

      const { roots, replies } = world.seen(entries[0]?.incidentId);
      expect(roots[0]?.states.map(({ text }) => text?.split(' ')[0])).toEqual([
        'PAUSED',
        'RESUMED',
      ]);
      expect(replies.map(textOf)).toEqual([expect.stringMatching(/^RESUMED/)]);
    },
  );

  test('of a drill says so, and calls nobody', async () => {
    const drill = 'drill-1';
    const entries = anIncident(
      { ...STOPPED, drill },
      { ...ESCALATED, drill },
      { ...RECOVERED, drill },
    );

    await tellAll(world.aBot({ broadcast: 'always' }), entries);

    const { roots, replies } = world.seen(entries[0]?.incidentId);
    expect([...roots, ...replies].map(textOf)).toEqual(
      Array(4).fill(expect.stringMatching(/^DRILL /)),
    );
    expect([...roots, ...replies].some(isCalling)).toBe(false);
    expect(replies.some(({ isBroadcast }) => isBroadcast)).toBe(false);
  });

  test('that somebody has keeps its story, with the name', async () => {
    const cause = { code: 'x', sentence: 'Same error.', evidence: [], fix: 'Heal it.' } as never;
    const acknowledgedBy = 'ana (U0123)';
    const facts = { alarms: [], stopsUsed: 0, stopsAllowed: 3 };
    const entries = anIncident(
      { ...ESCALATED, cause },
      { kind: 'acknowledged', acknowledgedBy, facts },
    );
    const [escalated, { victim: _none, ...acknowledged }] = entries as [Entry, Entry];

    await tellAll(world.aBot(), [escalated, acknowledged]);

    const { roots, replies } = world.seen(escalated.incidentId);
    const root = roots[0]?.states.at(-1);
    expect(root?.text).toBe(
      'ACKNOWLEDGED checkout-api (prod): ana (U0123) has it: my stops did not help. ' +
        'Nobody else need look.',
    );
    expect(JSON.stringify(root?.blocks)).toMatch(/Heal it\..*83 of 400|83 of 400.*Heal it\./s);
    expect(replies.map(({ isBroadcast }) => isBroadcast)).toEqual([false, false]);
  });

  test('that is over still says what was stopped, and why', async () => {
    const entries = anIncident(STOPPED, { kind: 'acknowledged' }, RECOVERED);
    const [stopped, ...rest] = entries as [Entry, ...Entry[]];
    const bare = rest.map(({ victim: _none, ...entry }) => entry);

    await tellAll(world.aBot(), [stopped, ...bare]);

    const { roots } = world.seen(stopped.incidentId);
    const root = JSON.stringify(roots[0]?.states.at(-1));
    expect(root).toMatch(/RECOVERED/);
    expect(root).toContain(stopped.victim?.why);
    expect(root).not.toContain('pool exhausted');
  });

  test('answers a click in its thread, and stays what it is', async () => {
    const asked = { kind: 'held', reason: 'at-floor', requestedBy: 'ana (U0123)' } as const;
    const entries = anIncident(STOPPED, ESCALATED, asked);

    await tellAll(world.aBot(), entries);

    const { roots, replies } = world.seen(entries[0]?.incidentId);
    expect(textOf(roots[0])).toMatch(/^NEEDS YOU/);
    expect(textOf(replies.at(-1))).toContain('no stop as asked: a stop would leave too few');
    expect(replies.at(-1)).toMatchObject({ isBroadcast: false });
  });

  test('goes on in a new message when somebody deleted the first', async () => {
    const entries = anIncident(STOPPED, RECOVERED);
    const bot = world.aBot();
    await tellAll(bot, entries.slice(0, 1));
    const { roots } = world.seen(entries[0]?.incidentId);
    world.slack.bot.remove(roots[0]?.ts ?? '');

    await tellAll(bot, entries.slice(1));

    expect(world.seen(entries[0]?.incidentId).roots.map(textOf)).toEqual([
      expect.stringMatching(/^RECOVERED/),
    ]);
  });
});

const KINDS = ['stopped', 'held', 'escalated', 'explained', 'recovered'] as const;

describe('whatever the topic does', () => {
  test('there is one message with the newest state, and one reply for each step, in order', async () => {
    const kinds = fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 5 });
    const scenes = kinds.chain((chosen) => {
      const entries = anIncident(...chosen.map((kind) => ({ kind, reason: 'storm' as const })));
      const once = fc.shuffledSubarray([...entries], { minLength: entries.length });
      const again = fc.array(fc.constantFrom(...entries), { maxLength: 4 });
      return fc.tuple(fc.constant(entries), once, again);
    });

    await fc.assert(
      fc.asyncProperty(scenes, fc.boolean(), async ([made, once, again], isAtOnce) => {
        // A scene may be tried again, and needs an incident of its own then.
        const fresh = anIncident(...made.map(({ kind, reason = 'storm' }) => ({ kind, reason })));
        const delivered = [...once, ...again].flatMap(({ seq }) => fresh[seq - 1] ?? []);
        await world.record(fresh);
        const bot = world.aBot();
        if (isAtOnce) await Promise.all(delivered.map((entry) => bot.entry(entry, signal)));
        else await tellAll(bot, delivered);

        const { roots, replies } = world.seen(fresh[0]?.incidentId);
        expect(roots).toHaveLength(1);
        expect(textOf(roots[0])).toMatch(STATES[fresh.at(-1)?.kind ?? 'opened'] ?? /^$/);
        expect(replies.map(seqOf)).toEqual(fresh.map(({ seq }) => seq));
        const escalated = fresh.filter(({ kind }) => kind === 'escalated');
        const loud = replies.filter(({ isBroadcast }) => isBroadcast);
        expect(loud.length).toBeLessThanOrEqual(escalated.length);
      }),
      { numRuns: 10 },
    );
  }, 60_000);

  test('nobody is called for what is over by now', async () => {
    const entries = anIncident(STOPPED, ESCALATED, RECOVERED);
    const shuffled = [0, 2, 1].flatMap((index) => entries[index] ?? []);
    await tellAll(world.aBot(), shuffled);

    const { roots, replies } = world.seen(entries[0]?.incidentId);
    expect(textOf(roots[0])).toMatch(/^RECOVERED/);
    expect(replies).toHaveLength(3);
    expect(replies.some((reply) => reply.isBroadcast || isCalling(reply))).toBe(false);
  });

  test('many deliveries at once make one message', async () => {
    const entry = aStep(STOPPED);

    await Promise.all(Array.from({ length: 8 }, () => world.aBot().entry(entry, signal)));

    const seen = world.seen(entry.incidentId);
    expect([seen.roots.length, seen.replies.length]).toEqual([1, 1]);
  });

  test('who waits too long for the others gives it back', async () => {
    const entry = aStep(STOPPED);
    const turn = { id: entry.incidentId, holder: 'another' };
    const [now, until] = [world.now(), later(world.now(), minutes(1))];
    await world.threads.begin(turn, { now, until }, signal);

    const failed = await failureOf(world.aBot({ waitMaxMs: 0 }).entry(entry, signal));

    expect(failed.code).toBe('store.contended');
    expect(world.seen(entry.incidentId).roots).toEqual([]);
  });

  test('the turn of one who died passes on', async () => {
    const entry = aStep(STOPPED);
    const past = earlier(world.now(), minutes(1));
    await world.threads.begin(
      { id: entry.incidentId, holder: 'dead' },
      { now: past, until: past },
      signal,
    );

    await world.aBot().entry(entry, signal);

    expect(world.seen(entry.incidentId).roots).toHaveLength(1);
  });
});
