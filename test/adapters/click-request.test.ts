import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openClickRequest } from '../../functions/adapters/slack/click-request.ts';
import { CLICK_ACTIONS } from '../../functions/core/click.ts';
import { isHealerError } from '../../functions/core/errors.ts';
import { earlier, later, minutes, seconds } from '../../functions/core/time.ts';
import type { Opened } from '../../functions/ports/clicks.ts';
import { NOW } from '../core/builders.ts';
import {
  ANA,
  aPayload,
  aSlackRequest,
  type ClickParts,
  formOf,
  type Sending,
  SIGNING_SECRET,
  SUBJECT,
  URL_BASE,
} from '../handlers/a-click.ts';

const open = openClickRequest(() => Promise.resolve(SIGNING_SECRET));

function send(form: string, sending: Partial<Sending> = {}): Promise<Opened> {
  return open(aSlackRequest(form, { at: NOW, ...sending }), NOW);
}
const click = (parts: ClickParts = {}): Promise<Opened> => send(formOf(aPayload(parts)));

const refused = (status: number, code: string) => ({ kind: 'refused', status, code });
const malformed = refused(400, 'click.malformed');

describe('a genuine click', () => {
  test.each([true, false])('is opened, in base64: %s', async (base64) => {
    expect(await send(formOf(aPayload()), { base64 })).toEqual({
      kind: 'click',
      click: {
        id: expect.stringMatching(/^click-[0-9a-f]{24}$/),
        action: 'acknowledge',
        subject: SUBJECT,
        userId: ANA,
        userName: 'ana',
        teamId: 'T01',
        at: 1_763_633_021_516,
        replyUrl: URL_BASE,
      },
    });
  });

  test.each(CLICK_ACTIONS)('may ask for %s', async (action) => {
    expect(await click({ action })).toMatchObject({ kind: 'click', click: { action } });
  });

  test('is the same click when it is sent again, and another one when it is made again', async () => {
    const [first, again, other, another] = await Promise.all([
      click(),
      click(),
      click({ actionTs: '1763633021.517000' }),
      click({ more: { trigger_id: '99.1' } }),
    ]);

    expect(again).toEqual(first);
    expect(new Set([first, other, another].map((made) => JSON.stringify(made))).size).toBe(3);
  });

  test('in an organisation that spans workspaces has no team', async () => {
    expect(await click({ more: { team: null } })).toMatchObject({ click: { teamId: '' } });
  });

  test.each(['pause', 'resume'])('may ask all services to %s', async (action) => {
    const value = JSON.stringify({ serviceId: '*', incidentId: 'pause-20261120-100341-3f9c2k' });
    expect(await click({ action, value })).toMatchObject({ kind: 'click' });
  });
});

describe('a genuine request that is none of our clicks', () => {
  test.each([
    ['a link button', formOf(aPayload({ action: 'open-runbook' })), 'click.link'],
    ['another interaction', formOf({ type: 'view_closed' }), 'click.other-interaction'],
    ['a check of the endpoint', 'ssl_check=1&token=x', 'click.ssl-check'],
  ])('%s is let be', async (_what, form, code) => {
    expect(await send(form)).toEqual({ kind: 'ignored', code });
  });

  test.each([
    ['no form of ours', 'a=b'],
    ['no JSON', 'payload=x'],
    ['JSON that is no object', 'payload=3'],
    ['two payloads', `${formOf(aPayload())}&${formOf(aPayload())}`],
    ['two actions', formOf(aPayload({ more: { actions: [{}, {}] } }))],
    ['no user', formOf(aPayload({ user: { id: 'ana' } }))],
    ['a value that is no subject', formOf(aPayload({ value: '{}' }))],
    ['a value that is no JSON', formOf(aPayload({ value: 'x' }))],
    [
      'a stop in all services',
      formOf(
        aPayload({
          action: 'stop-one-more',
          value: JSON.stringify({ ...SUBJECT, serviceId: '*' }),
        }),
      ),
    ],
    [
      'an acknowledgement of nothing',
      formOf(aPayload({ value: JSON.stringify({ ...SUBJECT, incidentId: '' }) })),
    ],
    [
      'an acknowledgement that the inbox would not take',
      formOf(aPayload({ value: JSON.stringify({ ...SUBJECT, incidentId: 'pause-1' }) })),
    ],
    [
      'a service that ends a shell word',
      formOf(aPayload({ value: JSON.stringify({ ...SUBJECT, serviceId: "a/b'; rm" }) })),
    ],
  ])('%s is malformed', async (_what, form) => {
    expect(await send(form)).toEqual(malformed);
  });

  test('an action that we do not have', async () => {
    expect(await click({ action: 'stop-all' })).toEqual(refused(400, 'click.unknown-action'));
  });
});

describe('a request that is not genuine', () => {
  const form = formOf(aPayload());

  test.each([
    ['by another secret', { secret: 'guessed' }, 'click.forged'],
    ['without a signature', { headers: { 'x-slack-signature': '' } }, 'click.unsigned'],
    ['in another version', { headers: { 'x-slack-signature': 'v1=00' } }, 'click.unsigned'],
    ['at no time', { headers: { 'x-slack-request-timestamp': 'now' } }, 'click.unsigned'],
    ['at another time', { headers: { 'x-slack-request-timestamp': '1763633021' } }, 'click.forged'],
    ['long ago', { at: earlier(NOW, minutes(6)) }, 'click.stale'],
    ['in the future', { at: later(NOW, minutes(6)) }, 'click.stale'],
  ])('%s is refused', async (_what, sending, code) => {
    expect(await send(form, sending)).toEqual(refused(401, code));
  });

  test.each([minutes(4), seconds(299)])(
    'a clock that is wrong by %i ms is believed',
    async (by) => {
      for (const at of [earlier(NOW, by), later(NOW, by)]) {
        expect(await send(form, { at })).toMatchObject({ kind: 'click' });
      }
    },
  );

  test('a request with any byte changed is never taken', async () => {
    const genuine = Buffer.from(form);
    const change = fc.record({
      at: fc.nat(genuine.length - 1),
      by: fc.integer({ min: 1, max: 255 }),
      base64: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, by, base64 }) => {
        const event = aSlackRequest(form, { at: NOW });
        const body = Buffer.from(genuine);
        body[at] = (body[at] ?? 0) ^ by;
        const sent = base64
          ? { body: body.toString('base64'), isBase64Encoded: true }
          : { body: body.toString('utf8'), isBase64Encoded: false };

        expect(await open({ ...event, ...sent }, NOW)).toEqual(refused(401, 'click.forged'));
      }),
    );
  });

  test('with any other signature or time it is never taken', async () => {
    const { headers } = aSlackRequest(form, { at: NOW });
    const signature = fc.oneof(
      fc.string(),
      fc.stringMatching(/^v0=[0-9a-f]{64}$/),
      fc.nat(63).map((at) => flip(headers['x-slack-signature'], 3 + at)),
    );
    const time = fc.oneof(fc.string(), fc.integer().map(String));
    await fc.assert(
      fc.asyncProperty(signature, time, async (given, timestamp) => {
        const changed = [
          { 'x-slack-signature': given },
          { 'x-slack-request-timestamp': timestamp },
        ];
        for (const part of changed) {
          const same = Object.entries(part).every(
            ([name, value]) => Object.entries(headers).find(([key]) => key === name)?.[1] === value,
          );
          fc.pre(!same);
          expect(await send(form, { headers: part })).toMatchObject({ status: 401 });
        }
      }),
    );
  });
});

function flip(text: string, at: number): string {
  const other = text[at] === '0' ? '1' : '0';
  return `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
}

describe('what is refused before it is read', () => {
  const form = formOf(aPayload());

  test.each([
    ['GET', { method: 'GET' }, refused(405, 'click.method')],
    [
      'JSON',
      { headers: { 'content-type': 'application/json' } },
      refused(415, 'click.content-type'),
    ],
    ['no content type', { headers: { 'content-type': '' } }, refused(415, 'click.content-type')],
  ])('%s', async (_what, sending, answer) => {
    expect(await send(form, sending)).toEqual(answer);
  });

  test.each([true, false])('a body above 64 kB, in base64: %s', async (base64) => {
    const big = `payload=${'x'.repeat(70_000)}`;
    expect(await send(big, { base64 })).toEqual(refused(413, 'click.too-large'));
    const justFits = `payload=${'x'.repeat(65_000)}`;
    expect(await send(justFits, { base64 })).toEqual(malformed);
  });

  test.each([undefined, {}, { version: '1.0' }, 'text'])('%j, which is no event', async (event) => {
    expect(await open(event, NOW)).toEqual(malformed);
  });

  test('nothing is genuine by an empty secret', async () => {
    const openAnything = openClickRequest(() => Promise.resolve(' '));
    const event = aSlackRequest(form, { at: NOW, secret: ' ' });

    const code = await openAnything(event, NOW).then(
      () => 'opened',
      (error: unknown) => isHealerError(error) && error.code,
    );

    expect(code).toBe('config.invalid');
  });
});
