/** The parts that every message is built of, each within Slack's limits and within ours. */
import type { ContextBlock, KnownBlock, MrkdwnElement, SectionBlock } from '@slack/types';
import { cut, inert, plain, shown } from './text.ts';

/** Slack refuses a section text above 3,000 characters and a field above 2,000; a reader refuses less. */
const SECTION_MAX = 2_900;
const FIELD_MAX = 200;
const FIELDS_MAX = 6;
export const SENTENCE_MAX = 400;
/** A phone shows about this much of a notification, and a screen reader reads nothing else. */
export const TEXT_MAX = 150;

/** Colours of the bar beside a message. */
const COLORS = {
  amber: '#d98c00',
  blue: '#1d6fb8',
  green: '#2a8c4a',
  red: '#cc2936',
  grey: '#7d8590',
  purple: '#7b4fc9',
} as const;

/** State is a word, a shape and a colour, never a colour alone. */
export interface State {
  /** Slack's short code; its shape and its colour differ from state to state. */
  readonly emoji: string;
  readonly state: string;
  readonly color: keyof typeof COLORS;
}

export interface SlackMessage {
  /** The whole message for a notification and for a screen reader: they show and read nothing else. */
  readonly text: string;
  /** The message for where no block is shown: the text, and what mends it. */
  readonly alone: string;
  readonly blocks: readonly KnownBlock[];
  /** `#rrggbb`. */
  readonly color: string;
}

/** What a message says before all else: the state, the one sentence, and what a person must do. */
export interface Verdict extends State {
  readonly sentence: string;
  readonly ask: string;
  /** For the notification, where it should say more than the sentence. */
  readonly short?: string;
  /** What mends it, where that is known. */
  readonly fix?: string;
  /** It is a drill: that is said before the state. */
  readonly drill?: boolean;
}

/** Puts the verdict first; parts that have nothing to say are left out. */
export function compose(
  verdict: Verdict,
  parts: readonly (KnownBlock | undefined)[],
): SlackMessage {
  const { emoji, state, sentence, ask, drill = false, color } = verdict;
  const told = drill ? ':construction: *This is a drill*\n' : '';
  return {
    text: textOf(verdict, TEXT_MAX),
    alone: aloneOf(verdict),
    blocks: [
      section(`${told}${emoji} *${state}*  ${shown(sentence, SENTENCE_MAX)}\n${plain(ask)}`),
      ...parts.filter((block) => block !== undefined),
    ],
    color: COLORS[drill ? 'purple' : color],
  };
}

/** The sentence is what gives way: the state and what a person must do are always there. */
function textOf({ state, sentence, short = sentence, ask, drill }: Verdict, max: number): string {
  const end = ` ${plain(ask)}`;
  const start = `${drill === true ? 'DRILL ' : ''}${state}`;
  return `${cut(plain(`${start} ${short.slice(0, max)}`), max - end.length)}${end}`;
}

/** Unlike the blocks it is not verbatim: an address in it would become a link by itself. */
function aloneOf(verdict: Verdict): string {
  const text = inert(textOf(verdict, SENTENCE_MAX));
  if (verdict.fix === undefined) return text;
  return `${text} Likely fix: ${inert(shown(verdict.fix, SENTENCE_MAX))}`;
}

/**
 * Calls a user group, right below the verdict.
 *
 * @param group - id such as `S0123456789`; a mistyped one would show as bare text, so nobody is called by it.
 */
export function withCall(message: SlackMessage, group: string | undefined): SlackMessage {
  if (group === undefined || !/^S[A-Z0-9]{2,20}$/.test(group)) return message;
  const mention = `<!subteam^${group}>`;
  const [verdict, ...rest] = message.blocks;
  return {
    ...message,
    alone: `${message.alone} ${mention}`,
    blocks: [...(verdict === undefined ? [] : [verdict]), section(mention), ...rest],
  };
}

/**
 * What is sent. The last line stands beside a bar in the state's colour: Slack folds a longer attachment behind
 * "Show more", and nothing that is needed at night may be there.
 */
export function payloadOf({ text, blocks, color }: SlackMessage): SlackPayload {
  const split = Math.max(1, blocks.length - 1);
  const bar = blocks.slice(split);
  return {
    text,
    blocks: blocks.slice(0, split),
    ...(bar.length > 0 && { attachments: [{ color, blocks: bar }] }),
  };
}

export interface SlackPayload {
  readonly text: string;
  readonly blocks?: KnownBlock[];
  readonly attachments?: { readonly color: string; readonly blocks: KnownBlock[] }[];
}

export function section(text: string): SectionBlock {
  return { type: 'section', text: mrkdwn(cut(text, SECTION_MAX)) };
}

export type Row = readonly [name: string, value: string | undefined];

/** Numbers beside their limits, six at most; what is not known is left out rather than guessed. */
export function fields(rows: readonly Row[]): SectionBlock | undefined {
  const known = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [mrkdwn(`*${name}*\n${shown(value, FIELD_MAX)}`)],
  );
  if (known.length === 0) return undefined;
  return { type: 'section', fields: known.slice(0, FIELDS_MAX) };
}

export function context(parts: readonly (string | undefined)[]): ContextBlock | undefined {
  const known = parts.filter((part) => part !== undefined && part !== '');
  if (known.length === 0) return undefined;
  return { type: 'context', elements: [mrkdwn(cut(known.join('  ·  '), SECTION_MAX))] };
}

/** Lines of `*Name:* text`; the texts are markup already. */
export function lines(rows: readonly Row[]): SectionBlock {
  return section(
    rows.flatMap(([name, text]) => (text === undefined ? [] : [`*${name}:* ${text}`])).join('\n'),
  );
}

/** Verbatim: an address or a channel's name in a log line stays text, and does not become a link. */
function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}
