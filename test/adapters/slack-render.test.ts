import { describe, expect, test } from 'vitest';
import { payloadOf } from '../../functions/adapters/slack/blocks.ts';
import { renderSlack } from '../../functions/adapters/slack/render.ts';
import { ENTRY_KINDS } from '../../functions/core/entry.ts';
import { seconds } from '../../functions/core/time.ts';
import { REASONS } from '../../functions/core/verdict.ts';
import { anEntry } from '../core/builders.ts';
import { checkPayload } from '../lab/slack/block-kit.ts';
import { renderSlackMessage } from '../lab/slack/terminal.ts';

const CAUSE = {
  code: 'dependency',
  sentence: '4 failing tasks log the same error of what they call: catalog answered 503.',
  evidence: ['502 catalog answered 503'],
  fix: 'Heal what this line names, or the way to it: these tasks only pass its failure on.',
} as const;

describe('the message', () => {
  test.each([
    [
      'stopped',
      {},
      'ACTING checkout-api (prod): stopped 1 ill task of 4, checking recovery. No action needed yet.',
    ],
    [
      'recovered',
      { ledger: { recover: seconds(134) } },
      'RECOVERED checkout-api (prod) in 2 min 14 s: 1 ill task replaced, 4 of 4 healthy. No action needed.',
    ],
    [
      'recovered',
      { stopped: 0, ledger: { recover: seconds(134) } },
      'RECOVERED checkout-api (prod) in 2 min 14 s: without a stop by us, 4 of 4 healthy. No action needed.',
    ],
    [
      'escalated',
      { reason: 'storm' },
      'NEEDS YOU checkout-api (prod): too many tasks are ill at once, so it is not about one task. A person must look.',
    ],
    [
      'held',
      { reason: 'deployment-in-progress' },
      'HOLDING checkout-api (prod): alarm is on, healing held: a deployment is in progress. No action needed yet.',
    ],
  ] as const)('%s says by its text alone whether to get up', (kind, overrides, text) => {
    expect(renderSlack(anEntry({ kind, ...overrides })).text).toBe(text);
  });

  test.each([
    ['account-storm', 'I stop nothing in any service until then'],
    ['storm', 'stop nothing more in this incident'],
  ] as const)('escalated %s says what comes next', (reason, next) => {
    const shown = JSON.stringify(renderSlack(anEntry({ kind: 'escalated', reason })));

    expect(shown).toContain(next);
  });

  test.each(ENTRY_KINDS.flatMap((kind) => REASONS.map((reason) => [kind, reason] as const)))(
    '%s %s is within the limits of Slack',
    (kind, reason) => {
      const payload = payloadOf(renderSlack(anEntry({ kind, reason })));

      expect(checkPayload(payload)).toMatchObject({
        kind: 'accepted',
      });
    },
  );

  test.each(['escalated', 'held'] as const)(
    '%s says what is wrong, and then what mends it',
    (kind) => {
      const payload = payloadOf(renderSlack(anEntry({ kind, reason: 'storm', cause: CAUSE })));

      const shown = renderSlackMessage(payload, { color: false, width: 200, timeZone: 'UTC' });

      const [wrong = '', fix = ''] = shown.split('\n').filter((line) => /wrong:|fix:/.test(line));
      expect(wrong).toContain(`What is wrong: ${CAUSE.sentence}`);
      expect(fix).toContain(`Likely fix: ${CAUSE.fix}`);
      expect(shown).toContain('502 catalog answered 503');
      expect(shown).toContain('`storm`, cause `dependency`');
    },
  );

  test('says what is wrong by its text alone', () => {
    const { text } = renderSlack(anEntry({ kind: 'escalated', reason: 'storm', cause: CAUSE }));

    expect(text).toBe(`NEEDS YOU checkout-api (prod): ${CAUSE.sentence} A person must look.`);
  });

  test('says nothing about a cause that is not known', () => {
    expect(
      JSON.stringify(renderSlack(anEntry({ kind: 'escalated', reason: 'storm' }))),
    ).not.toMatch(/What is wrong|Likely fix|cause/);
  });

  test('says when it could see health checks only', () => {
    const { facts } = anEntry();
    const told = anEntry({ facts: { ...facts, blind: 'the service has no log group' } });

    expect(JSON.stringify(renderSlack(told).blocks)).toContain(
      'cannot be seen: the service has no log group',
    );
    expect(JSON.stringify(renderSlack(anEntry()).blocks)).not.toContain('cannot be seen');
  });

  test('is within the limits of Slack when every text is huge and hostile', () => {
    const huge = '<!channel> & *bold* ```fence``` <https://evil|click> '.repeat(400);
    const entry = anEntry(
      {
        detail: huge,
        trigger: huge,
        environment: huge,
        kind: 'escalated',
        reason: 'storm',
        cause: { code: 'dependency', sentence: huge, evidence: [huge, huge, huge], fix: huge },
      },
      { why: huge, lastErrors: [huge, huge, huge], traceIds: [huge] },
    );

    const payload = payloadOf(renderSlack(entry));

    expect(checkPayload(payload)).toMatchObject({
      kind: 'accepted',
    });
    expect(JSON.stringify(payload)).not.toContain('<!channel>');
    expect(JSON.stringify(payload)).not.toContain('<https://evil');
  });

  test('keeps a log line in its block, whatever it hides between the marks of one', () => {
    const line = 'ends``\ufeff`here';

    const shown = JSON.stringify(renderSlack(anEntry({}, { lastErrors: [line] })).blocks);

    expect(shown).toContain("```ends'''here```");
  });

  test('reads in a terminal as a person would read it', () => {
    const payload = payloadOf(renderSlack(anEntry()));

    const shown = renderSlackMessage(payload, { color: false, width: 80, timeZone: 'UTC' });

    expect(shown).toContain('stopped 1 ill task of 4');
    expect(shown).toContain('83 of 400 (20.8 %)');
    expect(shown).toContain('4 of 4 (never below 3)');
    expect(shown).toContain('500 pool exhausted');
  });
});
