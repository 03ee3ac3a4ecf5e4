/** What the bot does with all that Slack can say, and with what is no incident. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../functions/core/entry.ts';
import type { DrillNotice, Notice } from '../../functions/core/notice.ts';
import { minutes } from '../../functions/core/time.ts';
import { NOW } from '../core/builders.ts';
import {
  anIncident,
  aStep,
  type BotWorld,
  ESCALATED,
  failureOf,
  GROUP,
  isCalling,
  openBotWorld,
  RECOVERED,
  STOPPED,
  signal,
  tellAll,
  textOf,
} from './slack-bot-world.ts';

let world: BotWorld;

beforeAll(async () => {
  world = await openBotWorld();
});
afterAll(() => world.close());
/** As the platform does: again, until it is taken. */
async function deliver(entry: Entry): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    const { code } = await failureOf(world.aBot().entry(entry, signal));
    if (code === undefined) return;
    expect(code).toMatch(/^chat\.(?:unavailable|rate-limited)$/);
  }
  throw new Error(`${entry.id} was never taken`);
}

beforeEach(() => world.slack.faults.clear());

describe('what Slack does not take', () => {
  test.each([
    ['not_in_channel', 'invite the app'],
    ['invalid_auth', 'xoxb-'],
    ['missing_scope', 'chat:write'],
    ['channel_not_found', "the channel's id"],
    ['something_new', 'something_new'],
  ])('%s fails for good, with a hint', async (error, hint) => {
    world.slack.faults.next({ kind: 'api-error', error });

    const failed = await failureOf(world.aBot().entry(aStep(STOPPED), signal));

    expect(failed).toMatchObject({ code: 'chat.refused', message: expect.stringContaining(hint) });
  });

  test('a channel that the app is not in says so', async () => {
    const bot = world.aBot({ channel: world.slack.bot.foreignChannel });

    const failed = await failureOf(bot.entry(aStep(STOPPED), signal));

    expect(failed.message).toContain('not_in_channel; invite the app');
  });

  test.each([
    [{ kind: 'rate-limited', retryAfterSeconds: 60 }, 1, 'chat.rate-limited'],
    [{ kind: 'server-error' }, 9, 'chat.unavailable'],
    [{ kind: 'timeout' }, 9, 'chat.unavailable'],
    [{ kind: 'api-error', error: 'internal_error' }, 9, 'chat.unavailable'],
  ] as const)('%j comes again', async (fault, count, code) => {
    world.slack.faults.next(fault, count);
    const entry = aStep(STOPPED);

    expect((await failureOf(world.aBot().entry(entry, signal))).code).toBe(code);
    world.slack.faults.clear();
    await world.aBot().entry(entry, signal);

    const { roots, replies } = world.seen(entry.incidentId);
    expect([roots.length, replies.length]).toEqual([1, 1]);
  });

  test('a short wait is waited for', async () => {
    world.slack.faults.next({ kind: 'rate-limited', retryAfterSeconds: 1 });
    const entry = aStep(STOPPED);

    await world.aBot().entry(entry, signal);

    expect(world.seen(entry.incidentId).roots).toHaveLength(1);
  });

  test.each(['invalid_blocks', 'invalid_arguments', 'invalid_attachments', 'msg_blocks_too_long'])(
    '%s: the text goes alone, with what mends it',
    async (error) => {
      const cause = {
        code: 'dependency',
        sentence: 'Tasks log the same error.',
        evidence: [],
        fix: 'Heal the catalog.',
      } as const;
      const entry = aStep({ ...ESCALATED, cause });
      world.slack.faults.next({ kind: 'api-error', error });

      await world.aBot().entry(entry, signal);

      const bare = world.slack.bot.messages().filter(({ metadata }) => metadata === undefined);
      expect(bare.at(-1)?.states).toEqual([
        {
          channel: world.slack.bot.channel,
          text:
            'NEEDS YOU checkout-api (prod): Tasks log the same error. A person must look. ' +
            `Likely fix: Heal the catalog. <!subteam^${GROUP}>`,
          unfurl_links: false,
        },
      ]);
    },
  );

  test('a refused edit leaves no block of the state before', async () => {
    const entries = anIncident(STOPPED, RECOVERED);
    const bot = world.aBot();
    await tellAll(bot, entries.slice(0, 1));
    // The reply passes, and then the edit does not.
    world.slack.faults.next({ kind: 'slow', delayMs: 0 });
    world.slack.faults.next({ kind: 'api-error', error: 'invalid_blocks' });

    await tellAll(bot, entries.slice(1));

    expect(world.seen(entries[0]?.incidentId).roots[0]?.states.at(-1)).toMatchObject({
      text: expect.stringMatching(/^RECOVERED/),
      blocks: [],
      attachments: [],
    });
  });

  test('whatever fails on the way, nothing is lost and nothing is told twice', async () => {
    const fault = fc.constantFrom(
      { kind: 'slow', delayMs: 0 } as const,
      { kind: 'server-error' } as const,
      { kind: 'rate-limited', retryAfterSeconds: 60 } as const,
      { kind: 'api-error', error: 'internal_error' } as const,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 12 }), async (faults) => {
        const entries = anIncident(STOPPED, ESCALATED, RECOVERED);
        for (const one of faults) world.slack.faults.next(one);
        for (const entry of entries) await deliver(entry);
        world.slack.faults.clear();

        const { roots, replies } = world.seen(entries[0]?.incidentId);
        expect(roots.map(textOf)).toEqual([expect.stringMatching(/^RECOVERED/)]);
        expect(replies.map(textOf)).toEqual([
          expect.stringMatching(/^ACTING/),
          expect.stringMatching(/^NEEDS YOU/),
          expect.stringMatching(/^RECOVERED/),
        ]);
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  test('after a reply that failed only the reply is made up for', async () => {
    const entry = aStep(STOPPED);
    world.slack.faults.next({ kind: 'slow', delayMs: 0 });
    world.slack.faults.next({ kind: 'server-error' }, 9);
    await failureOf(world.aBot().entry(entry, signal));
    world.slack.faults.clear();

    await world.aBot().entry(entry, signal);

    const { roots, replies } = world.seen(entry.incidentId);
    expect([roots.length, roots[0]?.states.length, replies.length]).toEqual([1, 1, 1]);
  });

  test('a token that is none is not shown', async () => {
    const bot = world.aBot({ token: 'topsecret' });

    const failed = await failureOf(bot.entry(aStep(STOPPED), signal));

    expect(failed.code).toBe('config.invalid');
    expect(failed.message).not.toContain('topsecret');
  });
});

const DRILL: DrillNotice = {
  kind: 'drill',
  serviceId: 'shop-staging/checkout-api',
  environment: 'staging',
  drillId: 'drill-7',
  level: 'fault',
  lead: 'ana',
  method: 'makes one task of four answer 500',
  blastRadius: 'COUNT(1) of 4 tasks',
  stopConditions: ['alarm checkout-api-any-down'],
  stopCommand: 'npm run heal -- drill stop drill-7',
  at: NOW,
  endsBy: NOW + minutes(20),
};

const END = {
  verdict: 'pass',
  summary: 'recovered in 2 min 31 s (limit 5 min)',
  assertions: [],
  rollback: 'the fault switch is off',
} as const;

const BROKEN: Notice = {
  kind: 'broken',
  environment: 'prod',
  cannot: 'read the services',
  code: 'ecs.access-denied',
  detail: 'refused',
  hint: 'allow it',
  services: 3,
  since: NOW,
  at: NOW,
};

describe('what is no incident', () => {
  const about = (type: string) =>
    world.slack.bot
      .messages()
      .filter(
        ({ metadata }) => (metadata as { event_type?: string } | undefined)?.event_type === type,
      );

  test('a drill is one message too, from start to end', async () => {
    const bot = world.aBot();
    for (const notice of [DRILL, { ...DRILL, end: END }, DRILL]) await bot.notice(notice, signal);

    const [root, reply, ...rest] = about('ecs_self_healing_drill');
    expect(root?.states.map(({ text }) => text?.slice(0, 10))).toEqual([
      'DRILL star',
      'DRILL PASS',
    ]);
    expect(reply).toMatchObject({ threadTs: root?.ts, isBroadcast: false });
    expect(rest).toEqual([]);
  });

  test('a broken healer calls people, once', async () => {
    await world.aBot().notice(BROKEN, signal);
    await world.aBot().notice(BROKEN, signal);

    const told = about('ecs_self_healing_broken');
    expect(told.map(isCalling)).toEqual([true]);
    expect(told.map(textOf)).toEqual([expect.stringMatching(/^HEALER BROKEN in prod/)]);
  });
});
