import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../functions/adapters/slack/check.ts';
import { placeOf, traceUrl } from '../../functions/adapters/slack/console-links.ts';
import { renderReply, renderRoot, renderSlack } from '../../functions/adapters/slack/render.ts';
import { ENTRY_KINDS } from '../../functions/core/entry.ts';
import { anEntry } from '../core/builders.ts';
import { checkPayload } from '../lab/slack/block-kit.ts';
import { samples } from '../slack-preview/samples.ts';

const HUGE = '<!channel> &<>|"\u202e\u0007\ud800 *b* ```f``` <https://evil|x> '.repeat(2_000);

describe('the message set', () => {
  test.each(samples())('$name is taken by Slack', ({ message }) => {
    expect(checkMessage(message)).toEqual([]);
    expect(checkPayload({ ...message })).toMatchObject({ kind: 'accepted' });
  });

  test.each(ENTRY_KINDS)('%s is taken when every text is huge and hostile', (kind) => {
    const entry = anEntry(
      {
        kind,
        serviceId: `c/${HUGE}`,
        environment: HUGE,
        trigger: HUGE,
        detail: HUGE,
        reason: 'storm',
        cause: { code: 'dependency', sentence: HUGE, evidence: [HUGE, HUGE, HUGE], fix: HUGE },
      },
      { why: HUGE, revision: HUGE, zone: HUGE, lastErrors: Array(20).fill(HUGE), traceIds: [HUGE] },
    );

    for (const render of [renderSlack, renderRoot, renderReply]) {
      const message = render(entry, { canRespond: true, mention: 'S0ONCALL' });
      expect(checkMessage(message)).toEqual([]);
      expect(JSON.stringify(message)).not.toContain('<!channel>');
    }
  });

  test('acts by no button where nothing answers', () => {
    const shown = JSON.stringify(renderSlack(anEntry({ kind: 'escalated' })));

    expect(shown).not.toContain('"action_id":"acknowledge"');
  });

  test('calls people only where a person must look', () => {
    const options = { mention: 'S0ONCALL' };

    const call = renderReply(anEntry({ kind: 'escalated', reason: 'storm' }), options);
    const quiet = renderReply(anEntry(), options);

    expect(call.broadcast).toBe(true);
    expect(JSON.stringify(call.blocks)).toContain('<!subteam^S0ONCALL>');
    expect(quiet.broadcast).toBe(false);
    expect(JSON.stringify(quiet.blocks)).not.toContain('subteam');
  });
});

test.each([
  ['aws-cn', 'cn-north-1', 'https://console.amazonaws.cn/'],
  ['aws-us-gov', 'us-gov-west-1', 'https://console.amazonaws-us-gov.com/'],
])('links of %s lead to its own console', (partition, region, console) => {
  const place = placeOf(`arn:${partition}:ecs:${region}:123456789012:task/c/t`);

  expect(place && traceUrl(place, 'a'.repeat(32))).toContain(console);
});

test('names what Slack would refuse', () => {
  const message = { text: 'a & b', blocks: [{ type: 'divider' }] } as const;

  expect(checkMessage(message)).toEqual([
    'text: got & unescaped, wanted an entity',
    'blocks.0.type: got divider, wanted section, context or actions',
  ]);
});
