import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';

import { MESSAGE, section } from './slack/fixtures/a-message.ts';
import { renderSlackMessage } from './slack/terminal.ts';
import { displayWidth } from './slack/wrap.ts';

describe('a message in the terminal', () => {
  const read = (payload: unknown, width = 60) =>
    renderSlackMessage(payload, { color: false, width, timeZone: 'UTC' });

  test('reads as in Slack', () => {
    expect(read(MESSAGE)).toBe(
      [
        '╭─ Slack ──────────────────────────────────────────────────╮',
        '│ ✅ checkout-api recovered                                │',
        '│                                                          │',
        '│ One task was ill. `3f9a` & its log                       │',
        '│ (https://example.com/log)                                │',
        '│ ▎ ECONNRESET                                             │',
        '│                                                          │',
        '│ Stopped                      Since                       │',
        '│ 3f9a                         10:03:45                    │',
        '│                                                          │',
        '│ ──────────────────────────────────────────────────────── │',
        '│                                                          │',
        '│ [ Pause healing ]                                        │',
        '│                                                          │',
        '│ incident 42                                              │',
        '╰──────────────────────────────────────────────────────────╯',
      ].join('\n'),
    );
  });

  test.for([24, 40, 60, 100])('keeps to %i columns', (width) => {
    const long = section(
      `*${'word '.repeat(30).trim()}* ${'x'.repeat(150)} :rotating_light: 日本語`,
    );
    const attachments = [{ color: 'danger', title: 'Title', text: 'y '.repeat(80), footer: 'f' }];

    for (const color of [true, false]) {
      const blocks = [...MESSAGE.blocks, long];
      const text = renderSlackMessage({ blocks, attachments }, { color, width, timeZone: 'UTC' });
      const widths = stripVTControlCharacters(text).split('\n').map(displayWidth);
      expect(new Set(widths)).toEqual(new Set([width]));
    }
  });

  test('shows top-level text only without blocks', () => {
    const text = 'for the notification';
    expect(read({ ...MESSAGE, text })).not.toContain(text);
    expect(read({ text: 'just *this* :unknown_code:' })).toContain('│ just this :unknown_code: ');
  });

  test('draws attachments with their bar, code blocks and lists', () => {
    const text = 'why:\n• first point that is long enough to be wrapped\n```\na &lt; b\n  c\n```';
    const rendered = read({ attachments: [{ color: '#d00000', title: 'T', text }] }, 40);

    expect(
      rendered
        .split('\n')
        .slice(1, -1)
        .map((line) => line.slice(2, -2).trimEnd()),
    ).toEqual([
      '▌ T',
      '▌ why:',
      '▌ • first point that is long enough',
      '▌   to be wrapped',
      '▌   a < b',
      '▌     c',
    ]);
  });

  test('colours what has a meaning', () => {
    const text = renderSlackMessage(
      {
        text: '*b* _i_ ~s~ `c` <https://example.com|l> <!here>',
        attachments: [{ color: 'good', text: 'x' }],
      },
      { color: true, width: 60 },
    );

    for (const [code, content] of [
      [1, 'b'],
      [3, 'i'],
      [9, 's'],
      [35, 'c'],
      [36, '@here'],
      [32, '▌ '],
    ]) {
      expect(text).toContain(`\u001b[${code}m${content}\u001b[`);
    }
    expect(text).not.toContain('example.com');
  });

  test('shows the fallback of a date in a format Slack does not know', () => {
    expect(read({ text: '<!date^1795169025^{date_num} {time}|soon>' })).toContain(
      '2026-11-20 10:03',
    );
    expect(read({ text: '<!date^1795169025^{stardate}|soon>' })).toContain(' soon ');
  });

  test('says so when Slack would refuse the message', () => {
    expect(read({ text: 'a & b' })).toContain('Slack refused this message, invalid_payload');
  });
});
