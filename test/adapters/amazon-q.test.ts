/** What a topic carries to Amazon Q Developer in chat applications. */
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import {
  type CustomNotification,
  entryNotification,
  noticeNotification,
} from '../../functions/adapters/amazon-q/custom-notification.ts';
import { topicTeller } from '../../functions/adapters/amazon-q/topic-teller.ts';
import { ENTRY_KINDS } from '../../functions/core/entry.ts';
import { anEntry } from '../core/builders.ts';
import { mrkdwnProblem } from '../lab/slack/mrkdwn.ts';
import { NOTICES } from '../slack-preview/notices.ts';

const HUGE = '<!channel> &<>|"\u202e\u0007\ud800 *b* ```f``` <https://evil|x> '.repeat(2_000);
const RUNBOOK = 'https://example.com/runbook';
const signal = new AbortController().signal;

const markdown = (max: number) =>
  v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(max),
    v.check((text) => mrkdwnProblem(text) === undefined, 'stray markup'),
  );

/** The schema of custom notifications; Amazon documents the fields, and the lengths are ours. */
const Schema = v.strictObject({
  version: v.literal('1.0'),
  source: v.literal('custom'),
  id: v.string(),
  content: v.strictObject({
    textType: v.literal('client-markdown'),
    title: markdown(300),
    description: markdown(4_000),
    nextSteps: v.optional(v.pipe(v.array(markdown(1_500)), v.minLength(1), v.maxLength(5))),
    keywords: v.array(markdown(100)),
  }),
  metadata: v.strictObject({
    threadId: v.pipe(v.string(), v.minLength(1)),
    summary: markdown(150),
    eventType: v.pipe(v.string(), v.regex(/^[a-zA-Z0-9-]+$/)),
    relatedResources: v.array(v.string()),
    additionalContext: v.record(v.string(), v.string()),
  }),
});

function problemsOf(notification: CustomNotification): readonly string[] {
  const result = v.safeParse(Schema, notification);
  if (result.success) return [];
  return result.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
}

describe('a custom notification', () => {
  test.each(ENTRY_KINDS)('of %s is in the schema, however huge and hostile its texts', (kind) => {
    const cause = { code: 'dependency', sentence: HUGE, evidence: [HUGE], fix: HUGE } as const;
    const hostile = anEntry({
      kind,
      serviceId: `c/${HUGE}`,
      environment: HUGE,
      trigger: HUGE,
      detail: HUGE,
      reason: 'storm',
      acknowledgedBy: HUGE,
      drill: HUGE,
      cause,
    });

    expect(problemsOf(entryNotification(anEntry({ kind }), RUNBOOK))).toEqual([]);
    expect(problemsOf(entryNotification(hostile, RUNBOOK))).toEqual([]);
    expect(JSON.stringify(entryNotification(hostile))).not.toContain('<!channel>');
  });

  test.each(NOTICES)('of $name is in the schema', ({ notice }) => {
    expect(problemsOf(noticeNotification(notice))).toEqual([]);
  });

  test('hangs the steps of one incident together, and says first what is to be done', () => {
    const opened = entryNotification(anEntry({ id: 'i#1', seq: 1 }));
    const over = entryNotification(anEntry({ id: 'i#2', seq: 2, kind: 'recovered' }));

    expect(opened.metadata.threadId).toBe(over.metadata.threadId);
    expect(opened.id).not.toBe(over.id);
    expect(over.content.title).toMatch(/^:white_check_mark: RECOVERED {2}checkout-api \(prod\)/);
    expect(over.content.description).toMatch(/^No action needed\.\n/);
  });

  test('has what mends it and where to look as next steps', () => {
    const where = {
      clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop-prod',
      logGroup: '/ecs/checkout-api',
    };
    const cause = { code: 'x', sentence: 'Same error.', evidence: [], fix: 'Heal the catalog.' };
    const entry = anEntry({ kind: 'escalated', reason: 'storm', where, cause: cause as never });

    expect(entryNotification(entry, RUNBOOK).content.nextSteps).toEqual([
      'Heal the catalog.',
      `<${RUNBOOK}#storm|Runbook>`,
      expect.stringMatching(/\|Service>$/),
      expect.stringMatching(/\|Alarm>$/),
      expect.stringMatching(/\|Logs of these minutes>$/),
    ]);
  });

  test('of a drill says so first', () => {
    const { content, metadata } = entryNotification(anEntry({ kind: 'escalated', drill: 'd-1' }));

    expect(content.title).toMatch(/^:construction: DRILL :octagonal_sign: NEEDS YOU/);
    expect(metadata.summary).toMatch(/^DRILL NEEDS YOU/);
    expect(metadata.additionalContext).toMatchObject({ drill: 'd-1' });
  });

  test('is published as JSON, one for each step', async () => {
    const published: string[] = [];
    const teller = topicTeller({
      publish: (message) => {
        published.push(message);
        return Promise.resolve();
      },
    });

    await teller.entry(anEntry(), signal);
    await teller.entry(anEntry({ kind: 'opened', quiet: true }), signal);

    expect(published.map((text) => JSON.parse(text) as unknown)).toEqual([
      entryNotification(anEntry()),
    ]);
  });
});
