import { describe, expect, test } from 'vitest';
import { openOwnAlarm } from '../../functions/adapters/events/own-alarm.ts';
import { checkMessage } from '../../functions/adapters/slack/check.ts';
import { renderNotice } from '../../functions/adapters/slack/render-notice.ts';
import { noticeStep } from '../../functions/adapters/slack/steps.ts';
import type { BrokenNotice, DigestNotice, Notice } from '../../functions/core/notice.ts';
import { OWN_ALARMS } from '../../functions/core/own-alarm.ts';
import { minutes } from '../../functions/core/time.ts';
import { NOW } from '../core/builders.ts';
import { readEvent } from '../events/manifest.ts';

const HUGE = '<!channel> &<>|"\u202e\u0007\ud800 *b* ```f``` <https://evil|x> '.repeat(2_000);

const DIGEST: DigestNotice = {
  kind: 'digest',
  environment: 'prod',
  from: NOW - minutes(10_080),
  to: NOW,
  services: 12,
  incidents: 5,
  recovered: 4,
  escalated: 1,
  open: 0,
  stops: 4,
  recover: minutes(2),
  drills: { passed: 1, run: 1 },
  repeated: [{ serviceId: 'shop/a', incidents: 3, hint: 'revision 57' }],
};

function aBroken(overrides: Partial<BrokenNotice> = {}): BrokenNotice {
  const notice = openOwnAlarm(readEvent('eventbridge-own-alarm-ALARM.json'), {
    environment: 'prod',
    runbookUrl: 'https://example.com/runbook',
  });
  if (notice === undefined) throw new Error('no notice');
  return { ...notice, ...overrides };
}

const shown = (notice: Notice): string => JSON.stringify(renderNotice(notice).blocks);

describe('an alarm on the healer itself', () => {
  test('says what it cannot do, what becomes of healing, and that a person must look', () => {
    expect(renderNotice(aBroken()).text).toBe(
      'HEALER BROKEN in prod: I cannot reach my own table, queue, topic or parameters; ' +
        'nothing may be healed. A person must look.',
    );
  });

  test('leads to the alarm and to its lines in the runbook', () => {
    const blocks = shown(aBroken());

    expect(blocks).toContain('https://example.com/runbook#no-access');
    expect(blocks).toContain('region=eu-west-1#alarmsV2:alarm/EcsSelfHealing-HealerNoAccess');
    expect(blocks).not.toContain('undefined');
  });

  test('that is over asks nothing of anybody', () => {
    const over = aBroken({ works: true, since: NOW - minutes(22), at: NOW });

    const { text, color } = renderNotice(over);

    expect(text).toMatch(
      /^HEALER MENDED in prod after 22 min: I could not reach .*No action needed\.$/,
    );
    expect(color).not.toBe(renderNotice(aBroken()).color);
    expect(shown(over)).not.toMatch(/Likely fix|I try again|undefined/);
  });

  test.each(Object.entries(OWN_ALARMS))('%s fits on a phone', (_code, alarm) => {
    const { text } = renderNotice(aBroken({ ...alarm, environment: 'production-eu' }));

    // Cut in the middle of what becomes of healing it would say the contrary.
    expect(text).toContain(alarm.meanwhile);
    expect(text).toMatch(/(?:A person must look|Look in work hours)\.$/);
  });

  test.each([
    // Anybody can flood the address of the buttons: that must not wake whoever is on call.
    ['respond-throttles', false, 'Look in work hours.'],
    ['no-drill-passed', false, 'Look in work hours.'],
    ['not-told', true, 'A person must look.'],
    ['invocation-dead-letters', true, 'A person must look.'],
  ] as const)('%s calls people: %s', (code, calls, ask) => {
    const step = noticeStep(aBroken({ code, ...OWN_ALARMS[code] }));

    expect(step.calls).toBe(calls);
    expect(step.root(undefined).message.text).toContain(ask);
  });
});

describe('the weekly digest', () => {
  test('names the services that it could not read', () => {
    const unread = ['a', 'b', 'c', 'd'].map((name) => ({
      serviceId: `shop/${name}`,
      why: 'throttled',
    }));

    const blocks = shown({ ...DIGEST, unread });

    expect(blocks).toMatch(/shop\/a\*: throttled.*shop\/c.*and 1 more/);
    expect(shown(DIGEST)).not.toContain('Could not be read');
  });
});

test.each<Notice>([
  aBroken(),
  aBroken({ works: true }),
  aBroken({
    cannot: HUGE,
    meanwhile: HUGE,
    detail: HUGE,
    hint: HUGE,
    code: HUGE,
    environment: HUGE,
  }),
  {
    ...DIGEST,
    environment: HUGE,
    repeated: Array(9).fill({ serviceId: HUGE, incidents: 9, hint: HUGE }),
    unread: Array(9).fill({ serviceId: HUGE, why: HUGE }),
  },
])('is taken by Slack %#', (notice) => {
  const message = renderNotice(notice);

  expect(checkMessage(message)).toEqual([]);
  expect(JSON.stringify(message)).not.toContain('<!channel>');
});
