import { describe, expect, test } from 'vitest';
import { payloadOf, withCall } from '../../functions/adapters/slack/blocks.ts';
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
    expect(checkPayload({ ...payloadOf(message) })).toMatchObject({ kind: 'accepted' });
    expect(checkPayload({ text: message.alone })).toMatchObject({ kind: 'accepted' });
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
      const message = withCall(render(entry, { canRespond: true }), 'S0ONCALL');
      expect(checkMessage(message)).toEqual([]);
      expect(message.alone.length).toBeLessThan(1_000);
      expect(JSON.stringify(message)).not.toContain('<!channel>');
    }
  });

  test('acts by no button where nothing answers', () => {
    const shown = JSON.stringify(renderSlack(anEntry({ kind: 'escalated' })));

    expect(shown).not.toContain('"action_id":"acknowledge"');
  });

  test.each([
    ['escalated', {}, ['acknowledge', 'stop-one-more', 'pause']],
    ['escalated', { acknowledgedBy: 'ana (U0123)' }, ['stop-one-more', 'pause', 'open-runbook']],
    ['acknowledged', { acknowledgedBy: 'ana' }, ['stop-one-more', 'pause', 'open-runbook']],
    ['stopped', {}, ['pause', 'open-stopped-task', 'open-service']],
    ['held', { reason: 'paused' }, ['resume', 'open-runbook', 'open-service']],
    ['held', { reason: 'observe-only' }, ['open-runbook', 'open-service', 'open-alarm']],
    ['paused', {}, ['resume', 'open-runbook', 'open-service']],
    ['resumed', {}, ['open-runbook', 'open-service', 'open-alarm']],
    ['recovered', {}, ['open-service', 'open-alarm']],
  ] as const)('%s %j has the buttons %j', (kind, overrides, wanted) => {
    const options = { canRespond: true, runbookUrl: 'https://example.com/runbook' };

    const { blocks } = renderRoot(anEntry({ kind, ...overrides }), options);

    const actions = blocks.find((block) => block.type === 'actions');
    expect(actions?.elements.map((button) => button.action_id)).toEqual(wanted);
  });

  test.each([
    [{}, 'shop-prod/checkout-api'],
    [{ pauseScope: '*' }, '*'],
  ])('what %j holds is resumed by ending the pause of %s', (pause, serviceId) => {
    const held = anEntry({ kind: 'held', reason: 'paused', incidentId: 'inc-1', ...pause });

    const { blocks } = renderRoot(held, { canRespond: true });

    const [resume] = blocks.find((block) => block.type === 'actions')?.elements ?? [];
    expect(resume).toMatchObject({ value: JSON.stringify({ serviceId, incidentId: 'inc-1' }) });
    expect(JSON.stringify(resume)).toContain('The pause ends now for every service that it holds.');
  });

  test('links to what the entry names', () => {
    const where = {
      clusterArn: 'arn:aws:ecs:eu-central-1:123456789012:cluster/shop-prod',
      logGroup: '/ecs/checkout-api',
    };
    const { victim: _none, ...entry } = anEntry({ kind: 'held', reason: 'storm', where });

    const shown = JSON.stringify(renderRoot(entry));

    expect(shown).toContain('region=eu-central-1');
    expect(shown).toContain('logs-insights');
  });

  test.each(ENTRY_KINDS)('%s of a drill says so first', (kind) => {
    const entry = anEntry({ kind, drill: 'drill-1' });

    for (const { text, alone, blocks } of [
      renderSlack(entry),
      renderRoot(entry),
      renderReply(entry),
    ]) {
      expect(text).toMatch(/^DRILL /);
      expect(alone).toMatch(/^DRILL /);
      expect(text).not.toContain('A person must look');
      expect(JSON.stringify(blocks[0])).toMatch(/"text":":construction: \*This is a drill\*/);
    }
  });

  test('acknowledged says who has it, and pings nobody', () => {
    const entry = anEntry({
      kind: 'acknowledged',
      reason: 'attempts-failed',
      acknowledgedBy: 'ana <@U0123>',
    });

    const message = renderRoot(entry);

    expect(message.text).toBe(
      'ACKNOWLEDGED checkout-api (prod): ana &lt;@U0123&gt; has it: my stops did not help. ' +
        'Nobody else need look.',
    );
    expect(JSON.stringify(message)).not.toContain('<@');
    expect(JSON.stringify(message.blocks)).toContain('*Acknowledged by:* ana');
  });

  test('each state has a colour of its own meaning', () => {
    const colorOf = (kind: (typeof ENTRY_KINDS)[number], drill?: string) =>
      renderRoot(anEntry({ kind, ...(drill === undefined ? {} : { drill }) })).color;

    const colors = [colorOf('opened'), colorOf('stopped'), colorOf('escalated'), colorOf('held')];
    expect(new Set([...colors, colorOf('recovered')]).size).toBe(5);
    expect(colorOf('escalated', 'drill-1')).toBe(colorOf('recovered', 'drill-1'));
  });

  test('is not without what mends it where no block is shown', () => {
    const fix = 'Heal the catalog.';
    const cause = { code: 'dependency', sentence: 'Same error.', evidence: [], fix } as const;

    const { text, alone } = renderSlack(anEntry({ kind: 'escalated', reason: 'storm', cause }));

    expect(text.length).toBeLessThanOrEqual(150);
    expect(alone).toBe(`${text} Likely fix: ${fix}`);
  });

  test('calls a user group right below the verdict, and nobody by a mistyped id', () => {
    const message = renderReply(anEntry({ kind: 'escalated', reason: 'storm' }));

    const called = withCall(message, 'S0ONCALL');

    expect(JSON.stringify(called.blocks[1])).toContain('<!subteam^S0ONCALL>');
    expect(called.alone).toMatch(/<!subteam\^S0ONCALL>$/);
    expect(withCall(message, 'oncall')).toEqual(message);
    expect(withCall(message, undefined)).toEqual(message);
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
  const message = { text: 'a & b', alone: 'a', blocks: [{ type: 'divider' }], color: '' } as const;

  expect(checkMessage(message)).toEqual([
    'text: got & unescaped, wanted an entity',
    'blocks.0.type: got divider, wanted section, context or actions',
  ]);
});
