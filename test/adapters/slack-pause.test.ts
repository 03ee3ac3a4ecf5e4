import { describe, expect, test } from 'vitest';
import { payloadOf } from '../../functions/adapters/slack/blocks.ts';
import { renderSlack } from '../../functions/adapters/slack/render.ts';
import { ALL_SERVICES } from '../../functions/core/delivery.ts';
import { later, minutes } from '../../functions/core/time.ts';
import { anEntry, NOW } from '../core/builders.ts';
import { checkPayload } from '../lab/slack/block-kit.ts';

const begun = {
  kind: 'paused',
  reason: 'paused',
  at: NOW,
  until: later(NOW, minutes(30)),
  detail: 'by ana, until 10:33: load test',
  trigger: 'pause by ana',
} as const;
const ended = { kind: 'resumed', detail: 'the pause by ana ended by itself' } as const;

describe('the message of a pause', () => {
  test.each([
    ['its begin', anEntry(begun), /^PAUSED checkout-api \(prod\): nothing is stopped for 30 min/],
    ['its end', anEntry(ended), /^RESUMED checkout-api \(prod\): healing is on again/],
    [
      'its begin in all services',
      anEntry({ ...begun, serviceId: ALL_SERVICES }),
      /^PAUSED all services \(prod\): nothing is stopped for 30 min, by ana/,
    ],
    [
      'its end in all services',
      anEntry({ ...ended, serviceId: ALL_SERVICES }),
      /^RESUMED all services \(prod\): healing is on again/,
    ],
  ])('says %s, and that nobody must get up', (_what, entry, start) => {
    const message = renderSlack(entry);

    expect(message.text).toMatch(start);
    expect(message.text).toMatch(/No action needed\.$/);
    expect(checkPayload(payloadOf(message))).toMatchObject({ kind: 'accepted' });
  });

  test('does not let a reason mention everybody', () => {
    const detail = 'by ana, until 10:33: <!channel> look';
    const shown = JSON.stringify(renderSlack(anEntry({ ...begun, detail })));

    expect(shown).not.toContain('<!channel>');
  });
});
