import { describe, expect, test } from 'vitest';
import { type HttpAnswer, respond } from '../../functions/app/respond.ts';
import type { Click, ClickAction, ClickOutcome } from '../../functions/core/click.ts';
import { ALL_SERVICES } from '../../functions/core/delivery.ts';
import { HealerError } from '../../functions/core/errors.ts';
import type { Opened } from '../../functions/ports/clicks.ts';
import { NOW } from '../core/builders.ts';

const SUBJECT = { serviceId: 'shop-prod/checkout-api', incidentId: 'inc-20261120-100341-3f9c2k' };

function aClick(overrides: Partial<Click> = {}): Click {
  return {
    id: 'click-1',
    action: 'acknowledge',
    subject: SUBJECT,
    userId: 'U0123456789',
    userName: 'ana',
    teamId: 'T01',
    at: NOW,
    replyUrl: 'https://hooks.slack.com/actions/T01/2/abc',
    ...overrides,
  };
}

type Part = 'begin' | 'settle' | 'hand' | 'reply' | 'open';

/** An endpoint whose ports write down what reaches them, in order; a broken one throws. */
class Endpoint {
  readonly done: string[] = [];
  readonly requests: object[] = [];
  readonly replies: string[] = [];
  readonly outcomes = new Map<string, ClickOutcome>();
  readonly logged: unknown[] = [];
  readonly broken = new Set<Part>();
  opened: Opened = { kind: 'click', click: aClick() };
  users = ['U0123456789'];

  ask(): Promise<HttpAnswer> {
    const { signal } = new AbortController();
    return respond(this.#deps(), {}, { work: signal, after: signal });
  }

  #deps(): Parameters<typeof respond>[0] {
    const log = (record: unknown): void => void this.logged.push(record);
    return {
      clock: { now: () => NOW },
      open: async () => {
        await this.#does('open');
        return this.opened;
      },
      users: this.users,
      clicks: {
        begin: async ({ id }, outcome) => {
          await this.#does('begin');
          if (this.outcomes.has(id)) return false;
          this.outcomes.set(id, outcome);
          return true;
        },
        settle: async ({ id }, outcome) => {
          await this.#does('settle');
          this.outcomes.set(id, outcome);
        },
      },
      inbox: {
        hand: async (request) => {
          await this.#does('hand');
          this.requests.push(request);
        },
      },
      replier: {
        reply: async (_url, text) => {
          await this.#does('reply');
          this.replies.push(text);
        },
      },
      journal: { clicked: log, refused: log, ignored: log, untold: log, failed: log },
    };
  }

  #does(part: Part): Promise<void> {
    if (this.broken.has(part)) {
      return Promise.reject(new HealerError('dependency.unavailable', `${part} is down`));
    }
    this.done.push(part);
    return Promise.resolve();
  }
}

function endpoint(action: ClickAction, overrides: Partial<Click> = {}): Endpoint {
  const made = new Endpoint();
  made.opened = { kind: 'click', click: aClick({ action, ...overrides }) };
  return made;
}

const by = 'ana (U0123456789)';
const { serviceId, incidentId } = SUBJECT;
const why = 'by button in Slack';

describe('a click of somebody who may', () => {
  test.each([
    [
      'acknowledge',
      { kind: 'acknowledge', serviceId, incidentId, by },
      /^Asked to note that you have inc-.*pauses no/,
    ],
    [
      'pause',
      { kind: 'pause', serviceId, for: 'PT30M', by, why, request: 'click-1' },
      /for 30 minutes.*PAUSED/,
    ],
    ['resume', { kind: 'resume', serviceId, by, why, request: 'click-1' }, /RESUMED/],
    [
      'stop-one-more',
      {
        kind: 'manual',
        serviceId,
        incidentId,
        requestedBy: by,
        reason: 'stop one more task, by button in Slack',
        dryRun: false,
        request: 'click-1',
      },
      /if every guardrail agrees.*told under inc-/,
    ],
  ] as const)('%s is kept, handed on, and told, in this order', async (action, request, told) => {
    const made = endpoint(action);

    expect(await made.ask()).toEqual({ statusCode: 200, body: '' });

    expect(made.requests).toEqual([{ ...request, askedAt: '2026-11-20T10:03:41.516Z' }]);
    expect(made.outcomes.get('click-1')).toBe('asked');
    expect(made.replies).toEqual([expect.stringMatching(told)]);
    expect(made.done.slice(0, 3)).toEqual(['open', 'begin', 'hand']);
  });

  test.each(['pause', 'resume'] as const)('may %s all services', async (action) => {
    const made = endpoint(action, { subject: { serviceId: ALL_SERVICES, incidentId: 'pause-1' } });

    await made.ask();

    expect(made.requests).toEqual([expect.objectContaining({ all: true })]);
    expect(made.requests[0]).not.toHaveProperty('serviceId');
  });

  test('that is sent again is not handed on again', async () => {
    const made = endpoint('stop-one-more');

    await made.ask();
    const again = await made.ask();

    expect(again.statusCode).toBe(200);
    expect(made.requests).toHaveLength(1);
    expect(made.replies).toHaveLength(1);
    expect(made.logged.at(-1)).toMatchObject({ outcome: 'repeated' });
  });

  test.each([
    ["ana'; rm -rf *", 'ana rm -rf (U0123456789)'],
    ['', 'U0123456789'],
    ['<!channel>', 'channel (U0123456789)'],
    ['Ána Núñez', 'Ána Núñez (U0123456789)'],
    ['x'.repeat(500), `${'x'.repeat(60)} (U0123456789)`],
  ])('is by %j', async (userName, name) => {
    const made = endpoint('acknowledge', { userName });

    await made.ask();

    expect(made.requests).toEqual([expect.objectContaining({ by: name })]);
  });
});

describe('a click of somebody who may not', () => {
  test('is kept and told, and nothing is done', async () => {
    const made = endpoint('stop-one-more', { userId: 'U666' });

    expect(await made.ask()).toEqual({ statusCode: 200, body: '' });

    expect(made.requests).toEqual([]);
    expect(made.outcomes.get('click-1')).toBe('not-allowed');
    expect(made.replies).toEqual([expect.stringMatching(/^Nothing was done: U666 is not on the/)]);
    expect(made.logged).toEqual([
      expect.objectContaining({ user: 'U666', outcome: 'not-allowed' }),
    ]);
  });

  test('does nothing with the table down either', async () => {
    const made = endpoint('stop-one-more', { userId: 'U666' });
    made.broken.add('begin');

    await made.ask();

    expect(made.requests).toEqual([]);
    expect(made.replies).toEqual([expect.stringMatching(/^Nothing was done/)]);
  });
});

describe('when a part of it is down', () => {
  test.each([
    ['acknowledge', /nothing was done: .*\n```aws lambda invoke .*"kind":"acknowledge"/],
    ['pause', /```npm run heal -- pause shop-prod\/checkout-api --for 30m --why "asked for/],
    ['resume', /```npm run heal -- resume shop-prod\/checkout-api```/],
    ['stop-one-more', /```npm run heal -- stop-one shop-prod\/checkout-api --why "/],
  ] as const)('the inbox: %s is not done, and the person is told how to', async (action, told) => {
    const made = endpoint(action);
    made.broken.add('hand');

    await expect(made.ask()).rejects.toThrow('is down');

    expect(made.outcomes.get('click-1')).toBe('failed');
    expect(made.replies).toEqual([expect.stringMatching(told)]);
  });

  test('the table: what is not kept is not handed on', async () => {
    const made = endpoint('stop-one-more');
    made.broken.add('begin');

    await expect(made.ask()).rejects.toThrow('is down');

    expect(made.requests).toEqual([]);
    expect(made.replies).toEqual([expect.stringMatching(/nothing was done/)]);
  });

  test.each(['settle', 'reply'] as const)('%s: it is done all the same', async (part) => {
    const made = endpoint('stop-one-more');
    made.broken.add(part);

    expect((await made.ask()).statusCode).toBe(200);

    expect(made.requests).toHaveLength(1);
    expect(made.logged).toContainEqual(expect.objectContaining({ error: expect.any(HealerError) }));
  });

  test('the secret: nothing is opened', async () => {
    const made = new Endpoint();
    made.broken.add('open');

    await expect(made.ask()).rejects.toThrow('open is down');
  });

  test('inbox and table: the person is told all the same', async () => {
    const made = endpoint('pause', {});
    made.broken.add('hand');
    made.broken.add('settle');

    await expect(made.ask()).rejects.toThrow('hand is down');

    expect(made.replies).toHaveLength(1);
  });
});

describe('what is no click', () => {
  test('a forged request is told nothing', async () => {
    const made = new Endpoint();
    made.opened = { kind: 'refused', status: 401, code: 'click.forged' };

    expect(await made.ask()).toEqual({ statusCode: 401, body: '' });
    expect(made.logged).toEqual([made.opened]);
  });

  test('what is not understood is told by its code', async () => {
    const made = new Endpoint();
    made.opened = { kind: 'refused', status: 400, code: 'click.malformed' };

    expect(await made.ask()).toMatchObject({
      statusCode: 400,
      body: '{"error":"click.malformed"}',
    });
  });

  test('a link is let be', async () => {
    const made = new Endpoint();
    made.opened = { kind: 'ignored', code: 'click.link' };

    expect(await made.ask()).toEqual({ statusCode: 200, body: '' });
    expect(made.done).toEqual(['open']);
  });
});
