/** What the page about Slack says, against what is so. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SLACK_HINTS } from '../../functions/adapters/slack/api-errors.ts';

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../../docs/slack.md'), 'utf8');

test.each(Object.keys(SLACK_HINTS))('says what to do about %s', (code) => {
  const rows = PAGE.split('\n').filter((line) => line.startsWith('|'));

  expect(rows.filter((row) => row.split('|')[1]?.includes(`\`${code}\``))).toHaveLength(1);
});

test('asks for no more than it uses', () => {
  const [, manifest = ''] = /```json\n([^`]+)```/.exec(PAGE) ?? [];

  expect(JSON.parse(manifest)).toMatchObject({
    oauth_config: { scopes: { bot: ['chat:write', 'incoming-webhook'] } },
  });
});
