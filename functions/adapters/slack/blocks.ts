/** The parts that every message is built of, each within Slack's limits and within ours. */
import type { ContextBlock, KnownBlock, MrkdwnElement, SectionBlock } from '@slack/types';
import type { ChatMessage } from '../../ports/messaging.ts';
import { cut, escapeText, plain, shown } from './text.ts';

/** Slack refuses a section text above 3,000 characters and a field above 2,000; a reader refuses less. */
const SECTION_MAX = 2_900;
const FIELD_MAX = 200;
const FIELDS_MAX = 6;
export const SENTENCE_MAX = 400;
/** A phone shows about this much of a notification, and a screen reader reads nothing else. */
export const TEXT_MAX = 150;

/** State is a word, a shape and a colour, never a colour alone. */
export interface State {
  /** Slack's short code; its shape and its colour differ from state to state. */
  readonly emoji: string;
  readonly state: string;
}

export interface SlackMessage extends ChatMessage {
  readonly blocks: readonly KnownBlock[];
}

/** What a message says before all else: the state, the one sentence, and what a person must do. */
export interface Verdict extends State {
  readonly sentence: string;
  readonly ask: string;
  /** For the notification, where it should say more than the sentence. */
  readonly short?: string;
}

/** Puts the verdict first; parts that have nothing to say are left out. */
export function compose(
  verdict: Verdict,
  parts: readonly (KnownBlock | undefined)[],
): SlackMessage {
  const { emoji, state, sentence, ask } = verdict;
  return {
    text: textOf(verdict),
    blocks: [
      section(`${emoji} *${state}*  ${shown(sentence, SENTENCE_MAX)}\n${plain(ask)}`),
      ...parts.filter((block) => block !== undefined),
    ],
  };
}

/** The sentence is what gives way: the state and what a person must do are always there. */
function textOf({ state, sentence, short = sentence, ask }: Verdict): string {
  const end = ` ${escapeText(ask)}`;
  return `${cut(escapeText(`${state} ${short.slice(0, TEXT_MAX)}`), TEXT_MAX - end.length)}${end}`;
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
