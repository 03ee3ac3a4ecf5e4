/** What a task wrote into its log, all the way to what Slack, Amazon Q and ECS are sent. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryNotification } from '../../functions/adapters/amazon-q/custom-notification.ts';
import { messageOf, parseLine } from '../../functions/adapters/aws/log-line.ts';
import { payloadOf } from '../../functions/adapters/slack/blocks.ts';
import { checkMessage } from '../../functions/adapters/slack/check.ts';
import { renderReply, renderRoot, renderSlack } from '../../functions/adapters/slack/render.ts';
import { quote } from '../../functions/core/cause-words.ts';
import { ENTRY_KINDS, type Entry } from '../../functions/core/entry.ts';
import { DEFAULT_LOG_FIELDS } from '../../functions/core/guarded-service.ts';
import { redact } from '../../functions/core/redact.ts';
import { anEntry } from '../core/builders.ts';

/** Built from pieces, so that no scanner takes this file for a leak. */
const join = (...pieces: readonly string[]): string => pieces.join('');
const SECRETS = [
  join('AKIA', 'IOSFODNN7EXAMPLE'),
  join('xox', 'b-1234567890-abcdefGHIJKL'),
  join('gh', 'p_abcdefghijklmnopqrstuvwxyz0123456789'),
  join('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0NTY3ODkwIn0', '.dozjgNryP4J3jVmNHl0w5N'),
  'password=hunter2hunter2',
  'postgres://app:hunter2@db:5432/shop',
];
const MARKS = [
  '<!channel>',
  '<!here|x>',
  '<@U0123456789>',
  '<#C0123456789>',
  '<!subteam^S0123456789>',
  '<https://evil.example|click here>',
  'https://evil.example/x?a=1&b=2',
  '&lt;!channel&gt;',
  '& < >',
  '*bold* _it_ ~no~ `code`',
  '```',
  '`\u200b``',
  '\u202egnp.exe\u202c',
  '\u2066\u2067\u2069\u061c\u200e\u200f',
  '\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u3164\ufe0f',
  '\u{e0041}\u{e0042}',
  '\u2028\u2029\u0085',
  '\u0000\u0007\u001b[31m\r\n\t',
  '\ud800',
  '\udc00x',
  '😀👩‍👩‍👧',
];

const aPart = fc.oneof(
  fc.constantFrom(...MARKS),
  fc.constantFrom(...SECRETS),
  fc.lorem({ maxCount: 3 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const aLine = fc.array(aPart, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(' '));
const aLong = fc.tuple(aLine, fc.integer({ min: 1, max: 3_000 })).map(([line, times]) => {
  return `${line} `.repeat(times).slice(0, 100_000);
});
const anyLine = fc.oneof({ weight: 9, arbitrary: aLine }, { weight: 1, arbitrary: aLong });

/** As the readers do it: a text as it is, or the message of an object. */
function fromLog(text: string, isJson: boolean): string {
  const raw = isJson ? JSON.stringify({ level: 50, msg: text }) : text;
  const line = parseLine(raw);
  return redact(line === undefined ? raw : messageOf(line, DEFAULT_LOG_FIELDS));
}

function anEntryOf(kind: Entry['kind'], lines: readonly string[]): Entry {
  const [first = ''] = lines;
  const said = quote(first);
  const cause = { code: 'dependency', sentence: `It says: ${said}`, evidence: lines, fix: said };
  const victim = { why: said, lastErrors: lines, traceIds: [redact(first, 100)] };
  return anEntry({ kind, reason: 'storm', detail: said, trigger: said, cause } as never, victim);
}

/** All texts of a message as they go out. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => (key === 'url' ? [] : textsOf(part)));
}

/** A link, a time: the only controls that we write. */
const OURS = /<(?:https:\/\/[^\s<>|]+\|[^<>|]+|!date\^\d+\^[^<>|]+\|[^<>|]+)>/g;
const UNSEEN =
  /[^\P{Cc}\n\t]|(?!\u200b)[\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]|\ud800(?![\udc00-\udfff])/u;

function harmIn(text: string): readonly string[] {
  const rest = text.replace(OURS, '');
  const found = [/<[^>]*/.exec(rest), />/.exec(rest), /&(?!(?:amp|lt|gt);)/.exec(rest)];
  const fences = (text.match(/```/g) ?? []).length;
  return [
    ...found.flatMap((match) => (match === null ? [] : [`control ${match[0]}`])),
    ...(UNSEEN.test(text) ? ['what cannot be seen'] : []),
    ...(text.isWellFormed() ? [] : ['half a character']),
    ...(fences % 2 === 0 ? [] : ['a fence that does not close']),
    ...SECRETS.filter((secret) => text.includes(secret)),
    ...(text.includes('hunter2') ? ['a password'] : []),
  ];
}

const anExample = fc.record({
  kind: fc.constantFrom(...ENTRY_KINDS),
  lines: fc.array(fc.tuple(anyLine, fc.boolean()), { minLength: 1, maxLength: 4 }),
});

describe('text from a log', () => {
  test('does nothing in Slack but to be read, and gives no secret away', () => {
    fc.assert(
      fc.property(anExample, ({ kind, lines }) => {
        const entry = anEntryOf(
          kind,
          lines.map(([text, isJson]) => fromLog(text, isJson)),
        );

        for (const render of [renderSlack, renderRoot, renderReply]) {
          const message = render(entry, { canRespond: true });
          const payload = payloadOf(message);

          expect(checkMessage(message)).toEqual([]);
          expect(textsOf(payload).flatMap(harmIn)).toEqual([]);
          expect(harmIn(message.alone)).toEqual([]);
          expect(message.alone).not.toMatch(/\w:\/\/|[*_~`](?!\u200b)/);
        }
      }),
      { numRuns: 150 },
    );
  });

  test.each(ENTRY_KINDS)('%s: nor does what came another way, and was not redacted', (kind) => {
    const entry = anEntryOf(kind, MARKS);
    const told = { ...entry, trigger: MARKS.join(' '), detail: MARKS.toReversed().join(' ') };

    for (const render of [renderSlack, renderRoot, renderReply]) {
      const message = render(told, { canRespond: true });

      expect(checkMessage(message)).toEqual([]);
      expect([...textsOf(payloadOf(message)), message.alone].flatMap(harmIn)).toEqual([]);
    }
  });

  test('does nothing in Amazon Q', () => {
    fc.assert(
      fc.property(anExample, ({ kind, lines }) => {
        const entry = anEntryOf(
          kind,
          lines.map(([text, isJson]) => fromLog(text, isJson)),
        );
        const { nextSteps = [], title, description } = entryNotification(entry).content;

        expect([title, description, ...nextSteps].flatMap(harmIn)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('stays within its block of code, and formats nothing outside of it', () => {
    const entry = anEntryOf('escalated', [fromLog('*b* ```x``` `\u200b`` _i_', false)]);

    const blocks = textsOf(payloadOf(renderSlack(entry))).map((text) => text.split('```'));

    const coded = blocks.filter((parts) => parts.length > 1);
    expect(coded.map((parts) => parts.length)).toEqual([3, 3]);
    expect(coded.map(([, inside]) => inside)).toEqual(Array(2).fill("*b* '''x''' ''' _i_"));
    const plain = blocks.flatMap((parts) => parts.filter((_part, index) => index % 2 === 0));
    expect(plain.join()).not.toMatch(/\*b\*|_i_/);
  });

  test('of a hundred thousand characters is cut, with a sign that it was', () => {
    const line = fromLog(`${'😀& '.repeat(25_000)}end`, false);

    expect(line.length).toBeLessThanOrEqual(300);
    expect(line).toMatch(/…$/);
    expect(line.isWellFormed()).toBe(true);
    const texts = textsOf(payloadOf(renderSlack(anEntryOf('escalated', [line]))));
    expect(texts.join()).not.toMatch(/&a?m?p?…/);
  });

  test.each([
    ['within a name', join('AKIA', '\u200bIOSFODNN7EXAMPLE')],
    ['within a word', 'pass\u00adword=hunter2'],
    ['behind a mark', '\u202epassword\u202c=hunter2'],
  ])('hides no secret by what cannot be seen: %s', (_name, text) => {
    expect(redact(text)).toContain('[redacted]');
    expect(redact(text)).not.toMatch(/IOSFODNN7|hunter2/);
  });
});
