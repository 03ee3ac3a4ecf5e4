/** What a click asks for, and what the person who clicked reads. */
import { describe, expect, test } from 'vitest';
import { type Click, replyTo, requestOf } from '../../functions/core/click.ts';
import { ALL_SERVICES } from '../../functions/core/delivery.ts';
import { NOW } from './builders.ts';

const INCIDENT = 'inc-20261120-100341-3f9c2k';
const SERVICE = 'shop-prod/checkout-api';
const at = '2026-11-20T10:03:41.516Z';

function aClick(action: Click['action'], serviceId = SERVICE, userName = 'ana'): Click {
  return {
    id: 'click-1',
    action,
    subject: { serviceId, incidentId: INCIDENT },
    userId: 'U0123456789',
    userName,
    teamId: 'T01',
    at: NOW,
  };
}

describe('the request of a click', () => {
  const by = 'ana (U0123456789)';
  const why = 'by button in Slack';
  const request = 'click-1';

  test.each<readonly [Click, object]>([
    [
      aClick('acknowledge'),
      { kind: 'acknowledge', serviceId: SERVICE, incidentId: INCIDENT, by, askedAt: at },
    ],
    [
      aClick('pause'),
      { kind: 'pause', serviceId: SERVICE, for: 'PT30M', by, why, request, askedAt: at },
    ],
    [
      aClick('pause', ALL_SERVICES),
      { kind: 'pause', all: true, for: 'PT30M', by, why, request, askedAt: at },
    ],
    [aClick('resume'), { kind: 'resume', serviceId: SERVICE, by, why, request, askedAt: at }],
    [aClick('resume', ALL_SERVICES), { kind: 'resume', all: true, by, why, request, askedAt: at }],
    [
      aClick('stop-one-more'),
      {
        kind: 'manual',
        serviceId: SERVICE,
        incidentId: INCIDENT,
        requestedBy: by,
        reason: 'stop one more task, by button in Slack',
        dryRun: false,
        request,
        askedAt: at,
      },
    ],
  ])('%j', (click, wanted) => {
    expect(requestOf(click)).toStrictEqual(wanted);
  });

  test.each([
    ['  ana  ', 'ana (U0123456789)'],
    ['Ana-María O. 2_x', 'Ana-María O. 2_x (U0123456789)'],
    ['a`$(rm)"<b>|\n', 'armb (U0123456789)'],
    ['  <> ', 'U0123456789'],
    ['', 'U0123456789'],
    ['x'.repeat(70), `${'x'.repeat(60)} (U0123456789)`],
  ])('names %j as %s', (userName, wanted) => {
    expect(requestOf(aClick('resume', SERVICE, userName))['by']).toBe(wanted);
  });
});

describe('a person who clicked reads', () => {
  const TOLD = `What became of it, a stop or a refusal with its reason, is told under ${INCIDENT}.`;

  test.each<readonly [Click['action'], string, string]>([
    [
      'acknowledge',
      SERVICE,
      `Asked to note that you have ${INCIDENT} of ${SERVICE}; its message says so in a moment. ` +
        'Healing goes on as before: this pauses nothing.',
    ],
    [
      'pause',
      SERVICE,
      `Asked to pause healing of ${SERVICE} for 30 minutes. ` +
        'It is on when the channel says PAUSED, and ends by itself.',
    ],
    [
      'pause',
      ALL_SERVICES,
      'Asked to pause healing of all services for 30 minutes. ' +
        'It is on when the channel says PAUSED, and ends by itself.',
    ],
    [
      'resume',
      ALL_SERVICES,
      'Asked to end the pause of all services. It is over when the channel says RESUMED.',
    ],
    [
      'stop-one-more',
      SERVICE,
      `Asked to stop one more ill task of ${SERVICE}, if every guardrail agrees. ${TOLD}`,
    ],
  ])('of %s of %s', (action, serviceId, wanted) => {
    for (const outcome of ['asked', 'received'] as const) {
      expect(replyTo(aClick(action, serviceId), outcome)).toBe(wanted);
    }
  });

  test('that a click counts only of those on the list', () => {
    expect(replyTo(aClick('pause'), 'not-allowed')).toBe(
      'Nothing was done: U0123456789 is not on the list of people whose clicks count here. ' +
        'Whoever deploys the healer keeps the list.',
    );
  });

  test.each<readonly [Click['action'], string, string]>([
    ['pause', SERVICE, `npm run heal -- pause ${SERVICE} --for 30m --why "asked for in Slack"`],
    ['pause', ALL_SERVICES, 'npm run heal -- pause --all --for 30m --why "asked for in Slack"'],
    ['resume', ALL_SERVICES, 'npm run heal -- resume --all'],
    ['resume', SERVICE, `npm run heal -- resume ${SERVICE}`],
    ['stop-one-more', SERVICE, `npm run heal -- stop-one ${SERVICE} --why "asked for in Slack"`],
    [
      'acknowledge',
      SERVICE,
      'aws lambda invoke --function-name "$REMEDIATE" --cli-binary-format raw-in-base64-out ' +
        `--payload '{"kind":"acknowledge","serviceId":"${SERVICE}","incidentId":"${INCIDENT}",` +
        `"by":"ana (U0123456789)"}' /dev/stdout`,
    ],
  ])('how to ask by hand for %s of %s', (action, serviceId, command) => {
    expect(replyTo(aClick(action, serviceId), 'failed')).toBe(
      'As far as I know, nothing was done: your request could not be handed on. ' +
        `Click again, or by hand:\n\`\`\`${command}\`\`\``,
    );
  });
});
