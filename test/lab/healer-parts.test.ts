/** Buttons, own alarms and the clock of a healer as CDK deploys it, in the lab. */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { OWN_ALARMS, ownAlarmDescription } from '../../functions/core/own-alarm.ts';
import { bundle } from '../../infra/bundle.ts';
import { aPayload, aSlackRequest, formOf } from '../handlers/a-click.ts';
import { type Lab, startLab } from './lab.ts';
import { lettersIn } from './letters.ts';
import { LAB_SIGNING_SECRET, REGION } from './names.ts';
import { type Properties, planted, Synthesised } from './template/synthesised.ts';
import type { Template } from './template/template.ts';

const PATIENT = { timeout: 15_000, interval: 50 };
const USER = 'U0123456789';
const TIMES = { timeout: 40_000 };

let app: Synthesised;
let lab: Lab;

beforeAll(async () => {
  app = await Synthesised.app({
    slackChannel: 'C0123456789',
    slackUsers: USER,
    drills: 'wiring',
    environment: 'staging',
  });
});
afterAll(() => app.close());
afterEach(() => lab.close());

async function start(template: Template = app.template): Promise<Lab> {
  lab = await startLab({ timeFactor: 60, tasks: 1, healer: { template } });
  return lab;
}

/** A click as Slack sends it, to the address that it was given. */
async function click(secret = LAB_SIGNING_SECRET): Promise<Response> {
  const actionTs = String(Date.now() / 1_000);
  const form = formOf(aPayload({ action: 'pause', actionTs, user: { id: USER } }));
  const { headers } = aSlackRequest(form, { at: Date.now(), secret });
  const { host: _host, ...sent } = headers;
  return fetch(lab.healer?.respondUrl ?? '', { method: 'POST', headers: sent, body: form });
}

const texts = (): readonly string[] =>
  lab.slack.bot.messages().flatMap(({ states }) => states.at(-1)?.text ?? []);

/** As CloudWatch tells EventBridge, of an alarm that the template makes. */
function ringing(words: string, code: 'no-access' | 'not-told') {
  const id = Object.keys(app.template.resources).find((each) => each.includes(words)) ?? '';
  const at = '2026-11-20T10:03:41Z';
  const state = { value: 'ALARM', reason: 'Threshold Crossed', timestamp: at };
  return {
    version: '0',
    id: 'b1c5e6c0-0000-4000-8000-000000000000',
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: '123456789012',
    time: at,
    region: REGION,
    resources: [`arn:aws:cloudwatch:${REGION}:123456789012:alarm:${id}`],
    detail: {
      alarmName: id,
      state,
      previousState: { ...state, value: 'OK' },
      configuration: { description: ownAlarmDescription(code, 'it cannot'), metrics: [] },
    },
  };
}

describe('a healer as CDK deploys it', TIMES, () => {
  test('takes a click at its address, and tells in the channel what came of it', async () => {
    await start();

    const taken = await click();
    const forged = await click('somebody-else');

    expect([taken.status, forged.status]).toEqual([200, 401]);
    await vi.waitFor(() => expect(texts().join()).toMatch(/PAUSED/), PATIENT);
  });

  test('tells of its own alarms and of its week, not of the one that says it cannot tell', async () => {
    await start();

    await lab.healer?.deliver(ringing('HealerNotTold', 'not-told'));
    await lab.healer?.deliver(ringing('HealerNoAccess', 'no-access'));
    const fired = await lab.healer?.fire('Digest');

    expect(fired).toBe(1);
    await vi.waitFor(() => expect(texts()).toHaveLength(2), PATIENT);
    expect(texts().join()).toContain(OWN_ALARMS['no-access'].cannot);
    expect(texts().join()).not.toContain(OWN_ALARMS['not-told'].cannot);
  });

  test('refuses clicks when it may not read the signing secret', async () => {
    const which = ['AWS::IAM::Policy', 'RespondRole'] as const;
    const without = planted(app.template, which, ({ PolicyDocument: document }: Properties) => {
      document.Statement = document.Statement.filter(
        ({ Sid }: { readonly Sid?: string }) => Sid !== 'ReadSigningSecret',
      );
    });
    await start(without);

    const { status } = await click();

    expect(status).toBeGreaterThanOrEqual(500);
    expect(texts()).toEqual([]);
  });

  test('is out of reach when not everybody may use its address', async () => {
    await start(planted(app.template, ['AWS::Lambda::Permission', 'invokefunctionurl'], 'remove'));

    expect((await click()).status).toBe(403);
  });

  test('tells no digest that the clock may not ask for, and keeps the request', async () => {
    const which = ['AWS::SQS::QueuePolicy', 'HealerAnnouncementsPolicy'] as const;
    const without = planted(app.template, which, ({ PolicyDocument: document }: Properties) => {
      document.Statement = document.Statement.filter(
        ({ Sid }: { readonly Sid?: string }) => Sid !== 'LetAlarmRulesSend',
      );
    });
    await start(without);

    await lab.healer?.fire('Digest');

    expect(await lettersIn(lab, 'RuleDeadLetters')).toBe(1);
    expect(texts()).toEqual([]);
  });
});

describe('a healer of the lab itself', TIMES, () => {
  test('tells by a bot where that is wanted', async () => {
    const bundles = await bundle();
    lab = await startLab({ timeFactor: 60, tasks: 1, healer: { bundles, chat: 'bot' } });

    const { functionError } = (await lab.healer?.invoke('notify', { kind: 'digest' })) ?? {};

    expect(functionError).toBeUndefined();
    expect(texts().join()).toMatch(/^WEEKLY prod: /);
  });
});
