/** What the channel reads of a click: a refusal is an answer, and calls nobody. */
import { describe, expect, test } from 'vitest';
import { openTellings } from '../../functions/adapters/events/announcement.ts';
import { checkMessage } from '../../functions/adapters/slack/check.ts';
import {
  needsPerson,
  renderReply,
  renderRoot,
  renderSlack,
} from '../../functions/adapters/slack/render.ts';
import type { Entry } from '../../functions/core/entry.ts';
import { REASONS } from '../../functions/core/verdict.ts';
import { anEntry } from '../core/builders.ts';

function aRefusal(overrides: Partial<Entry> = {}): Entry {
  const { victim: _nobody, ...entry } = anEntry({
    kind: 'held',
    reason: 'settling',
    detail: 'the stop of 10 s ago is not judged yet',
    requestedBy: 'ana (U0123456789)',
    ...overrides,
  });
  return entry;
}

const buttonsOf = (entry: Entry) =>
  JSON.stringify(renderRoot(entry, { canRespond: true })).match(/"action_id":"[a-z-]+"/g);

describe('a refused request', () => {
  test.each(REASONS)('for %s says who asked and why not, in what Slack takes', (reason) => {
    const entry = aRefusal({ reason });

    for (const render of [renderSlack, renderRoot, renderReply]) {
      const message = render(entry);
      expect(checkMessage(message)).toEqual([]);
      expect(message.text).toMatch(/^NEEDS YOU checkout-api \(prod\): no stop as asked: /);
    }
    expect(JSON.stringify(renderRoot(entry))).toContain('ana (U0123456789) asked for one more');
  });

  test('calls nobody again', () => {
    expect(needsPerson(aRefusal())).toBe(false);
    expect(renderRoot(aRefusal({ acknowledgedBy: 'ben' })).text).toContain('ben has it.');
  });

  test.each([
    [{}, ['acknowledge', 'stop-one-more', 'pause']],
    [{ acknowledgedBy: 'ben' }, ['stop-one-more', 'pause']],
    [{ reason: 'paused' }, ['resume']],
  ] as const)('with %j can be answered by %j', (overrides, wanted) => {
    const acts = buttonsOf(aRefusal(overrides))?.filter((id) => !id.includes('open-'));

    expect(acts).toEqual(wanted.map((id) => `"action_id":"${id}"`));
  });

  test('arrives as it was announced', () => {
    const entry = aRefusal({ acknowledgedBy: 'ben' });
    const told = { environment: 'prod' };
    const Message = JSON.stringify({ schema: 'ecs-self-healing/entry/1', entry });

    expect(openTellings({ Records: [{ Sns: { Message } }] }, told)).toEqual([
      { kind: 'entry', entry },
    ]);
  });
});
